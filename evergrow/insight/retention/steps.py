"""The two events of a retention question as conditions on rows, alike for every table."""

from typing import Protocol

from evergrow.insight.narrowing import account_test, property_test
from evergrow.insight.period import Interval
from evergrow.insight.retention.plan import Plan, Wanted
from evergrow.insight.retention.question import Cohorts
from evergrow.insight.sql_parts import every
from evergrow.insight.statement import Bound
from evergrow.insight.trend.question import EVERY_EVENT

# The place of a day's period, counted from the first cohort's
PLACES: dict[Interval, str] = {
    Interval.DAY: "dateDiff('day', {anchor:Date}, day)",
    Interval.WEEK: "intDiv(dateDiff('day', {anchor:Date}, day), 7)",
    Interval.MONTH: "dateDiff('month', {anchor:Date}, day)",
}
BEFORE = -1


class Rows(Protocol):
    """Conditions on the rows of one of the two events."""

    def __call__(self, plan: Plan, bound: Bound, *, by_account: bool = True) -> str: ...


def bound(plan: Plan) -> Bound:
    """The values that every statement of a plan may use."""
    return Bound(
        {
            "workspace": plan.workspace.pk,
            "first": plan.days.first,
            "last": plan.days.last,
            "anchor": plan.anchor,
            "today": plan.today,
        }
    )


def place(plan: Plan) -> str:
    """The period of a row, where it lies in the first cohort's period or later."""
    return f"toInt32({PLACES[plan.question.interval]})"


def start_place(plan: Plan) -> str:
    """The period of a start; -1 for one before the range, which only "first ever" reads."""
    found = place(plan)
    return f"if(day < {{first:Date}}, {BEFORE}, {found})" if is_ever(plan) else found


def is_ever(plan: Plan) -> bool:
    return plan.question.cohorts is Cohorts.FIRST_EVER


def starts(plan: Plan, bound: Bound, *, by_account: bool = True) -> str:
    """Rows that can begin a cohort. Without ``by_account`` accounts are narrowed elsewhere."""
    days = "day <= {last:Date}" if is_ever(plan) else "day BETWEEN {first:Date} AND {last:Date}"
    return _rows(plan.start, days, bound, by_account)


def returns(plan: Plan, bound: Bound, *, by_account: bool = True) -> str:
    """Rows that can be a return: from the first cohort's period until today, whole periods whatever the range cuts."""
    return _rows(plan.back, "day BETWEEN {anchor:Date} AND {today:Date}", bound, by_account)


def _rows(wanted: Wanted, days: str, bound: Bound, by_account: bool) -> str:
    found = ["workspace_id = {workspace:UInt32}", days]
    if wanted.event != EVERY_EVENT:
        found.append(f"event = {bound.add('event', 'String', wanted.event)}")
    if by_account:
        found += [account_test(accounts, bound) for accounts in wanted.accounts]
    found += [property_test(condition, bound) for condition in wanted.properties]
    return every(found, 8)
