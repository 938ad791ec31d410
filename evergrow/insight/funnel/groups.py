"""The two groups that a funnel compares: parts of its breakdown, or segments."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from evergrow.customers import segments
from evergrow.customers.models import Segment
from evergrow.customers.portrait.statistics import Estimate
from evergrow.insight.errors import BadQuestion
from evergrow.insight.funnel.plan import Plan
from evergrow.insight.funnel.question import FunnelQuestion, Group, Subject
from evergrow.insight.funnel.result import Branch, difference
from evergrow.insight.narrowing import AccountsOnly
from evergrow.insight.trend.result import Part
from evergrow.lib import bilingual

MOST_MEMBERS = 100_000


class GroupKind(StrEnum):
    """Where a group comes from: a value of the breakdown, or the members of a segment."""

    PART = "part"
    SEGMENT = "segment"


@dataclass(frozen=True, slots=True)
class Compared:
    """A group with its funnel; a segment also has a name in both languages and its members."""

    group: Group
    branch: Branch
    names: bilingual.Name | None = None
    members: frozenset[int] = frozenset()

    @property
    def part(self) -> Part | None:
        """The part of the breakdown; None for a segment."""
        return self.branch.part if self.names is None else None


@dataclass(frozen=True, slots=True)
class Versus:
    """The two groups, the first conversion minus the second, and how many are members of both segments."""

    one: Compared
    other: Compared

    @property
    def gap(self) -> Estimate | None:
        """Newcombe's method 10 at 95 %; None where nobody of a group did the first step."""
        return difference(self.one.branch, self.other.branch)

    @property
    def overlap(self) -> int:
        return len(self.one.members & self.other.members)


def parse(raw: Any) -> tuple[Group, Group] | None:
    """Two texts like ``part:=Pro`` and ``segment:trial``. Raises BadQuestion at ``versus``."""
    if raw is None:
        return None
    if not isinstance(raw, list) or len(raw) != 2 or not all(isinstance(each, str) and len(each) < 600 for each in raw):
        raise BadQuestion("versus", _("Two groups are compared: “part:=Pro”, “segment:trial”."))
    one, other = (_group(each) for each in raw)
    if one == other:
        raise BadQuestion("versus", _("Choose two different groups."))
    return one, other


def _group(text: str) -> Group:
    kind, _colon, key = text.partition(":")
    try:
        if GroupKind(kind) is GroupKind.PART:
            Part.of(key)
    except ValueError:
        raise BadQuestion("versus", _("Two groups are compared: “part:=Pro”, “segment:trial”.")) from None
    if not key:
        raise BadQuestion("versus", _("Two groups are compared: “part:=Pro”, “segment:trial”."))
    return Group(kind, key)


def segment_kind(question: FunnelQuestion) -> str:
    """Whom segments to compare hold: accounts, or people (of sessions too)."""
    return "account" if question.subject is Subject.ACCOUNTS else "person"


def narrowed(planned: Plan, group: Group) -> tuple[Plan, Segment, frozenset[int]]:
    """The plan over the members of a segment only, without a breakdown. Raises BadQuestion at ``versus``."""
    found = Segment.objects.filter(
        workspace=planned.workspace, kind=segment_kind(planned.question), key=group.key, retired_at=None
    ).first()
    if found is None:
        raise BadQuestion("versus", _("There is no segment “%(key)s” of these.") % {"key": group.key[:80]})
    members = segments.current(planned.workspace, found)
    if len(members) > MOST_MEMBERS:
        raise BadQuestion(
            "versus", _("A segment to compare has at most %(most)s members.") % {"most": f"{MOST_MEMBERS:,}"}
        )
    numbers = tuple(int(each) for each in members)
    question = replace(planned.question, split=None, against=None, versus=None, over=None)
    if planned.question.subject is Subject.ACCOUNTS:
        plan = replace(planned, question=question, accounts=(*planned.accounts, AccountsOnly(numbers)), part_of=None)
    else:
        plan = replace(planned, question=question, people=numbers, part_of=None)
    return plan, found, frozenset(numbers)
