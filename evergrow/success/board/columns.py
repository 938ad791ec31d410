"""What stands on the board: a column for each state or owner, its count and points, and the first cards of each.

One statement finds the first cards of all columns, a second one reads them, so a board of thousands costs what its
first page costs. The page shows cards (``cards.py``), the API gives tasks.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from operator import itemgetter
from typing import Any, Generic, Literal, TypeVar

from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from evergrow.lib import clock
from evergrow.success import access
from evergrow.success.board.cards import Card, cards
from evergrow.success.day.points import Rule, rule
from evergrow.success.day.sources import Whose
from evergrow.success.models import RunState, StepKind, Task, TaskState
from evergrow.success.models.tasks import OPEN
from evergrow.success.queries import lists
from evergrow.workspaces import prepared
from evergrow.workspaces.models import Member

By = Literal["state", "owner"]
STATES = [TaskState.READY, TaskState.IN_PROGRESS, TaskState.AWAITING, TaskState.DONE]
PER_COLUMN = 25
DONE_DAYS = 7
NOBODY = "nobody"
ORDER = (F("due_on").asc(nulls_last=True), F("priority").desc(), F("account__mrr").desc(), F("pk").asc())
Shown = TypeVar("Shown")
Read = Callable[[Member, Sequence[int]], Mapping[int, Shown]]


@dataclass(slots=True)
class Column(Generic[Shown]):
    """A column: all its tasks counted, with their points, and the cards of this page of it."""

    key: str
    name: str
    member: Member | None = None
    count: int = 0
    points: float = 0.0
    overdue: int = 0
    cards: list[Shown] = field(default_factory=list)
    offset: int = 0

    @property
    def next_offset(self) -> int:
        return self.offset + len(self.cards)

    @property
    def more(self) -> int:
        """How many cards come after this page."""
        return max(0, self.count - self.next_offset)


def tasks(member: Member, keys: Sequence[int]) -> Mapping[int, Task]:
    """The tasks themselves with their accounts, by key: what the API gives for cards."""
    rows = Task.objects.filter(pk__in=keys, workspace_id=member.workspace_id).select_related("account")
    return {task.pk: task for task in rows.defer("account__traits", "account__origins")}


def shown(member: Member, whose: Whose, today: date, since: datetime | None) -> QuerySet[Task]:
    """The tasks of the board: open ones that are neither snoozed nor of a paused run, and those done ``since`` then,
    unless it is None. Steps that wait for others are left out."""
    is_shown = Q(state__in=OPEN) & (Q(snoozed_until=None) | Q(snoozed_until__lte=today))
    is_shown &= Q(run=None) | Q(run__state=RunState.ACTIVE)
    if since is not None:
        is_shown |= Q(state=TaskState.DONE, ended_at__gte=since)
    rows = access.tasks(member).filter(lists.whose_tasks(member, whose))
    return rows.filter(is_shown).exclude(kind=StepKind.WAIT)


def board(member: Member, *, by: By, whose: Whose) -> list[Column[Card]]:
    """Every column with its first cards. By owner only open tasks stand there, one column a colleague who has some or
    may work."""
    return board_of(member, by, whose, cards)


def board_of(member: Member, by: By, whose: Whose, read: Read[Shown]) -> list[Column[Shown]]:
    """The same with what ``read`` gives for the keys of tasks."""
    columns: dict[str, Column[Shown]] = _columns(member, by, whose)
    asked = member, prepared.Word(by), prepared.Word(whose), *_moments(member, by)
    _count(_counted(*asked), columns, rule(member.workspace))
    places = _first(*asked, PER_COLUMN)
    found = read(member, [pk for pk, _column, _place in places])
    for pk, key, _place in sorted(places, key=itemgetter(2)):
        if pk in found:
            columns[str(key or NOBODY)].cards.append(found[pk])
    return list(columns.values())


def column(member: Member, *, by: By, whose: Whose, key: str, offset: int) -> Column[Card] | None:
    """One column from the card ``offset`` on; None for a key that is no column."""
    columns: dict[str, Column[Card]] = _columns(member, by, whose)
    found = columns.get(key)
    if found is None:
        return None
    rows = shown(member, whose, *_moments(member, by))
    rows = rows.filter(state=key) if by == "state" else rows.filter(owner=found.member)
    found.count, found.offset = rows.count(), offset
    keys = list(rows.order_by(*_order(by, key)).values_list("pk", flat=True)[offset : offset + PER_COLUMN])
    read = cards(member, keys)
    found.cards = [read[pk] for pk in keys if pk in read]
    return found


def _moments(member: Member, by: By) -> tuple[date, datetime | None]:
    """Today, and since when done tasks are shown: by owner never."""
    return member.workspace.today(), clock.now() - timedelta(days=DONE_DAYS) if by == "state" else None


@prepared.rows
def _first(
    member: Member, by: Any, whose: Any, today: date, since: datetime | None, most: int
) -> QuerySet[Task, tuple[int, Any, int]]:
    """The keys of the first tasks of each column, with the column and the place in it."""
    place = Window(RowNumber(), partition_by=[F(_field(by))], order_by=_order(by))
    rows = shown(member, whose, today, since).annotate(place=place).filter(place__lte=most)
    return rows.values_list("pk", _field(by), "place")


@prepared.rows
def _counted(
    member: Member, by: Any, whose: Any, today: date, since: datetime | None
) -> QuerySet[Task, tuple[Any, str, str, int, int]]:
    """How many tasks of each column, kind and tier, and how many of them are overdue."""
    late = Count("pk", filter=Q(due_on__lt=today, state__in=OPEN))
    rows = shown(member, whose, today, since).order_by()
    return rows.values_list(_field(by), "kind", "account__tier").annotate(n=Count("pk"), late=late)


def _field(by: By) -> str:
    return "state" if by == "state" else "owner_id"


def _order(by: By, key: str = "") -> Sequence[Any]:
    """By date; what is done by when it was, newest first. ``ended_at`` is empty in the other columns."""
    newest = F("ended_at").desc(nulls_last=True)
    return (newest, *ORDER) if by == "state" and key in ("", TaskState.DONE) else ORDER


def _columns(member: Member, by: By, whose: Whose) -> dict[str, Column[Shown]]:
    if by == "state":
        names: Mapping[str, str] = {state: str(state.label) for state in STATES}
        done = pgettext("column of the board", "Done in seven days")
        return {key: Column(key, done if key == TaskState.DONE else name) for key, name in names.items()}
    people = access.here_on(member, member.workspace.today())
    if whose == "mine":
        people = [each for each in people if each.pk == member.pk]
    elif whose == "team" and member.team:
        people = [each for each in people if each.team == member.team]
    columns: dict[str, Column[Shown]] = {str(each.pk): Column(str(each.pk), str(each), each) for each in people}
    return columns if whose == "mine" else {NOBODY: Column(NOBODY, _("Nobody"))} | columns


def _count(rows: Sequence[tuple[Any, str, str, int, int]], columns: dict[str, Column[Shown]], known: Rule) -> None:
    """Put counts, points and overdue ones into the columns. Who left has a column while they own work."""
    for of, kind, tier, n, late in rows:
        key = str(of or NOBODY)
        if key not in columns:
            left = Member.objects.select_related("user").filter(pk=of).first()
            columns[key] = Column(key, str(left or _("Nobody")), left)
        columns[key].count += n
        columns[key].overdue += late
        columns[key].points += n * known.of(kind, tier)
