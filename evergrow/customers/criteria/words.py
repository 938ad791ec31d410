"""Criteria as a sentence in the active language: “Accounts where MRR is over 100 and “Log in” was done …”."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import get_language, gettext, ngettext, pgettext

from evergrow.customers import registry
from evergrow.customers.criteria import comparison, known_traits, memberships
from evergrow.customers.criteria import words_values as told
from evergrow.customers.criteria.providers import TraitInfo, Words
from evergrow.customers.criteria.tree import (
    ANY_EVENT,
    NEVER,
    ONCE,
    All,
    AnyOf,
    AtAccount,
    Criteria,
    Did,
    Doing,
    First,
    InSegment,
    Kind,
    Measure,
    Node,
    Not,
    People,
    Stopped,
    Test,
    Trait,
    Where,
)
from evergrow.customers.criteria.tree import Sequence as Steps
from evergrow.customers.criteria.windows import Relative, Span
from evergrow.customers.models import Affiliation
from evergrow.workspaces.models import Workspace


def sentence(criteria: Criteria, workspace: Workspace | None = None) -> str:
    """What the criteria say, as one sentence without a full stop."""
    speaker = Speaker(workspace or criteria.workspace)
    if criteria.root == All():
        return gettext("All people") if criteria.kind == "person" else gettext("All accounts")
    clause = speaker.clause(criteria.root, criteria.kind)
    words = gettext("People where %(clause)s") if criteria.kind == "person" else gettext("Accounts where %(clause)s")
    return words % {"clause": clause}


class Speaker:
    """Says parts of criteria; knows the names that one workspace gives to its events, traits and segments."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._event_names: Callable[[str, str], str] | None = None
        self._traits: dict[Kind, dict[str, TraitInfo]] = {}

    def clause(self, node: Node, kind: Kind, *, is_inner: bool = False) -> str:
        """A part as a clause that fits behind “where”; an inner group stands in brackets."""
        match node:
            case All(parts) | AnyOf(parts):
                return self._group(node, parts, kind, is_inner)
            case Not(part):
                return gettext("not (%(clause)s)") % {"clause": self.clause(part, kind)}
            case Trait(trait, test):
                info = self._trait(kind, trait)
                return compared(self.trait_label(kind, trait), test, info.choices if info else {})
            case InSegment():
                return self._segment(node)
            case People():
                return self._people(node)
            case AtAccount(which, role):
                clause = self._inner(which, "account")
                if role:
                    words = gettext("they are “%(role)s” at an account where %(clause)s")
                    return words % {"role": role_label(role), "clause": clause}
                return gettext("they are at an account where %(clause)s") % {"clause": clause}
            case _:
                return self._event(node)

    def _group(self, node: Node, parts: Sequence[Node], kind: Kind, is_inner: bool) -> str:
        if not parts:
            return gettext("anything holds")
        said = [self.clause(part, kind, is_inner=len(parts) > 1) for part in parts]
        joint = (
            pgettext("between conditions", " and ") if isinstance(node, All) else pgettext("between conditions", " or ")
        )
        joined = joint.join(said)
        return gettext("(%(clause)s)") % {"clause": joined} if is_inner and len(parts) > 1 else joined

    def trait_label(self, kind: Kind, trait: str) -> str:
        """How a trait is called; a custom one without a name by its key."""
        info = self._trait(kind, trait)
        return str(info.label) if info else trait

    def value(self, kind: Kind, trait: str, text: str) -> str:
        """A value of a trait, by its label where it has one."""
        info = self._trait(kind, trait)
        return str(info.choices.get(text, text)) if info else text

    def _trait(self, kind: Kind, trait: str) -> TraitInfo | None:
        if kind not in self._traits:
            self._traits[kind] = known_traits.known(self.workspace, kind)
        return self._traits[kind].get(trait)

    def event_label(self, event: str) -> str:
        """How an event is called, in quotes."""
        if event == ANY_EVENT:
            return gettext("any event")
        if self._event_names is None:
            self._event_names = registry.event_names(self.workspace)
        return told.quoted(self._event_names(event, get_language() or "en"))

    def doing(self, doing: Doing) -> str:
        """An event with its conditions: ``“Order” (amount is over 100)``."""
        label = self.event_label(doing.event)
        if not doing.where:
            return label
        joint = pgettext("between conditions", " and ")
        where = joint.join(_where(each) for each in doing.where)
        return gettext("%(event)s (%(where)s)") % {"event": label, "where": where}

    def _event(self, node: Any) -> str:
        match node:
            case Did(_, _, _, Measure()):
                return self._measured(node)
            case Did():
                return self._did(node)
            case First(doing, within):
                words = gettext("%(event)s was done for the first time ever %(when)s")
                return words % {"event": self.doing(doing), "when": told.window(within)}
            case Stopped():
                return self._stopped(node)
            case _:
                return self._sequence(node)

    def _did(self, node: Did) -> str:
        parts = {"event": self.doing(node.doing), "when": told.window(node.within), "times": told.times(node.bounds)}
        if node.bounds == NEVER:
            words = gettext("%(event)s was not done %(when)s") if node.within else gettext("%(event)s was never done")
        elif node.bounds == ONCE:
            words = gettext("%(event)s was done %(when)s") if node.within else gettext("%(event)s was ever done")
        elif node.within:
            words = gettext("%(event)s was done %(times)s %(when)s")
        else:
            words = gettext("%(event)s was ever done %(times)s")
        return words % parts

    def _measured(self, node: Did) -> str:
        measure = node.measure or Measure("days")
        parts = {
            "event": self.doing(node.doing),
            "when": told.window(node.within),
            "property": measure.property,
            "bounds": told.bounds(node.bounds),
        }
        words = {
            "sum": gettext("the sum of %(property)s over %(event)s %(bounds)s"),
            "avg": gettext("the average %(property)s over %(event)s %(bounds)s"),
            "min": gettext("the smallest %(property)s over %(event)s %(bounds)s"),
            "max": gettext("the largest %(property)s over %(event)s %(bounds)s"),
            "unique": gettext("the number of different %(property)s over %(event)s %(bounds)s"),
            "days": gettext("the number of days with %(event)s %(bounds)s"),
        }[measure.op] % parts
        return gettext("%(what)s %(when)s") % {"what": words, "when": parts["when"]} if node.within else words

    def _stopped(self, node: Stopped) -> str:
        parts = {"event": self.doing(node.doing), "quiet": told.last(node.quiet), "n": f"{node.times:,}"}
        if node.before:
            parts["before"] = told.span(node.before)
            words = ngettext(
                "%(event)s was not done in %(quiet)s, but at least %(n)s time in the %(before)s before",
                "%(event)s was not done in %(quiet)s, but at least %(n)s times in the %(before)s before",
                node.times,
            )
        else:
            words = ngettext(
                "%(event)s was not done in %(quiet)s, but at least %(n)s time before",
                "%(event)s was not done in %(quiet)s, but at least %(n)s times before",
                node.times,
            )
        return words % parts

    def _sequence(self, node: Steps) -> str:
        joint = pgettext("between steps", ", then ")
        said = joint.join(self.doing(step) for step in node.steps)
        if node.gap:
            said = gettext("%(steps)s (each at most %(gap)s after the one before)") % {
                "steps": said,
                "gap": told.span(node.gap),
            }
        if node.within:
            return gettext("these were done in order %(when)s: %(steps)s") % {
                "steps": said,
                "when": told.window(node.within),
            }
        return gettext("these were done in order: %(steps)s") % {"steps": said}

    def _segment(self, node: InSegment) -> str:
        found = memberships.find(self.workspace, node.segment)
        name = found.name if found else str(node.ref)
        if not node.since:
            words = (
                gettext("they are in the segment “%(name)s”")
                if node.is_in
                else gettext("they are not in the segment “%(name)s”")
            )
            return words % {"name": name}
        words = gettext("they have been in the segment “%(name)s” for at least %(length)s")
        if not node.is_in:
            words = gettext("they are not in the segment “%(name)s”, or for less than %(length)s")
        return words % {"name": name, "length": told.span(node.since)}

    def _people(self, node: People) -> str:
        parts: dict[str, Any] = {"count": f"{node.count:,}", "clause": self._inner(node.who, "person")}
        parts["role"] = told.quoted(role_label(node.role))
        if node.role:
            words = {
                "any": gettext("for at least one of their people in the role %(role)s, %(clause)s"),
                "all": gettext("they have people in the role %(role)s, and for all of these %(clause)s"),
                "none": gettext("for none of their people in the role %(role)s, %(clause)s"),
                "at_least": gettext("for at least %(count)s of their people in the role %(role)s, %(clause)s"),
            }
        else:
            words = {
                "any": gettext("for at least one of their people, %(clause)s"),
                "all": gettext("they have people, and for all of them %(clause)s"),
                "none": gettext("for none of their people, %(clause)s"),
                "at_least": gettext("for at least %(count)s of their people, %(clause)s"),
            }
        return words[node.how] % parts

    def _inner(self, node: Node, kind: Kind) -> str:
        return self.clause(node, kind, is_inner=True)


def role_label(role: str) -> str:
    """How a role at an account is called."""
    if role == "key":
        return gettext("key person")
    return str(dict(Affiliation.Influence.choices).get(role, role))


def _where(where: Where) -> str:
    return compared(where.property, where.test, {})


def compared(label: str, test: Test, choices: Mapping[str, Words]) -> str:
    """``plan is “Pro”``, with what becomes of those without a value where that is not plain."""
    if test.op == "is_set":
        words = gettext("%(what)s has a value") if test.values[0] else gettext("%(what)s has no value")
        return words % {"what": label}
    parts = {"what": label, "value": "", "low": "", "high": ""}
    said = (_of_days(test, parts) if comparison.is_of_days(test) else _of_values(test, parts, choices)) % parts
    if comparison.keeps_unset(test):
        return gettext("%(clause)s (or has no value)") % {"clause": said}
    if comparison.is_negative(test):
        return gettext("%(clause)s (but has a value)") % {"clause": said}
    return said


def _of_days(test: Test, parts: dict[str, str]) -> str:
    first = test.values[0]
    if test.op in ("in_last", "in_next", "anniversary_in"):
        parts["value"] = told.last(first) if test.op == "in_last" else told.span(first)
        return {
            "in_last": gettext("%(what)s lies in %(value)s"),
            "in_next": gettext("%(what)s lies between today and %(value)s from now"),
            "anniversary_in": gettext("the anniversary of %(what)s is within %(value)s from today"),
        }[test.op]
    if test.op == "before" and isinstance(first, Relative) and first.n and not first.is_ahead:
        parts["value"] = told.span(Span(first.n, first.unit))
        return gettext("%(what)s is more than %(value)s ago")
    parts["value"] = parts["low"] = told.day(first)
    parts["high"] = told.day(test.values[-1])
    return {
        "before": gettext("%(what)s is before %(value)s"),
        "after": gettext("%(what)s is after %(value)s"),
        "on": gettext("%(what)s is on %(value)s"),
        "between": gettext("%(what)s is from %(low)s to %(high)s"),
    }[test.op]


def _of_values(test: Test, parts: dict[str, str], choices: Mapping[str, Words]) -> str:
    if test.op in comparison.NUMERIC or test.op == "between":
        parts["low"], parts["high"] = told.number(test.values[0]), told.number(test.values[-1])
        return {
            "over": gettext("%(what)s is over %(low)s"),
            "at_least": gettext("%(what)s is at least %(low)s"),
            "under": gettext("%(what)s is under %(low)s"),
            "at_most": gettext("%(what)s is at most %(low)s"),
            "between": gettext("%(what)s is between %(low)s and %(high)s"),
        }[test.op]
    parts["value"] = told.values(test.values, choices)
    if len(test.values) == 1:
        words = {"is": gettext("%(what)s is %(value)s"), "is_not": gettext("%(what)s is not %(value)s")}
        if test.op in words:
            return words[test.op]
    return {
        "is": gettext("%(what)s is one of %(value)s"),
        "is_not": gettext("%(what)s is none of %(value)s"),
        "contains": gettext("%(what)s contains %(value)s"),
        "not_contains": gettext("%(what)s does not contain %(value)s"),
        "starts_with": gettext("%(what)s starts with %(value)s"),
        "ends_with": gettext("%(what)s ends with %(value)s"),
        "matches": gettext("%(what)s matches the pattern %(value)s"),
        "has_any": gettext("%(what)s includes any of %(value)s"),
        "has_all": gettext("%(what)s includes all of %(value)s"),
        "has_none": gettext("%(what)s includes none of %(value)s"),
    }[test.op]
