"""What stands on the board: a column for each state or owner, its count and points, and the first cards of each.

One statement reads the first cards of all columns, so a board of thousands costs what its first page costs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal

from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from evergrow.lib import clock
from evergrow.success import access
from evergrow.success.day.points import Rule, rule
from evergrow.success.day.sources import Whose
from evergrow.success.models import RunState, StepKind, Task, TaskState
from evergrow.success.models.tasks import OPEN
from evergrow.success.queries import lists
from evergrow.workspaces.models import Member

By = Literal["state", "owner"]
STATES = [TaskState.READY, TaskState.IN_PROGRESS, TaskState.AWAITING, TaskState.DONE]
PER_COLUMN = 25
DONE_DAYS = 7
NOBODY = "nobody"
FACTS = ("account__health_state", "run__playbook", "owner__user", "step")
# What cards do not show and would only be carried along.
HEAVY = (
    "account__traits",
    "account__origins",
    "account__health_state__reasons",
    "account__health_state__exceptions",
    "note",
    "run__playbook__purpose",
    "step__instructions",
)
ORDER = (F("due_on").asc(nulls_last=True), F("priority").desc(), F("account__mrr").desc(), F("pk").asc())


@dataclass(slots=True)
class Column:
    """A column: all its tasks counted, with their points, and the cards of this page of it."""

    key: str
    name: str
    member: Member | None = None
    count: int = 0
    points: float = 0.0
    overdue: int = 0
    cards: list[Task] = field(default_factory=list)
    offset: int = 0

    @property
    def next_offset(self) -> int:
        return self.offset + len(self.cards)

    @property
    def more(self) -> int:
        """How many cards come after this page."""
        return max(0, self.count - self.next_offset)


def shown(member: Member, whose: Whose) -> QuerySet[Task]:
    """The tasks of the board: open ones that are neither snoozed nor of a paused run, and those done in seven days."""
    today = member.workspace.today()
    is_open = Q(state__in=OPEN) & (Q(snoozed_until=None) | Q(snoozed_until__lte=today))
    is_open &= Q(run=None) | Q(run__state=RunState.ACTIVE)
    is_done = Q(state=TaskState.DONE, ended_at__gte=clock.now() - timedelta(days=DONE_DAYS))
    rows = access.tasks(member).filter(lists.whose_tasks(member, whose))
    return rows.filter(is_open | is_done).exclude(kind=StepKind.WAIT)


def board(member: Member, *, by: By, whose: Whose) -> list[Column]:
    """Every column with its first cards. By owner only open tasks stand there, one column a colleague who has some or
    may work."""
    rows = shown(member, whose)
    if by == "owner":
        rows = rows.filter(state__in=OPEN)
    columns = _columns(member, by, whose)
    _count(rows, by, columns, rule(member.workspace), member)
    place = Window(RowNumber(), partition_by=[F(_field(by))], order_by=_order(by))
    first = rows.annotate(place=place).filter(place__lte=PER_COLUMN)
    for task in read(first, place="place"):
        columns[_key(task, by)].cards.append(task)
    return list(columns.values())


def column(member: Member, *, by: By, whose: Whose, key: str, offset: int) -> Column | None:
    """One column from the card ``offset`` on; None for a key that is no column."""
    found = _columns(member, by, whose).get(key)
    if found is None:
        return None
    rows = shown(member, whose)
    rows = rows.filter(state=key) if by == "state" else rows.filter(state__in=OPEN, owner=found.member)
    found.count, found.offset = rows.count(), offset
    found.cards = list(_slim(rows).order_by(*_order(by, key))[offset : offset + PER_COLUMN])
    return found


def read(rows: QuerySet[Task], *, place: str) -> Sequence[Task]:
    """Cards with what they show."""
    return list(_slim(rows).order_by(place))


def _slim(rows: QuerySet[Task]) -> QuerySet[Task]:
    return rows.select_related(*FACTS).defer(*HEAVY)


def _field(by: By) -> str:
    return "state" if by == "state" else "owner_id"


def _key(task: Task, by: By) -> str:
    return task.state if by == "state" else str(task.owner_id or NOBODY)


def _order(by: By, key: str = "") -> Sequence[Any]:
    """By date; what is done by when it was, newest first. ``ended_at`` is empty in the other columns."""
    newest = F("ended_at").desc(nulls_last=True)
    return (newest, *ORDER) if by == "state" and key in ("", TaskState.DONE) else ORDER


def _columns(member: Member, by: By, whose: Whose) -> dict[str, Column]:
    if by == "state":
        names: Mapping[str, str] = {state: str(state.label) for state in STATES}
        done = pgettext("column of the board", "Done in seven days")
        return {key: Column(key, done if key == TaskState.DONE else name) for key, name in names.items()}
    people = list(access.colleagues(member))
    if whose == "mine":
        people = [each for each in people if each.pk == member.pk]
    elif whose == "team" and member.team:
        people = [each for each in people if each.team == member.team]
    columns = {str(each.pk): Column(str(each.pk), str(each), each) for each in people}
    return columns if whose == "mine" else {NOBODY: Column(NOBODY, _("Nobody")), **columns}


def _count(rows: QuerySet[Task], by: By, columns: dict[str, Column], known: Rule, member: Member) -> None:
    """Counts, points and overdue ones, from one grouped statement. Who left has a column while they own work."""
    today = member.workspace.today()
    late = Count("pk", filter=Q(due_on__lt=today, state__in=OPEN))
    grouped = rows.order_by().values(_field(by), "kind", "account__tier").annotate(n=Count("pk"), late=late)
    for row in grouped:
        key = str(row[_field(by)] or NOBODY)
        if key not in columns:
            left = Member.objects.select_related("user").filter(pk=row[_field(by)]).first()
            columns[key] = Column(key, str(left or _("Nobody")), left)
        columns[key].count += row["n"]
        columns[key].overdue += row["late"]
        columns[key].points += row["n"] * known.of(row["kind"], row["account__tier"])
