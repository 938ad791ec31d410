"""Why a subject meets criteria or not: the tree again, each part with its sentence, its answer and what was found."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import get_language, gettext, ngettext

from evergrow.customers.criteria.compile_events import stopped_days
from evergrow.customers.criteria.evaluate import compile_node, counter, holding, measurer, picker
from evergrow.customers.criteria.subjects import Subject
from evergrow.customers.criteria.tree import (
    All,
    AnyOf,
    AtAccount,
    Criteria,
    Did,
    First,
    InSegment,
    Kind,
    Node,
    Not,
    People,
    Stopped,
    Trait,
)
from evergrow.customers.criteria.windows import EVER, Now, resolve
from evergrow.customers.criteria.words import Speaker
from evergrow.lib import moments


@dataclass(frozen=True, slots=True)
class Explained:
    """A part: its address, what it says, whether it holds, what was found (a value, how often, …), its own parts."""

    part: str
    sentence: str
    holds: bool
    found: str = ""
    parts: tuple["Explained", ...] = ()


def explain(criteria: Criteria, subject: Subject, at: datetime | None = None) -> Explained:
    """The whole tree for one subject, as of a moment (default: now), in the active language."""
    now = Now.of(criteria.workspace, at)
    return _Explainer(Speaker(criteria.workspace), subject, now).node(criteria.root, criteria.kind, "")


@dataclass(slots=True)
class _Explainer:
    speaker: Speaker
    subject: Subject
    now: Now

    def node(self, node: Node, kind: Kind, part: str) -> Explained:
        holds = compile_node(node, self.now)(self.subject)
        said = self.speaker.clause(node, kind)
        inner: list[tuple[Node, str]] = []
        match node:
            case All(parts):
                inner = [(each, f"all.{place}") for place, each in enumerate(parts)]
            case AnyOf(parts):
                inner = [(each, f"any.{place}") for place, each in enumerate(parts)]
            case Not(each):
                inner = [(each, "not")]
        before = f"{part}." if part else ""
        told = tuple(self.node(each, kind, f"{before}{piece}") for each, piece in inner)
        return Explained(part, said, holds, "" if inner else self._found(node, kind), told)

    def _found(self, node: Node, kind: Kind) -> str:
        match node:
            case Trait(trait):
                value = self.subject.traits.get(trait)
                return self.speaker.value(kind, trait, value.text) if value else gettext("no value")
            case Did():
                return self._did(node)
            case First(doing):
                found = picker(doing, EVER, self.now)(self.subject)
                return self._day(found[0].at) if found else gettext("never")
            case Stopped(doing):
                earlier, quiet = stopped_days(node, self.now)
                counts = [counter(doing, days, self.now)(self.subject) for days in (earlier, quiet)]
                return gettext("%(before)s before, %(since)s since") % {"before": counts[0], "since": counts[1]}
            case InSegment():
                entered = self.subject.segments.get(node.segment)
                return self._day(round(entered.timestamp() * 1000)) if entered else gettext("not in it")
            case People(_, who, _, role):
                meets = compile_node(who, self.now)
                people = {place.other.number: place.other for place in holding(self.subject, self.now, role)}
                parts = {"met": sum(meets(person) for person in people.values()), "total": len(people)}
                return gettext("%(met)s of %(total)s people") % parts
            case AtAccount(_, role):
                places = holding(self.subject, self.now, role)
                return ngettext("%(count)s account", "%(count)s accounts", len(places)) % {"count": len(places)}
            case _:
                return ""

    def _did(self, node: Did) -> str:
        stretch = resolve(node.within, self.now)
        if node.measure:
            value = measurer(node.measure, node.doing, stretch, self.now)(self.subject)
            return gettext("no value") if value is None else f"{value:,.6g}"
        times = counter(node.doing, stretch, self.now)(self.subject)
        return ngettext("%(count)s time", "%(count)s times", times) % {"count": f"{times:,}"}

    def _day(self, milliseconds: int) -> str:
        at = datetime.fromtimestamp(milliseconds / 1000, self.now.zone)
        return moments.day_text(at.date(), self.now.today, get_language() or "en")
