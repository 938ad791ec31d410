"""The weekly readings of a plan: measured by Evergrow, or entered; and what the owner says of a week."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from evergrow.lib import clock
from evergrow.success.plans import access, course, errors, measuring, retrospectives
from evergrow.success.plans.models import Plan, PlanReading, PlanState
from evergrow.success.plans.wishes import number
from evergrow.workspaces import audit
from evergrow.workspaces.models import Member, Workspace

LONGEST_COMMENT = 2000


@dataclass(frozen=True, slots=True)
class Tracked:
    """What a round did: weeks that got a value, weeks that stay without one, retrospectives that it called for."""

    measured: int = 0
    missing: int = 0
    retrospectives: int = 0


def track(workspace: Workspace) -> Tracked:
    """Write down the weeks that are over, and judge every running plan. It may run twice.

    A week is measured as of its last day. One that was measured while it ran is measured again; one that could not be
    measured is tried again, for what a late import brings.
    """
    world, today = measuring.World(workspace), workspace.today()
    counts = {"measured": 0, "missing": 0, "retrospectives": 0}
    plans = Plan.objects.filter(workspace=workspace, state=PlanState.RUNNING).select_related("workspace", "owner__user")
    for plan in plans.order_by("pk"):
        for week in [] if plan.is_entered else _unread(plan, today):
            on = course.last_day(plan, week)
            found = measuring.measure(world, plan.metric, on)
            _put(plan, week, on, found, None)
            counts["missing" if found.value is None else "measured"] += 1
        counts["retrospectives"] += retrospectives.judge(plan=plan) is not None
    return Tracked(**counts)


def _unread(plan: Plan, today: date) -> list[date]:
    """The weeks that are over without a value of their last day."""
    read = {each.week: each for each in plan.readings.all()}
    return [
        week
        for week in course.weeks_over(plan, today)
        if (known := read.get(week)) is None or known.value is None or known.on < course.last_day(plan, week)
    ]


def measure_now(*, plan: Plan, by: Member) -> PlanReading:
    """Measure the running week as far as it has gone. Nobody who writes waits while the stores are asked.

    Raises PlanNotThere; WeekOutside, also for a plan whose value is entered.
    """
    access.require_lead(by, plan)
    _require_running(plan)
    today = plan.workspace.today()
    week = course.week_of(today)
    if plan.is_entered or week not in course.weeks(plan, today):
        raise errors.WeekOutside()
    found = measuring.measure(measuring.World(plan.workspace), plan.metric, today)
    said = {"value": found.value, "week": week.isoformat()}
    with transaction.atomic():
        _require_running(plan)
        reading = _put(plan, week, today, found, by)
        audit.record(plan.workspace, "plan.measured", plan, by=by, data=said)
    return reading


@transaction.atomic
def enter(*, plan: Plan, week: date, value: float | None, by: Member, comment: str | None = None) -> PlanReading:
    """Write down the value of a week, and what there is to say of it; ``comment`` None keeps the one that stands.

    Raises NotEntered for a value of a plan that Evergrow measures, PlanNotThere, WeekOutside, BadNumber.
    """
    access.require_lead(by, plan)
    _require_running(plan)
    today = plan.workspace.today()
    if week not in course.weeks(plan, today):
        raise errors.WeekOutside()
    if value is not None and not plan.is_entered:
        raise errors.NotEntered()
    fields: dict[str, Any] = {} if comment is None else {"comment": comment.strip()[:LONGEST_COMMENT]}
    if value is not None:
        on = min(today, course.last_day(plan, week))
        fields |= {"on": on, "value": number(value, _("value")), "expected": course.expected(plan, on), "missing": ""}
        fields |= {"is_entered": True, "by": by, "at": clock.now()}
    reading = _write(plan, week, fields, by)
    said = {"week": week.isoformat(), **({} if value is None else {"value": value})}
    audit.record(plan.workspace, "plan.entered" if value is not None else "plan.commented", plan, by=by, data=said)
    retrospectives.judge(plan=plan)
    return reading


def _put(plan: Plan, week: date, on: date, found: measuring.Measured, by: Member | None) -> PlanReading:
    fields = {
        "on": on,
        "value": found.value,
        "expected": course.expected(plan, on),
        "missing": found.missing,
        "by": by,
        "at": clock.now(),
    }
    return _write(plan, week, fields, by)


def _write(plan: Plan, week: date, fields: dict[str, Any], by: Member | None) -> PlanReading:
    """One row a week; two who write at once leave the later one's value."""
    on = course.last_day(plan, week)
    made = {"on": on, "expected": course.expected(plan, on), "missing": "not_entered" if plan.is_entered else ""}
    reading, is_new = PlanReading.objects.get_or_create(plan=plan, week=week, defaults={**made, "by": by, **fields})
    if not is_new and fields:
        PlanReading.objects.filter(pk=reading.pk).update(**fields)
        reading.refresh_from_db()
    return reading


def _require_running(plan: Plan) -> None:
    if not Plan.objects.filter(pk=plan.pk, state=PlanState.RUNNING).exists():
        plan.refresh_from_db()
        raise errors.PlanNotThere(state=plan.get_state_display())
