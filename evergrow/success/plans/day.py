"""Plans in the list of the day: steps, retrospectives that are due, and what a plan asks of its owner."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evergrow.success.day import sources
from evergrow.success.day.rank import Fact
from evergrow.success.day.sources import Ask, Entry, Row, Source
from evergrow.success.models import StepKind
from evergrow.success.plans import access, course
from evergrow.success.plans.models import (
    OPEN_STEPS,
    Plan,
    PlanState,
    PlanStep,
    Retrospective,
    RetrospectiveState,
)
from evergrow.workspaces import prepared
from evergrow.workspaces.models import Member

HIGH, MEDIUM = 3, 2
MOST = 1000


def _whose(ask: Ask, path: str = "owner") -> Q:
    if ask.whose == "all":
        return Q()
    if ask.whose == "team" and ask.member.team:
        return Q(**{f"{path}__team": ask.member.team})
    return Q(**{path: ask.member})


def open_steps(ask: Ask) -> QuerySet[PlanStep]:
    """Open steps of plans that run, and corrective actions; those that are tasks stand in the list as such.

    What nobody has any more, because they left, comes before the owner of the plan.
    """
    rows = PlanStep.objects.filter(plan__in=access.plans(ask.member).values("pk"), task=None, state__in=OPEN_STEPS)
    lives = Q(plan__state=PlanState.RUNNING) | Q(retrospective__isnull=False)
    orphaned = Q(owner=None) | Q(owner__left_at__isnull=False)
    return rows.filter(_whose(ask) | (_whose(ask, "plan__owner") & orphaned), lives)


def _step_facts(ask: Ask) -> Iterable[Fact]:
    points = ask.rule.of(StepKind.TASK)
    for pk, due_on, retro in _open_steps(ask.member, prepared.Word(ask.whose)):
        yield Fact(f"planstep:{pk}", due_on, severity=HIGH if retro else MEDIUM, points=points)


@prepared.rows
def _open_steps(member: Member, whose: Any) -> QuerySet[PlanStep, tuple[Any, ...]]:
    found = open_steps(sources.asking(member, whose, date.max))
    return found.values_list("pk", "due_on", "retrospective")[:MOST]


def _step_rows(ask: Ask, keys: Sequence[int]) -> Mapping[int, Row]:
    rows = PlanStep.objects.filter(pk__in=keys, plan__in=access.plans(ask.member).values("pk"))
    return {step.pk: _step_row(step) for step in rows.select_related("plan__workspace", "owner__user")}


def _step_row(step: PlanStep) -> Row:
    url = access.page_of(step.plan)
    badge = _("corrective action") if step.retrospective_id else ""
    tone = "watch" if step.retrospective_id else ""
    return Row(step, str(step), url, "target", None, step.owner, str(step.plan), url, badge, tone)


def _step_entries(ask: Ask, start: date, end: date) -> Iterable[Entry]:
    found = open_steps(ask).filter(due_on__range=(start, end)).select_related("plan__workspace", "owner__user")
    for step in found:
        assert step.due_on is not None
        tone = "late" if step.due_on < ask.today else ""
        about, owner = str(step.plan), str(step.owner or "")
        yield Entry(
            f"planstep:{step.pk}", step.due_on, str(step), access.page_of(step.plan), "target", about, owner, tone
        )


def open_retrospectives(ask: Ask) -> QuerySet[Retrospective]:
    rows = Retrospective.objects.filter(plan__in=access.plans(ask.member).values("pk"), state=RetrospectiveState.OPEN)
    return rows.filter(_whose(ask, "plan__owner"))


def _retro_facts(ask: Ask) -> Iterable[Fact]:
    points = ask.rule.of(StepKind.MEETING)
    for pk, due_on in _open_retrospectives(ask.member, prepared.Word(ask.whose)):
        yield Fact(f"retrospective:{pk}", due_on, severity=HIGH, points=points)


@prepared.rows
def _open_retrospectives(member: Member, whose: Any) -> QuerySet[Retrospective, tuple[Any, ...]]:
    found = open_retrospectives(sources.asking(member, whose, date.max))
    return found.values_list("pk", "due_on")[:MOST]


def _retro_rows(ask: Ask, keys: Sequence[int]) -> Mapping[int, Row]:
    rows = Retrospective.objects.filter(pk__in=keys, plan__in=access.plans(ask.member).values("pk"))
    return {row.pk: _retro_row(row) for row in rows.select_related("plan__workspace", "plan__owner__user")}


def _retro_row(row: Retrospective) -> Row:
    plan = row.plan
    url = reverse("success:plan_retrospective", args=[plan.workspace.slug, plan.pk, row.pk])
    title = _("Retrospective: %(plan)s") % {"plan": plan}
    return Row(
        row, title, url, "refresh-alert", None, plan.owner, str(plan), access.page_of(plan), why=[row.get_why_display()]
    )


def _retro_entries(ask: Ask, start: date, end: date) -> Iterable[Entry]:
    found = open_retrospectives(ask).filter(due_on__range=(start, end))
    for row in found.select_related("plan__workspace", "plan__owner__user"):
        told, tone = _retro_row(row), "late" if row.due_on < ask.today else ""
        yield Entry(
            f"retrospective:{row.pk}", row.due_on, told.title, told.url, told.icon, "", str(row.plan.owner or ""), tone
        )


def asking(ask: Ask, plans: QuerySet[Plan]) -> list[tuple[Plan, date, str]]:
    """Those that run and ask something of their owner, since when, and what: to be closed, or a week's value."""
    rows = plans.filter(state=PlanState.RUNNING).prefetch_related("readings")
    found = []
    for plan in rows.select_related("workspace", "owner__user")[:MOST]:
        if plan.ends_on < ask.today:
            found.append((plan, plan.ends_on + timedelta(days=1), _("it is over: close it as reached or missed")))
            continue
        over = course.weeks_over(plan, ask.today)
        read = {each.week for each in plan.readings.all() if each.value is not None}
        if plan.is_entered and over and over[-1] not in read:
            due = course.last_day(plan, over[-1]) + timedelta(days=1)
            found.append((plan, due, _("last week's value is not entered")))
    return found


def _plan_facts(ask: Ask) -> Iterable[Fact]:
    for plan, due_on, _why in asking(ask, access.plans(ask.member).filter(_whose(ask))):
        yield Fact(f"plan:{plan.pk}", due_on, severity=MEDIUM)


def _plan_rows(ask: Ask, keys: Sequence[int]) -> Mapping[int, Row]:
    shown = access.plans(ask.member).filter(pk__in=keys)
    return {plan.pk: _plan_row(plan, why) for plan, _due, why in asking(ask, shown)}


def _plan_row(plan: Plan, why: str) -> Row:
    return Row(plan, str(plan), access.page_of(plan), "target", None, plan.owner, why=[why])


def register() -> None:
    """Put the three kinds into the list of the day."""
    details, acts = "success/day/details/empty.html", "success/plans/day_acts.html"
    step, plan = gettext_lazy("Steps of plans"), gettext_lazy("Plans")
    retro, icon = gettext_lazy("Retrospectives"), "refresh-alert"
    sources.register(
        Source("planstep", step, "target", _step_facts, _step_rows, details, acts, 22, between=_step_entries)
    )
    sources.register(
        Source("retrospective", retro, icon, _retro_facts, _retro_rows, details, acts, 24, between=_retro_entries)
    )
    sources.register(Source("plan", plan, "target", _plan_facts, _plan_rows, details, acts, 26))
