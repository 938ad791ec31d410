"""Findings in sentences, for their reader."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from evergrow.customers import registry, vocabulary
from evergrow.customers.criteria import known_traits
from evergrow.customers.criteria.providers import TraitInfo
from evergrow.customers.portrait.comparing import Finding
from evergrow.lib import numerals
from evergrow.workspaces.models import Workspace

VOCABULARY = {"country", "industry", "channel"}


@dataclass(frozen=True)
class Words:
    """Names of traits, values and events of a workspace in the reader's language."""

    workspace: Workspace
    known: Mapping[str, TraitInfo]
    event_name: Callable[[str], str]
    language: str

    @classmethod
    def of(cls, workspace: Workspace, kind: str) -> "Words":
        language = get_language() or "en"
        known = known_traits.known(workspace, kind)  # type: ignore[arg-type]
        named = registry.event_names(workspace)
        return cls(workspace, known, lambda event: named(event, language), language)

    def value(self, trait: str, value: str) -> str:
        """A value of a trait as the reader knows it."""
        if trait in self.known and value in self.known[trait].choices:
            return str(self.known[trait].choices[value])
        if value in ("true", "false"):
            return _("yes") if value == "true" else _("no")
        return vocabulary.said(value) if trait in VOCABULARY else value

    def subject(self, finding: Finding) -> str:
        """What the finding is about, in a few words."""
        if finding.type == "activity":
            return {"days": _("Days active"), "events": _("Events"), "breadth": _("Kinds of events used")}[finding.of]
        if finding.family == "behaviour":
            return self.event_name(finding.of)
        label = _capital(str(self.known[finding.of].label)) if finding.of in self.known else finding.of
        if finding.is_share:
            return _("%(trait)s: %(value)s") % {"trait": label, "value": self.value(finding.of, finding.value)}
        if finding.type in ("date", "moment"):
            return _("%(trait)s, days ago") % {"trait": label}
        return label

    def amount(self, finding: Finding, value: float) -> str:
        """A share as a percentage, a number with three digits."""
        if finding.is_share:
            return numerals.percent(value, self.language, 0 if value >= 0.1 or value == 0 else 1)
        if finding.of == "mrr":
            return numerals.short_money(value, self.workspace.currency, self.language)
        return numerals.number(value, self.language, 0 if abs(value) >= 100 else 1)

    def sentence(self, finding: Finding) -> str:
        """The finding said in full."""
        words = {
            "what": self.subject(finding),
            "mine": self.amount(finding, finding.mine),
            "theirs": self.amount(finding, finding.theirs),
            "times": f"{finding.lift[0]:.1f}" if finding.lift else "",
        }
        if not finding.is_share:
            if finding.is_more:
                return _("%(what)s: %(mine)s on average, more than the %(theirs)s of the others") % words
            return _("%(what)s: %(mine)s on average, less than the %(theirs)s of the others") % words
        if finding.family == "behaviour":
            if finding.is_more:
                return _("%(mine)s did “%(what)s”, against %(theirs)s of the others") % words
            return _("Only %(mine)s did “%(what)s”, against %(theirs)s of the others") % words
        if finding.lift is None:
            return _("%(what)s holds for %(mine)s, and for none of the others") % words
        if finding.lift[0] >= 1.2:
            return _("%(what)s holds for %(mine)s, %(times)s times the %(theirs)s of the others") % words
        if finding.is_more:
            return _("%(what)s holds for %(mine)s, against %(theirs)s of the others") % words
        return _("%(what)s holds for only %(mine)s, against %(theirs)s of the others") % words

    def interval(self, finding: Finding) -> str:
        """The 95 % interval of the difference: percentage points for shares."""
        if finding.is_share:
            low, high = finding.gap.low * 100, finding.gap.high * 100
            return numerals.interval(low, high, self.language, n=finding.n, decimals=1)
        return numerals.interval(finding.gap.low, finding.gap.high, self.language, n=finding.n, decimals=1)


def family_words(family: str) -> str:
    return {
        "trait": _("Traits"),
        "behaviour": _("Behaviour"),
        "feature": _("Breadth of use"),
        "channel": _("Channels"),
        "money": _("Money"),
    }[family]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
