"""Work against what people can do: points due on each of the next working days, for me and for the team."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from evergrow.lib import workdays
from evergrow.success.day import absence
from evergrow.success.day.points import Rule, capacities, rule
from evergrow.success.models import Task
from evergrow.success.queries import lists
from evergrow.workspaces import prepared
from evergrow.workspaces.models import Member, Workspace

DAYS = 5
Due = tuple[int | None, date | None, str, str]


@dataclass(frozen=True, slots=True)
class DayLoad:
    """A working day: tasks and points due on it and on the days off before it, against what can be done then.

    The first day also bears what is overdue. ``is_absent``: the member is away.
    """

    day: date
    count: int
    points: float
    capacity: float
    is_make_up: bool = False
    is_known: bool = True
    is_absent: bool = False

    @property
    def is_over(self) -> bool:
        return self.points > self.capacity

    @property
    def top(self) -> float:
        """The end of the bar."""
        return max(self.points, self.capacity, 1.0)


@dataclass(frozen=True, slots=True)
class MemberLoad:
    """A member's load over the days: points due in all, of these overdue, and what can be done until then.

    ``later`` counts tasks that are due after the days or have no date.
    """

    member: Member
    days: list[DayLoad]
    overdue: float
    later: int

    @property
    def points(self) -> float:
        return sum(day.points for day in self.days)

    @property
    def tasks(self) -> int:
        return sum(day.count for day in self.days)

    @property
    def capacity(self) -> float:
        return sum(day.capacity for day in self.days)

    @property
    def share(self) -> float | None:
        return self.points / self.capacity if self.capacity else None

    @property
    def is_over(self) -> bool:
        return self.points > self.capacity


def next_days(workspace: Workspace, days: int = DAYS) -> list[date]:
    """Today, or the next working day, and the working days after it."""
    first = workdays.roll(workspace.today(), "next", workspace.workdays)
    return [workdays.add(first, n, workspace.workdays) for n in range(days)]


def mine(member: Member, days: int = DAYS) -> MemberLoad:
    """The member's own load."""
    return of_members(member, [member], days)[0]


def of_members(viewer: Member, members: Iterable[Member], days: int = DAYS) -> list[MemberLoad]:
    """The load of members as far as ``viewer`` sees their tasks, in the order given."""
    who = list(members)
    return of_rows(viewer, who, _due(viewer, viewer.workspace.today(), [member.pk for member in who]), days)


@prepared.rows
def _due(viewer: Member, today: date, owners: Sequence[int]) -> QuerySet[Task, Due]:
    return due_rows(lists.todo(viewer, "all", today).filter(owner__in=owners))


def of_rows(viewer: Member, who: list[Member], rows: Iterable[Due], days: int = DAYS) -> list[MemberLoad]:
    """The load that such tasks would be, of each of the members."""
    workspace = viewer.workspace
    shown, known = next_days(workspace, days), rule(workspace)
    able = capacities(workspace, known)
    away = absence.days_away(workspace, [member.pk for member in who], shown[0], shown[-1])
    by_owner: dict[int, list[Due]] = defaultdict(list)
    for row in rows:
        if row[0] is not None:
            by_owner[row[0]].append(row)
    for member in who:
        member.workspace = workspace
    return [
        _load(
            member, by_owner[member.pk], shown, known, able.get(member.pk, known.capacity), away.get(member.pk, set())
        )
        for member in who
    ]


def due_rows(rows: QuerySet[Task]) -> QuerySet[Task, Due]:
    """(owner, due, kind, tier) of tasks: all that their points need."""
    return rows.select_related(None).order_by().values_list("owner_id", "due_on", "kind", "account__tier")


def _load(
    member: Member, rows: list[Due], shown: list[date], known: Rule, capacity: float, away: set[date]
) -> MemberLoad:
    today = member.workspace.today()
    calendar = member.workspace.workdays
    found: dict[date, list[float]] = defaultdict(list)
    overdue, later = 0.0, 0
    for _owner, due_on, kind, tier in rows:
        points = known.of(kind, tier)
        if due_on is None or due_on > shown[-1]:
            later += 1
            continue
        overdue += points if due_on < today else 0.0
        found[next(day for day in shown if due_on <= day)].append(points)
    days = [
        DayLoad(
            day,
            len(found[day]),
            sum(found[day]),
            0.0 if day in away else capacity,
            day.weekday() >= 5,
            workdays.is_known(day, calendar),
            day in away,
        )
        for day in shown
    ]
    return MemberLoad(member, days, overdue, later)


def total(loads: Iterable[MemberLoad]) -> Mapping[str, float]:
    """Points and capacity of all."""
    rows = list(loads)
    return {"points": sum(row.points for row in rows), "capacity": sum(row.capacity for row in rows)}
