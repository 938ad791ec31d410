"""From a series of a question to a plan that needs no more thought: days, buckets, accounts by number, the table.

``STEPS`` is the whole way. Each step takes a plan and gives a fuller one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from django.db.models import QuerySet

from evergrow.customers.models import Account
from evergrow.insight import facts, hours, period
from evergrow.insight.conditions import Check, Condition
from evergrow.insight.narrowing import AccountsOnly
from evergrow.insight.period import Between, Bucket, Interval
from evergrow.insight.sql_parts import NOT_SET, VALUE
from evergrow.insight.trend import watched
from evergrow.insight.trend.question import (
    ACTIVE,
    DIFFERENT,
    FIRST,
    OF_ACCOUNTS,
    OF_PEOPLE,
    OF_SESSIONS,
    Asked,
    Measure,
    TrendQuestion,
)
from evergrow.workspaces.models import Workspace

Table = Literal["activity", "account_day", "person_accounts", "property_days", "property_people", "events"]
Codes = tuple[str, ...]

MOST_SETS = 64
PEOPLE = {Measure.PEOPLE, Measure.ACTIVE_PEOPLE}


@dataclass(frozen=True, slots=True)
class Plan:
    """A series with everything settled that does not need the event store.

    ``part_of`` has, for each topic of the breakdown, the value by account number, or None for a property of the event.
    ``has_sets`` says that sets of people hold everything that is asked for, or nearly.
    """

    question: TrendQuestion
    asked: Asked
    workspace: Workspace
    now: datetime
    visible: QuerySet[Account] | None
    days: Between
    buckets: tuple[Bucket, ...] = ()
    compared: tuple[Bucket, ...] = ()
    accounts: tuple[AccountsOnly, ...] = ()
    properties: tuple[Condition, ...] = ()
    part_of: tuple[Mapping[int, str] | None, ...] = ()
    has_sets: bool = False
    table: Table = "events"

    @property
    def today(self) -> date:
        """The day it is in the workspace's zone."""
        return self.now.astimezone(self.workspace.tz).date()

    @property
    def is_hourly(self) -> bool:
        return self.question.interval is Interval.HOUR

    @property
    def is_by_account(self) -> bool:
        """Whether every topic of the breakdown is a fact of accounts."""
        return all(values is not None for values in self.part_of)


def make(
    question: TrendQuestion,
    workspace: Workspace,
    *,
    now: datetime,
    visible: QuerySet[Account] | None = None,
    asked: Asked | None = None,
) -> Plan:
    """Run every step for a series of the question, the first unless given.

    ``visible`` limits the answer to these accounts (``None``: no limit). Raises BadQuestion when the range cannot be
    used.
    """
    today = now.astimezone(workspace.tz).date()
    plan = Plan(question, asked or question.first, workspace, now, visible, Between(today, today))
    for take in STEPS:
        plan = take(plan)
    return plan


def settle_days(plan: Plan) -> Plan:
    """What "the last 12 weeks" means today, in the workspace's zone."""
    return replace(plan, days=period.settle(plan.question.range, plan.today, plan.workspace.week_start))


def cut_buckets(plan: Plan) -> Plan:
    """Whole periods of the chart, and those to compare them with."""
    interval, zone, week_start = plan.question.interval, plan.workspace.tz, plan.workspace.week_start
    compare = plan.question.compare
    compared: tuple[Bucket, ...] = ()
    if interval is Interval.HOUR:
        buckets = hours.cut(plan.days, plan.now, zone)
        if compare:
            compared = hours.earlier(buckets, plan.days, zone, compare.value)  # type: ignore[arg-type]
    else:
        buckets = period.cut(plan.days, interval, plan.today, week_start)
        if compare:
            compared = period.earlier(buckets, interval, week_start, compare.value)  # type: ignore[arg-type]
    return replace(plan, buckets=buckets, compared=compared)


def find_accounts(plan: Plan) -> Plan:
    """Conditions on facts of accounts become sets of account numbers; those on properties stay as they are."""
    every = (*plan.question.filters, *plan.asked.filters)
    accounts = tuple(AccountsOnly.of_fact(each, plan.workspace) for each in every if each.topic.kind == "account")
    return replace(plan, accounts=accounts, properties=tuple(each for each in every if each.topic.kind == "property"))


def keep_to_visible(plan: Plan) -> Plan:
    """A member with a right to some accounts only asks about those; accounts in the trash are not counted."""
    is_of_accounts = plan.asked.measure in OF_ACCOUNTS
    limits = AccountsOnly.limits(plan.workspace, plan.visible, are_counted=is_of_accounts)
    return replace(plan, accounts=(*plan.accounts, *limits))


def find_parts(plan: Plan) -> Plan:
    """A breakdown by a fact of accounts becomes a map from account number to value."""
    split = plan.question.split
    topics = split.by if split else ()
    found = (facts.get(topic.key).of(plan.workspace) if topic.kind == "account" else None for topic in topics)
    return replace(plan, part_of=tuple(found))


def find_sets(plan: Plan) -> Plan:
    """Whether the property of the breakdown is watched for all the days that count; that it was asked for is noted.

    For people by facts of accounts: whether nearly all are at one account, so that few events have to be read."""
    if watched.fits(plan):
        return replace(plan, has_sets=watched.holds(plan))
    is_of_people = bool(plan.part_of) and plan.is_by_account and plan.asked.measure in PEOPLE
    return replace(plan, has_sets=is_of_people and watched.most_are_at_one_account(plan))


def choose_table(plan: Plan) -> Plan:
    """The cheapest table that can answer: bitmaps a day, then accounts or properties a day, then the events.

    ``account_day`` knows nothing of events without an account, so it answers only where those do not count. What
    ``person_accounts`` tells of people goes together with ``activity``.
    """
    return replace(plan, table=_table(plan))


def _table(plan: Plan) -> Table:
    measure = plan.asked.measure
    if plan.is_hourly or measure in OF_SESSIONS or measure in (Measure.PROPERTY, Measure.PER_PERSON):
        return "events"
    if plan.has_sets and not plan.is_by_account:
        return "property_people"
    if plan.properties or not plan.is_by_account:
        return "property_days" if _is_count_of_a_property(plan) else "events"
    is_plain = not plan.accounts and not plan.part_of
    if measure is not Measure.PER_ACCOUNT and (is_plain or (measure in OF_ACCOUNTS and len(sets(plan)) <= MOST_SETS)):
        return "activity"
    has_account = any(not accounts.is_negated for accounts in plan.accounts)
    if plan.has_sets and not has_account and measure in PEOPLE and len(sets(plan)) <= MOST_SETS:
        return "person_accounts"
    is_rolled_up = measure in OF_ACCOUNTS or (has_account and measure is not Measure.FIRST_PEOPLE)
    return "account_day" if is_rolled_up else "events"


def _is_count_of_a_property(plan: Plan) -> bool:
    """Events that carry one property, whatever its value, are counted by the day already."""
    tests = [each.test for each in plan.properties]
    return plan.asked.measure is Measure.COUNT and not plan.accounts and not plan.part_of and tests == [Check.IS_SET]


def sets(plan: Plan) -> dict[Codes, list[int]]:
    """The accounts of each combination of values of a breakdown by facts; of none at all: every account with a value.

    The combination "nothing set" has all accounts that are not among the others.
    """
    found: dict[Codes, list[int]] = {}
    maps = [values for values in plan.part_of if values is not None]
    if len(maps) == 1:  # the usual case, many times as fast
        for number, value in sorted(maps[0].items()):
            found.setdefault((VALUE + value,), []).append(number)
        return found
    for number in sorted(set().union(*maps)):
        codes = tuple(VALUE + values[number] if number in values else NOT_SET for values in maps)
        found.setdefault(codes, []).append(number)
    return found


def ranked(plan: Plan) -> Plan:
    """The plan of what parts of a breakdown are ranked by: how many did it, or how often it was done."""
    measure = plan.asked.measure
    by = Measure.COUNT
    if measure in DIFFERENT | ACTIVE | FIRST and measure not in OF_SESSIONS:
        by = Measure.ACCOUNTS if measure in OF_ACCOUNTS else Measure.PEOPLE
    return choose_table(replace(plan, asked=replace(plan.asked, measure=by)))


Step = Callable[[Plan], Plan]
STEPS: tuple[Step, ...] = (
    settle_days,
    cut_buckets,
    find_accounts,
    keep_to_visible,
    find_parts,
    find_sets,
    choose_table,
)

SUBJECT: Mapping[Measure, Literal["account", "person"]] = {
    measure: "person" if measure in OF_PEOPLE | OF_SESSIONS else "account" for measure in Measure
}
