"""From a question to a plan that needs no more thought: days, accounts by number, row rights, periods, parts.

``STEPS`` is the whole way. Each step takes a plan and gives a fuller one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.db.models import QuerySet

from evergrow.customers.models import Account
from evergrow.insight import facts, period
from evergrow.insight.conditions import Condition
from evergrow.insight.funnel import window
from evergrow.insight.funnel.question import Attribution, FunnelQuestion, Order, Subject
from evergrow.insight.narrowing import AccountsOnly
from evergrow.insight.period import Between, Bucket
from evergrow.workspaces.models import Workspace


@dataclass(frozen=True, slots=True)
class Wanted:
    """An event with everything it must meet."""

    event: str
    accounts: tuple[AccountsOnly, ...] = ()
    properties: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """A question with everything settled that does not need the event store; ``read_until`` is the last day to read.

    ``people`` are the only ones to look at, by the numbers they have now; None: all.
    """

    question: FunnelQuestion
    workspace: Workspace
    today: date
    visible: QuerySet[Account] | None
    days: Between
    read_until: date
    steps: tuple[Wanted, ...] = ()
    exclusions: tuple[Wanted, ...] = ()
    accounts: tuple[AccountsOnly, ...] = ()
    people: tuple[int, ...] | None = None
    part_of: Mapping[int, str] | None = None
    periods: tuple[Bucket, ...] = ()

    @property
    def ends_at(self) -> int:
        """The moment (ms since 1970) before which a try must begin."""
        return window.midnight(self.days.last + timedelta(days=1), self.workspace.tz)

    @property
    def reads_everything(self) -> bool:
        """Whether events of other names matter too: they interrupt strict steps, and hold sessions together."""
        return self.question.order is Order.STRICT or self.question.subject is Subject.SESSIONS


def make(
    question: FunnelQuestion, workspace: Workspace, *, today: date, visible: QuerySet[Account] | None = None
) -> Plan:
    """Run every step. ``visible`` limits the answer to these accounts (``None``: no limit).

    Raises BadQuestion when the range cannot be used.
    """
    plan = Plan(question, workspace, today, visible, Between(today, today), today)
    for take in STEPS:
        plan = take(plan)
    return plan


def settle_days(plan: Plan) -> Plan:
    """What "the last 30 days" means today, and how far later steps may lie after them."""
    days = period.settle(plan.question.range, plan.today, plan.workspace.week_start)
    return replace(plan, days=days, read_until=_later(days.last, window.most_days(plan.question.window)))


def _later(day: date, days: int) -> date:
    return min(day + timedelta(days=days), date(2149, 1, 1))


def find_accounts(plan: Plan) -> Plan:
    """Conditions on facts of accounts become sets of account numbers; those on properties stay as they are."""
    question = plan.question
    shared = question.filters
    return replace(
        plan,
        steps=tuple(_wanted(step.event, step.filters + shared, plan.workspace) for step in question.steps),
        exclusions=tuple(_wanted(each.event, each.filters, plan.workspace) for each in question.exclusions),
    )


def _wanted(event: str, filters: tuple[Condition, ...], workspace: Workspace) -> Wanted:
    by_fact = (each for each in filters if each.topic.kind == "account")
    return Wanted(
        event,
        tuple(AccountsOnly.of_fact(each, workspace) for each in by_fact),
        tuple(each for each in filters if each.topic.kind == "property"),
    )


def keep_to_visible(plan: Plan) -> Plan:
    """A member with a right to some accounts only asks about those; accounts in the trash are not counted."""
    is_of_accounts = plan.question.subject is Subject.ACCOUNTS
    return replace(plan, accounts=AccountsOnly.limits(plan.workspace, plan.visible, are_counted=is_of_accounts))


def find_parts(plan: Plan) -> Plan:
    """A breakdown by a fact of accounts becomes a map from account number to value."""
    split = plan.question.split
    if split is None or split.by.kind == "property":
        return plan
    return replace(plan, part_of=facts.get(split.by.key).of(plan.workspace))


def cut_periods(plan: Plan) -> Plan:
    """The periods of entry, where the funnel is asked over time."""
    over = plan.question.over
    if over is None:
        return plan
    return replace(plan, periods=period.cut(plan.days, over, plan.today, plan.workspace.week_start))


Step = Callable[[Plan], Plan]
STEPS: tuple[Step, ...] = (settle_days, find_accounts, keep_to_visible, find_parts, cut_periods)


def is_by_value(question: FunnelQuestion) -> bool:
    """Whether each value of the breakdown is a funnel of its own."""
    return question.split is not None and question.split.attribution is Attribution.ALL


def unsplit(plan: Plan) -> Plan:
    """The same without its breakdown: everybody together."""
    return replace(plan, question=replace(plan.question, split=None), part_of=None)
