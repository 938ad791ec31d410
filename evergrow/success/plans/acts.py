"""What is done to a plan: drawn up, changed, begun, closed, cancelled. States move by guarded updates."""

from datetime import date
from typing import Any

from django.db import transaction

from evergrow.lib import clock
from evergrow.success.errors import ReasonNeeded
from evergrow.success.plans import access, course, errors, measuring, metrics, retrospectives, wishes
from evergrow.success.plans.models import Direction, Plan, PlanReading, PlanState, Retrospective, RetrospectiveState
from evergrow.success.plans.words import say
from evergrow.workspaces import audit
from evergrow.workspaces.access import require
from evergrow.workspaces.models import Member

KEPT_WHILE_RUNNING = ("metric", "unit", "starts_on")


@transaction.atomic
def draw_up(*, wish: wishes.Wish, by: Member) -> Plan:
    """A draft of a plan, owned by the one named or whoever draws it up. Errors as in ``wishes.checked``."""
    require(by, "work")
    made = Plan.objects.create(workspace=by.workspace, created_by=by, **wishes.checked(wish, by))
    made.concerned.set(wish.concerned)
    audit.record(made.workspace, "plan.drawn_up", made, by=by)
    return made


@transaction.atomic
def change(*, plan: Plan, wish: wishes.Wish, by: Member) -> Plan:
    """Make it as wished, while it is not closed. What changed stands in the audit trail.

    A running plan keeps its metric and its first day, and the weeks that were read stay judged by what was expected
    then. Raises PlanNotThere, PlanUnderWay, and errors as in ``wishes.checked``.
    """
    access.require_lead(by, plan)
    fields = wishes.checked(wish, by, plan)
    if plan.is_running:
        if any(fields[name] != getattr(plan, name) for name in KEPT_WHILE_RUNNING):
            raise errors.PlanUnderWay()
        fields["start_value"] = plan.start_value if wish.start_value is None else wish.start_value
        wishes.check_way(fields["start_value"], fields["target"], Direction(fields["direction"]))
    before = plan.facts()
    _turn(plan, [PlanState(plan.state)] if plan.is_open else [], **fields)
    plan.concerned.set(wish.concerned)
    _record_change(plan, before, by)
    return plan


def begin(*, plan: Plan, by: Member) -> Plan:
    """Let a draft run. An empty start value is measured as of its first day, or now if that lies ahead; nobody who
    writes waits meanwhile.

    Raises PlanNotThere, StartUnknown, and errors as in ``wishes.check_way``.
    """
    access.require_lead(by, plan)
    start = _measured_start(plan) if plan.start_value is None else plan.start_value
    wishes.check_way(start, plan.target, Direction(plan.direction))
    with transaction.atomic():
        _turn(plan, [PlanState.DRAFT], state=PlanState.RUNNING, start_value=start, started_at=clock.now())
        audit.record(plan.workspace, "plan.begun", plan, by=by, data={"start_value": start})
    return plan


@transaction.atomic
def close(*, plan: Plan, state: str, by: Member, note: str = "") -> Plan:
    """Close a running plan as reached or missed. One that missed asks for a retrospective.

    Raises PlanNotThere; RetrospectiveFirst while one is open; NoValueYet, NotReached for “reached” without a value that
    shows it.
    """
    access.require_lead(by, plan)
    latest = latest_reading(plan)
    value = latest.value if latest else None
    if state == PlanState.REACHED:
        _check_reached(plan, value)
    _end(plan, [PlanState.RUNNING], PlanState(state), by, note, value)
    audit.record(plan.workspace, f"plan.{plan.state}", plan, by=by, data={"value": value, "reason": plan.end_note})
    if plan.state == PlanState.MISSED:
        retrospectives.ask_for_missed(plan, by)
    return plan


@transaction.atomic
def cancel(*, plan: Plan, by: Member, note: str) -> Plan:
    """Give a draft or a running plan up, and say why. Raises PlanNotThere, RetrospectiveFirst, ReasonNeeded."""
    access.require_lead(by, plan)
    if not note.strip():
        raise ReasonNeeded()
    latest = latest_reading(plan)
    _end(plan, [PlanState.DRAFT, PlanState.RUNNING], PlanState.CANCELLED, by, note, latest.value if latest else None)
    audit.record(plan.workspace, "plan.cancelled", plan, by=by, data={"reason": plan.end_note})
    return plan


def latest_reading(plan: Plan) -> PlanReading | None:
    """The newest reading with a value."""
    return plan.readings.filter(value__isnull=False).order_by("week").last()


def _measured_start(plan: Plan) -> float:
    day = min(plan.starts_on, plan.workspace.today())
    found = measuring.measure(measuring.World(plan.workspace), plan.metric, day)
    if found.value is None:
        raise errors.StartUnknown(why=metrics.MISSING[found.missing])
    return round(found.value, 2)


def _check_reached(plan: Plan, value: float | None) -> None:
    if value is None:
        raise errors.NoValueYet()
    if not course.is_reached(plan, value):
        raise errors.NotReached(value=say(plan, value), target=say(plan, plan.target))


def _end(plan: Plan, states: list[PlanState], state: PlanState, by: Member, note: str, value: float | None) -> None:
    """Close it first, which holds the row, then look for an open retrospective: one that came meanwhile is seen."""
    fields = {"ended_at": clock.now(), "ended_by": by, "end_note": note.strip()[:500], "end_value": value}
    _turn(plan, states, state=state, **fields)
    if Retrospective.objects.filter(plan=plan, state=RetrospectiveState.OPEN).exists():
        raise errors.RetrospectiveFirst()


def _turn(plan: Plan, states: list[PlanState], **fields: Any) -> None:
    if not Plan.objects.filter(pk=plan.pk, state__in=states).update(**fields):
        plan.refresh_from_db()
        raise errors.PlanNotThere(state=plan.get_state_display())
    plan.refresh_from_db()


def _record_change(plan: Plan, before: dict[str, Any], by: Member) -> None:
    after = plan.facts()
    changed = {name: [_plain(before[name]), _plain(after[name])] for name in after if before[name] != after[name]}
    if changed:
        audit.record(plan.workspace, "plan.changed", plan, by=by, data=changed)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
