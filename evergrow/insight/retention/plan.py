"""From a question to a plan that needs no more thought: days, cohorts, columns, accounts by number, the table.

``STEPS`` is the whole way. Each step takes a plan and gives a fuller one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from evergrow.customers.models import Account
from evergrow.insight import facts, period
from evergrow.insight.conditions import Condition
from evergrow.insight.errors import BadQuestion
from evergrow.insight.narrowing import AccountsOnly
from evergrow.insight.period import Between, Bucket
from evergrow.insight.retention import spans
from evergrow.insight.retention.question import MOST_COHORTS, Clock, RetentionQuestion, Step, Subject
from evergrow.insight.retention.spans import CalendarProgress, Column, Progress
from evergrow.workspaces.models import Workspace

Table = Literal["activity", "account_day", "events"]
NO_PROGRESS = CalendarProgress(0)


@dataclass(frozen=True, slots=True)
class Wanted:
    """The events of a step: its name, of which accounts, with which properties."""

    event: str = ""
    accounts: tuple[AccountsOnly, ...] = ()
    properties: tuple[Condition, ...] = ()

    @property
    def is_of_known_accounts(self) -> bool:
        """Whether events without an account are out anyway."""
        return any(not accounts.is_negated for accounts in self.accounts)


@dataclass(frozen=True, slots=True)
class Plan:
    """A question with everything settled that does not need the event store."""

    question: RetentionQuestion
    workspace: Workspace
    now: datetime
    today: date
    visible: QuerySet[Account] | None
    days: Between
    cohorts: tuple[Bucket, ...] = ()
    columns: tuple[Column, ...] = ()
    progress: Progress = NO_PROGRESS
    start: Wanted = Wanted()
    back: Wanted = Wanted()
    part_of: Mapping[int, str] | None = None
    table: Table = "events"

    @property
    def anchor(self) -> date:
        """The first day of the first cohort's period, whole."""
        return period.begin(self.days.first, self.question.interval, self.workspace.week_start)


def make(
    question: RetentionQuestion, workspace: Workspace, *, now: datetime, visible: QuerySet[Account] | None = None
) -> Plan:
    """Run every step. ``visible`` limits the answer to these accounts (``None``: no limit).

    Raises BadQuestion when the range cannot be used.
    """
    today = now.astimezone(workspace.tz).date()
    plan = Plan(question, workspace, now, today, visible, Between(today, today))
    for take in STEPS:
        plan = take(plan)
    return plan


def settle_days(plan: Plan) -> Plan:
    """What "the last 12 weeks" means today, in the workspace's zone."""
    return replace(plan, days=period.settle(plan.question.range, plan.today, plan.workspace.week_start))


def cut_cohorts(plan: Plan) -> Plan:
    """A cohort for each day, week or month of the range."""
    cohorts = period.cut(plan.days, plan.question.interval, plan.today, plan.workspace.week_start)
    if len(cohorts) > MOST_COHORTS:
        raise BadQuestion(
            "range",
            _("That is more than %(most)s cohorts. Choose a shorter range or longer steps.") % {"most": MOST_COHORTS},
        )
    return replace(plan, cohorts=cohorts)


def see_progress(plan: Plan) -> Plan:
    """How far time has come, and the columns that some cohort has reached."""
    interval, workspace = plan.question.interval, plan.workspace
    progress: Progress
    if plan.question.clock is Clock.ROLLING:
        progress = spans.rolling_progress(plan.cohorts, interval, plan.now, workspace.tz)
    else:
        progress = CalendarProgress(spans.place(plan.today, plan.anchor, interval, workspace.week_start))
    reached = tuple(each for each in spans.columns(plan.question) if progress.has_begun(0, each))
    if not reached:
        raise BadQuestion("brackets", _("No cohort has come that far yet. Begin with an earlier period, such as 0."))
    return replace(plan, progress=progress, columns=reached)


def find_events(plan: Plan) -> Plan:
    """Conditions on facts of accounts become sets of account numbers; those on properties stay as they are."""
    of_facts = [each for each in _conditions(plan.question) if each.topic.kind == "account"]
    found = {each: AccountsOnly.of_fact(each, plan.workspace) for each in of_facts}
    is_of_accounts = plan.question.subject is Subject.ACCOUNTS
    visible = AccountsOnly.limits(plan.workspace, plan.visible, are_counted=is_of_accounts)

    def wanted(step: Step) -> Wanted:
        every = (*plan.question.filters, *step.filters)
        accounts = tuple(found[each] for each in every if each.topic.kind == "account")
        properties = tuple(each for each in every if each.topic.kind == "property")
        return Wanted(step.event, (*accounts, *visible), properties)

    return replace(plan, start=wanted(plan.question.start), back=wanted(plan.question.back))


def _conditions(question: RetentionQuestion) -> tuple[Condition, ...]:
    return (*question.filters, *question.start.filters, *question.back.filters)


def find_parts(plan: Plan) -> Plan:
    """A breakdown by a fact of accounts becomes a map from account number to value."""
    split = plan.question.split
    if split is None or split.by.kind == "property":
        return plan
    return replace(plan, part_of=facts.get(split.by.key).of(plan.workspace))


def choose_table(plan: Plan) -> Plan:
    """The cheapest table that can answer: bitmaps a day, then accounts a day, then the events themselves.

    Bitmaps know who and on which day, not how often and not what else. Which accounts they hold can be narrowed
    afterwards where the question is about accounts; where it is about people, only ``account_day`` can, which knows
    nothing of events without an account.
    """
    question, steps = plan.question, (plan.start, plan.back)
    split_by_property = question.split is not None and question.split.by.kind == "property"
    if question.clock is Clock.ROLLING or question.sum_of or split_by_property or any(s.properties for s in steps):
        return replace(plan, table="events")
    is_simple = question.minimum == 1 and question.split is None
    if question.subject is Subject.ACCOUNTS:
        return replace(plan, table="activity" if is_simple else "account_day")
    if is_simple and not any(step.accounts for step in steps):
        return replace(plan, table="activity")
    if is_simple and all(step.is_of_known_accounts for step in steps):
        return replace(plan, table="account_day")
    return replace(plan, table="events")


def is_from_bitmaps(plan: Plan) -> bool:
    """Whether the plan's table holds the question's subjects as bitmaps."""
    return plan.table == "activity" or (plan.table == "account_day" and plan.question.subject is Subject.PEOPLE)


TakeStep = Callable[[Plan], Plan]
STEPS: tuple[TakeStep, ...] = (settle_days, cut_cohorts, see_progress, find_events, find_parts, choose_table)
