"""My day: the open tasks in groups by when they are due, with what stands behind them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from django.db.models import Count, QuerySet

from evergrow.lib import workdays
from evergrow.success.models import Task
from evergrow.success.queries import lists
from evergrow.workspaces.models import Member

Group = Literal["overdue", "today", "week", "later", "undated"]
ORDER: list[Group] = ["overdue", "today", "week", "later", "undated"]


@dataclass(frozen=True, slots=True)
class Summary:
    """What the day holds: counts of tasks, and the monthly revenue of the accounts behind those due by today."""

    total: int
    overdue: int
    today: int
    accounts: int
    mrr: Decimal
    snoozed: int
    awaiting: int


@dataclass(frozen=True, slots=True)
class DayLoad:
    """One of the next working days: how many tasks are due on it, and on the free days before it."""

    day: date
    count: int
    is_make_up: bool
    is_known: bool


def group_of(task: Task, today: date) -> Group:
    """Where a task stands on the page; “week” is the next seven days."""
    if task.due_on is None:
        return "undated"
    if task.due_on < today:
        return "overdue"
    if task.due_on == today:
        return "today"
    return "week" if task.due_on <= today + timedelta(days=7) else "later"


def groups(tasks: Iterable[Task], today: date) -> list[tuple[Group, list[Task]]]:
    """The tasks by group, in the order of the page; groups without tasks are left out."""
    found: dict[Group, list[Task]] = {}
    for task in tasks:
        found.setdefault(group_of(task, today), []).append(task)
    return [(group, found[group]) for group in ORDER if group in found]


def summary(member: Member, whose: lists.Whose) -> Summary:
    """The counts behind the page's sentence."""
    today = member.workspace.today()
    rows = lists.todo(member, whose)
    due = rows.filter(due_on__lte=today)
    behind = dict(due.order_by().values_list("account_id", "account__mrr"))
    return Summary(
        total=rows.count(),
        overdue=rows.filter(due_on__lt=today).count(),
        today=rows.filter(due_on=today).count(),
        accounts=len(behind),
        mrr=sum(behind.values(), Decimal(0)),
        snoozed=lists.snoozed(member, whose).count(),
        awaiting=rows.filter(state="awaiting").count(),
    )


def load(member: Member, whose: lists.Whose, days: int = 5) -> list[DayLoad]:
    """Tasks due on today and the working days after it; what is due on a day off counts for the next working day."""
    workspace, today = member.workspace, member.workspace.today()
    calendar = workspace.calendar
    first = workdays.roll(today, "next", calendar)
    shown = [workdays.add(first, n, calendar) for n in range(days)]
    counts = _counts(lists.todo(member, whose), today, shown[-1])
    loads, before = [], today - timedelta(days=1)
    for day in shown:
        count = sum(n for due, n in counts.items() if before < due <= day)
        make_up = day.weekday() >= 5
        loads.append(DayLoad(day, count, make_up, workdays.is_known(day, calendar)))
        before = day
    return loads


def _counts(rows: QuerySet[Task], start: date, end: date) -> dict[date, int]:
    due = rows.filter(due_on__range=(start, end)).order_by().values("due_on").annotate(n=Count("pk"))
    return {row["due_on"]: row["n"] for row in due if row["due_on"] is not None}
