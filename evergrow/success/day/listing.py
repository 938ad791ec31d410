"""The ranked list of the day: what there is, in which order, and the rows to show."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from django.db.models import QuerySet

from evergrow.customers.models import Account, AccountStatus
from evergrow.success.day import rank, sources
from evergrow.success.day.points import rule
from evergrow.success.day.rank import Fact, Ranked
from evergrow.success.day.sources import Ask, Row, Source, Whose
from evergrow.success.models import DayMark
from evergrow.workspaces import prepared
from evergrow.workspaces.models import Member, Workspace

Group = Literal["pinned", "overdue", "today", "week", "later", "undated"]
GROUPS: list[Group] = ["pinned", "overdue", "today", "week", "later", "undated"]


@dataclass(frozen=True, slots=True)
class Item:
    """An item with its place in the list (from 1) and its row."""

    place: int
    ranked: Ranked
    source: Source
    row: Row

    @property
    def key(self) -> str:
        return self.ranked.key


@dataclass(frozen=True, slots=True)
class Listing:
    """The items in their order, with what they were measured against. ``postponed`` are left out of ``items``."""

    ask: Ask
    items: list[Ranked]
    postponed: list[tuple[Fact, date]]
    scale: rank.Scale

    def of(self, kind: str) -> int:
        """How many items of a kind there are."""
        return sum(item.key.startswith(f"{kind}:") for item in self.items)

    def is_todays(self, item: Ranked) -> bool:
        """Whether the item belongs to today: pinned, due by today, or without a date but not a task."""
        due_on = item.fact.due_on
        if due_on is None:
            return item.is_pinned or not item.key.startswith("task:")
        return item.is_pinned or (due_on <= self.ask.today and not item.key.startswith("renewal:"))

    @property
    def todays(self) -> list[Ranked]:
        return [item for item in self.items if self.is_todays(item)]


def ask(member: Member, whose: Whose = "mine") -> Ask:
    """The question that every source answers."""
    return Ask(member, whose, member.workspace.today(), rule(member.workspace))


def listing(asked: Ask) -> Listing:
    """Everything that waits, ranked. Pins and postponements are the member's own."""
    workspace, today = asked.member.workspace, asked.today
    by = rank.scale(today, workspace.workdays, typical_mrr(workspace))
    marks = {mark.key: mark for mark in _marks(asked.member)}
    items, postponed = list[Ranked](), list[tuple[Fact, date]]()
    for source in sources.every():
        for fact in source.facts(asked):
            mark = marks.get(fact.key)
            if mark and mark.postponed_until and mark.postponed_until > today:
                postponed.append((fact, mark.postponed_until))
                continue
            pinned_at, skipped_at = (mark.pinned_at, mark.skipped_at) if mark else (None, None)
            items.append(rank.rank(fact, by, pinned_at=pinned_at, skipped_at=skipped_at))
    return Listing(asked, rank.ordered(items), sorted(postponed, key=lambda each: each[1]), by)


def typical_mrr(workspace: Workspace) -> float:
    """The median MRR of the paying accounts, in the workspace's currency; 0 without any."""
    count = _count_paying(workspace)
    return float(_paying(workspace).order_by("mrr").values_list("mrr", flat=True)[count // 2]) if count else 0.0


def _paying(workspace: Workspace) -> QuerySet[Account]:
    return Account.objects.filter(workspace=workspace, status=AccountStatus.ACTIVE, mrr__gt=0)


@prepared.count
def _count_paying(workspace: Workspace) -> QuerySet[Account]:
    return _paying(workspace)


@prepared.rows
def _marks(member: Member) -> QuerySet[DayMark]:
    return DayMark.objects.filter(member=member)


def rows(asked: Ask, shown: Sequence[tuple[int, Ranked]]) -> list[Item]:
    """The items of ``(place, ranked)`` with their rows; what went away meanwhile is left out."""
    wanted: dict[str, list[int]] = {}
    for _place, each in shown:
        kind, _colon, pk = each.key.partition(":")
        wanted.setdefault(kind, []).append(int(pk))
    found: dict[str, tuple[Source, Mapping[int, Row]]] = {}
    for kind, keys in wanted.items():
        source = sources.get(kind)
        if source is not None:
            found[kind] = (source, source.rows(asked, keys))
    items = []
    for place, each in shown:
        kind, _colon, pk = each.key.partition(":")
        if kind in found and (row := found[kind][1].get(int(pk))) is not None:
            items.append(Item(place, each, found[kind][0], row))
    return items


def one(asked: Ask, key: str) -> tuple[Source, Row] | None:
    """The source and row of a key that the member may see; None otherwise."""
    parts = sources.split(key)
    if parts is None:
        return None
    row = parts[0].rows(asked, [parts[1]]).get(parts[1])
    return None if row is None else (parts[0], row)


def group_of(item: Ranked, today: date) -> Group:
    """Where an item stands by its date; “week” is the next seven days."""
    due_on = item.fact.due_on
    if item.is_pinned:
        return "pinned"
    if due_on is None:
        return "undated"
    if due_on <= today:
        return "overdue" if due_on < today else "today"
    return "week" if due_on <= today + timedelta(days=7) else "later"


def by_date(items: Iterable[Ranked], today: date) -> list[Ranked]:
    """The items group by group; within a group the order stays."""
    return sorted(items, key=lambda item: GROUPS.index(group_of(item, today)))


def by_account(items: Iterable[Ranked]) -> list[Ranked]:
    """The items of an account together, the account with the best item first."""
    first: dict[Any, int] = {}
    rows = list(items)
    for place, item in enumerate(rows):
        first.setdefault(item.fact.account or item.key, place)
    return sorted(rows, key=lambda item: first[item.fact.account or item.key])
