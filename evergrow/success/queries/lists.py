"""The lists people work from: tasks by due date, signals to decide on."""

from datetime import date
from typing import Literal

from django.db.models import F, Q, QuerySet

from evergrow.success import access
from evergrow.success.models import RunState, Signal, SignalState, StepKind, Task, TaskState, Vote, VoteState
from evergrow.success.models.tasks import OPEN
from evergrow.workspaces.models import Member

Whose = Literal["mine", "team", "all"]
TASK_FACTS = ("account__health_state", "run__playbook", "run__version", "step", "owner__user", "signal")


def todo(member: Member, whose: Whose = "mine", today: date | None = None) -> QuerySet[Task]:
    """Open tasks that call for a person ``today``: snoozed ones, waits and those of paused runs are left out."""
    rows = work(member, whose)
    return rows.filter(Q(snoozed_until=None) | Q(snoozed_until__lte=today or member.workspace.today()))


def snoozed(member: Member, whose: Whose = "mine") -> QuerySet[Task]:
    """Tasks that come back by themselves on a later day."""
    return work(member, whose).filter(snoozed_until__gt=member.workspace.today())


def work(member: Member, whose: Whose = "mine") -> QuerySet[Task]:
    """Open tasks, snoozed or not, first due first."""
    rows = access.tasks(member).filter(whose_tasks(member, whose), state__in=OPEN).exclude(kind=StepKind.WAIT)
    rows = rows.filter(Q(run=None) | Q(run__state=RunState.ACTIVE))
    rows = rows.select_related(*TASK_FACTS)
    return rows.order_by(F("due_on").asc(nulls_last=True), "-priority", "-account__mrr", "pk")


def open_tasks(member: Member) -> QuerySet[Task]:
    """The member's own tasks for Home, overdue first; each with its account and that account's health."""
    return todo(member)


def to_approve(member: Member) -> QuerySet[Task]:
    """Approvals that wait for the member's vote."""
    asked = Vote.objects.filter(member=member, state=VoteState.ASKED).values("task")
    waiting = access.tasks(member).filter(pk__in=asked, state=TaskState.AWAITING, run__state=RunState.ACTIVE)
    return waiting.exclude(requested_by=member).select_related(*TASK_FACTS, "requested_by__user").order_by("due_on")


def signals_to_triage(member: Member) -> QuerySet[Signal]:
    """Signals nobody has decided on yet, new or due again, worst first; with account and health, or source."""
    today = member.workspace.today()
    again = Q(state=SignalState.SNOOZED, snoozed_until__lte=today)
    rows = access.signals(member).filter(Q(state=SignalState.NEW) | again)
    about = ("account__health_state", "source", "product", "risk", "rule")
    return rows.select_related(*about, "owner__user").order_by(*BY_WEIGHT)


BY_WEIGHT = ("-severity", F("account__mrr").desc(nulls_last=True), "first_seen_at", "pk")


def whose_tasks(member: Member, whose: Whose) -> Q:
    """The condition on tasks: of the member, of their team, or none; without a team “team” is everyone."""
    if whose == "mine":
        return Q(owner=member)
    if whose == "team" and member.team:
        return Q(owner__team=member.team)
    return Q()
