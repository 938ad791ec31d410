"""From a question to a plan that needs no more thought: days, buckets, accounts by number, the table that answers.

``STEPS`` is the whole way. Each step takes a plan and gives a fuller one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from django.db.models import QuerySet

from evergrow.customers.models import Account
from evergrow.insight import facts, period
from evergrow.insight.conditions import Condition
from evergrow.insight.narrowing import AccountsOnly
from evergrow.insight.period import Between, Bucket
from evergrow.insight.trend.question import Measure, TrendQuestion
from evergrow.workspaces.models import Workspace

Table = Literal["activity", "account_day", "events"]


@dataclass(frozen=True, slots=True)
class Plan:
    """A question with everything settled that does not need the event store."""

    question: TrendQuestion
    workspace: Workspace
    today: date
    visible: QuerySet[Account] | None
    days: Between
    buckets: tuple[Bucket, ...] = ()
    compared: tuple[Bucket, ...] = ()
    accounts: tuple[AccountsOnly, ...] = ()
    properties: tuple[Condition, ...] = ()
    part_of: Mapping[int, str] | None = None
    table: Table = "events"


def make(
    question: TrendQuestion, workspace: Workspace, *, today: date, visible: QuerySet[Account] | None = None
) -> Plan:
    """Run every step. ``visible`` limits the answer to these accounts (``None``: no limit).

    Raises BadQuestion when the range cannot be used.
    """
    plan = Plan(question, workspace, today, visible, Between(today, today))
    for take in STEPS:
        plan = take(plan)
    return plan


def settle_days(plan: Plan) -> Plan:
    """What "the last 12 weeks" means today, in the workspace's zone."""
    return replace(plan, days=period.settle(plan.question.range, plan.today, plan.workspace.week_start))


def cut_buckets(plan: Plan) -> Plan:
    """Whole periods of the chart, and those to compare them with."""
    interval, week_start = plan.question.interval, plan.workspace.week_start
    buckets = period.cut(plan.days, interval, plan.today, week_start)
    compare = plan.question.compare
    compared = period.earlier(buckets, interval, week_start, compare.value) if compare else ()  # type: ignore[arg-type]
    return replace(plan, buckets=buckets, compared=compared)


def find_accounts(plan: Plan) -> Plan:
    """Conditions on facts of accounts become sets of account numbers; those on properties stay as they are."""
    by_fact = [each for each in plan.question.filters if each.topic.kind == "account"]
    by_property = tuple(each for each in plan.question.filters if each.topic.kind == "property")
    return replace(
        plan, accounts=tuple(AccountsOnly.of_fact(each, plan.workspace) for each in by_fact), properties=by_property
    )


def keep_to_visible(plan: Plan) -> Plan:
    """A member with a right to some accounts only asks about those."""
    if plan.visible is None:
        return plan
    return replace(plan, accounts=(*plan.accounts, AccountsOnly.of_visible(plan.visible)))


def find_parts(plan: Plan) -> Plan:
    """A breakdown by a fact of accounts becomes a map from account number to value."""
    split = plan.question.split
    if split is None or split.by.kind == "property":
        return plan
    return replace(plan, part_of=facts.get(split.by.key).of(plan.workspace))


def choose_table(plan: Plan) -> Plan:
    """The cheapest table that can answer: bitmaps a day, then accounts a day, then the events themselves.

    ``account_day`` knows nothing of events without an account, so it answers only where those do not count.
    """
    split = plan.question.split
    if plan.properties or (split and split.by.kind == "property"):
        return replace(plan, table="events")
    if not plan.accounts and plan.part_of is None:
        return replace(plan, table="activity")
    has_account = any(not accounts.is_negated for accounts in plan.accounts)
    if has_account or plan.question.measure is Measure.ACCOUNTS:
        return replace(plan, table="account_day")
    return replace(plan, table="events")


Step = Callable[[Plan], Plan]
STEPS: tuple[Step, ...] = (settle_days, cut_buckets, find_accounts, keep_to_visible, find_parts, choose_table)

SUBJECT: Mapping[Measure, Literal["account", "person"]] = {
    Measure.COUNT: "account",
    Measure.ACCOUNTS: "account",
    Measure.PEOPLE: "person",
}
