"""Retrospectives: called for once by the deviation rule, by a missed goal, or by hand; written; finished."""

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse

from evergrow.lib import clock, workdays
from evergrow.success.plans import access, course, errors
from evergrow.success.plans.models import (
    Plan,
    PlanReading,
    PlanState,
    Retrospective,
    RetrospectiveCause,
    RetrospectiveState,
)
from evergrow.workspaces import audit, notices, queries
from evergrow.workspaces.models import Member

NEEDED = "plan.retrospective_needed"


@transaction.atomic
def judge(*, plan: Plan) -> Retrospective | None:
    """Open a retrospective where the readings of a running plan call for one; None where nothing calls.

    It may run twice, and beside itself: the guarded update holds the plan's row, and a plan has one open at most.
    """
    if not Plan.objects.filter(pk=plan.pk, state=PlanState.RUNNING).update(judged_at=clock.now()):
        return None
    if plan.retrospectives.filter(state=RetrospectiveState.OPEN).exists():
        return None
    called = course.calling(plan, plan.readings.all(), plan.workspace.today(), _settled_on(plan))
    return _open(plan, RetrospectiveCause.DEVIATION, called, None) if called else None


def ask_for_missed(plan: Plan, by: Member) -> Retrospective:
    """A plan that missed its goal asks why; part of closing it."""
    readings = plan.readings.filter(value__isnull=False).order_by("-week")[: plan.in_a_row]
    return _open(plan, RetrospectiveCause.MISSED, list(readings)[::-1], by)


@transaction.atomic
def ask(*, plan: Plan, by: Member) -> Retrospective:
    """Ask for one by hand; the rule, and whoever closes the plan, wait meanwhile and see it.

    Raises PlanNotThere for a draft, RetrospectiveOpen.
    """
    access.require_lead(by, plan)
    plan.refresh_from_db(from_queryset=Plan.objects.select_for_update())
    if plan.state == PlanState.DRAFT:
        raise errors.PlanNotThere(state=plan.get_state_display())
    return _open(plan, RetrospectiveCause.ASKED, [], by)


@transaction.atomic
def write(
    *,
    retrospective: Retrospective,
    by: Member,
    cause: str,
    learned: str,
    no_action: str = "",
    due_on: date | None = None,
) -> Retrospective:
    """Write down cause and learning, as far as they are known. Raises RetrospectiveClosed."""
    access.require_lead(by, retrospective.plan)
    fields: dict[str, Any] = {
        "cause": cause.strip(),
        "learned": learned.strip(),
        "no_action": no_action.strip()[:300],
        "due_on": due_on or retrospective.due_on,
    }
    _turn(retrospective, **fields)
    audit.record(retrospective.plan.workspace, "plan.retrospective_written", retrospective, by=by)
    return retrospective


@transaction.atomic
def finish(*, retrospective: Retrospective, by: Member) -> Retrospective:
    """It says why, what was learned, and what is done about it. Raises RetrospectiveUnfinished, RetrospectiveClosed."""
    access.require_lead(by, retrospective.plan)
    retrospective.refresh_from_db()
    if not retrospective.is_open:
        raise errors.RetrospectiveClosed()
    answered = retrospective.no_action or retrospective.actions.exclude(state="dropped").exists()
    if not (retrospective.cause and retrospective.learned and answered):
        raise errors.RetrospectiveUnfinished()
    _turn(retrospective, state=RetrospectiveState.DONE, ended_at=clock.now(), ended_by=by)
    audit.record(retrospective.plan.workspace, "plan.retrospective_finished", retrospective, by=by)
    return retrospective


def _settled_on(plan: Plan) -> date | None:
    """The day on which the last retrospective that the rule or a person called for was finished."""
    last = plan.retrospectives.filter(state=RetrospectiveState.DONE).order_by("-ended_at").first()
    return last.ended_at.astimezone(plan.workspace.tz).date() if last and last.ended_at else None


def _open(plan: Plan, why: RetrospectiveCause, readings: list[PlanReading], by: Member | None) -> Retrospective:
    today = plan.workspace.today()
    facts = [{"week": each.week.isoformat(), "value": each.value, "expected": each.expected} for each in readings]
    try:
        with transaction.atomic():
            made = Retrospective.objects.create(
                plan=plan,
                why=why,
                readings=facts,
                due_on=workdays.add(today, plan.retro_days, plan.workspace.workdays),
                opened_by=by,
            )
    except IntegrityError:
        raise errors.RetrospectiveOpen() from None
    audit.record(plan.workspace, "plan.retrospective_asked", made, by=by, data={"why": why.value})
    _tell(made, by)
    return made


def _tell(made: Retrospective, by: Member | None) -> None:
    """The owner is told; where a plan has none any more, those who manage."""
    plan = made.plan
    owner = plan.owner if plan.owner and plan.owner.left_at is None else None
    hearers = [owner] if owner else list(queries.able(plan.workspace, "manage"))
    url = reverse("success:plan_retrospective", args=[plan.workspace.slug, plan.pk, made.pk])
    data = {"name": plan.name, "why": made.why, "due": made.due_on.isoformat()}
    notices.tell_many(notices.News(who, NEEDED, url, data, by) for who in hearers)


def _turn(retrospective: Retrospective, **fields: Any) -> None:
    rows = Retrospective.objects.filter(pk=retrospective.pk, state=RetrospectiveState.OPEN)
    if not rows.update(**fields):
        raise errors.RetrospectiveClosed()
    retrospective.refresh_from_db()
