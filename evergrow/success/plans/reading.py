"""Plans as pages and the API show them: how each stands, its weeks, what comes next."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Prefetch, Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from evergrow.success.models.playbooks import Playbook
from evergrow.success.plans import access, course
from evergrow.success.plans.course import Light
from evergrow.success.plans.models import (
    Plan,
    PlanReading,
    PlanState,
    PlanStep,
    PlanStepState,
    Retrospective,
)
from evergrow.success.plans.steps import state_of
from evergrow.workspaces.models import Member, Workspace

LIGHTS: dict[Light, tuple[str, Promise]] = {
    Light.RETRO: ("risk", pgettext_lazy("how a plan stands", "Retrospective due")),
    Light.OFF: ("risk", pgettext_lazy("how a plan stands", "Off plan")),
    Light.BEHIND: ("watch", pgettext_lazy("how a plan stands", "Slightly behind")),
    Light.UNKNOWN: ("insufficient", pgettext_lazy("how a plan stands", "No current value")),
    Light.ON: ("healthy", pgettext_lazy("how a plan stands", "On plan")),
}
ORDER = [*Light]


@dataclass(frozen=True, slots=True)
class StepRow:
    """A step as it stands; ``owner`` and ``due_on`` are the task's where it is one."""

    step: PlanStep
    state: PlanStepState
    owner: Member | None
    due_on: date | None

    @property
    def is_open(self) -> bool:
        return self.state in (PlanStepState.TODO, PlanStepState.DOING)


@dataclass(frozen=True, slots=True)
class Row:
    """A plan in a list. ``light`` only says something of a running plan; ``next_due`` is its next open step or
    retrospective, ``expected`` what it asks for today."""

    plan: Plan
    standing: course.Standing
    retro: Retrospective | None
    steps: list[StepRow]
    expected: float | None
    today: date

    @property
    def light(self) -> Light | None:
        return self.standing.light if self.plan.is_running else None

    @property
    def band(self) -> str:
        return LIGHTS[self.standing.light][0]

    @property
    def word(self) -> Promise:
        return LIGHTS[self.standing.light][1]

    @property
    def value(self) -> float | None:
        """The latest value, or the one that a closed plan ended with."""
        if not self.plan.is_open:
            return self.plan.end_value
        return self.standing.latest.value if self.standing.latest else None

    @property
    def progress(self) -> float | None:
        return course.progress(self.plan, self.value)

    @property
    def expected_progress(self) -> float | None:
        """How much of the way should be done by today."""
        return course.progress(self.plan, self.expected)

    @property
    def is_over(self) -> bool:
        """Whether it still runs although its last day has passed."""
        return self.plan.is_running and self.plan.ends_on < self.today

    @property
    def done(self) -> int:
        return sum(row.state == PlanStepState.DONE for row in self.steps)

    @property
    def counted(self) -> int:
        return sum(row.state != PlanStepState.DROPPED for row in self.steps)

    @property
    def next_due(self) -> tuple[date, str] | None:
        """The day and the name of what is due next; "" is the name of a retrospective."""
        due = [(row.due_on, str(row.step)) for row in self.steps if row.is_open and row.due_on]
        if self.retro is not None:
            due.append((self.retro.due_on, ""))
        return min(due, default=None)


@dataclass(frozen=True, slots=True)
class Week:
    """A week of the plan: what was expected at its end, its reading, and how far off that is."""

    monday: date
    last_day: date
    reading: PlanReading | None
    expected: float | None
    is_over: bool
    gap: float | None
    is_off: bool

    @property
    def value(self) -> float | None:
        return self.reading.value if self.reading else None

    @property
    def missing(self) -> str:
        """Why there is no value, as a key of ``metrics.MISSING``; "" where there is one or the week still runs."""
        if self.value is not None or not self.is_over:
            return ""
        return (self.reading.missing if self.reading else "") or "not_entered"


def whole(plans: QuerySet[Plan]) -> QuerySet[Plan]:
    """The plans with all that ``row`` looks at."""
    steps = PlanStep.objects.select_related("owner__user", "task__owner__user")
    parts = ("readings", Prefetch("steps", steps), "retrospectives")
    return plans.select_related(*access.RELATED).prefetch_related(*parts)


def whole_or_404(member: Member, pk: int) -> Plan:
    return get_object_or_404(whole(access.plans(member)), pk=pk)


def rows(plans: QuerySet[Plan], workspace: Workspace) -> list[Row]:
    """The plans with how they stand, the most urgent first."""
    today = workspace.today()
    return sorted((row(plan, today) for plan in whole(plans)), key=_urgency)


def row(plan: Plan, today: date) -> Row:
    retro = next((each for each in plan.retrospectives.all() if each.is_open), None)
    judged = course.standing(plan, plan.readings.all(), today, has_retro=retro is not None)
    return Row(plan, judged, retro, step_rows(plan.steps.all()), course.expected(plan, today), today)


def step_rows(steps: Iterable[PlanStep]) -> list[StepRow]:
    """Open ones first, then by due day."""
    found = [
        StepRow(
            step, state_of(step), *((step.task.owner, step.task.due_on) if step.task else (step.owner, step.due_on))
        )
        for step in steps
    ]
    return sorted(found, key=lambda each: (not each.is_open, each.due_on or date.max, each.step.pk))


def _urgency(each: Row) -> tuple[int, int, date, int]:
    order = [PlanState.RUNNING, PlanState.DRAFT, PlanState.MISSED, PlanState.REACHED, PlanState.CANCELLED]
    light = ORDER.index(each.light) if each.light else 0
    return order.index(PlanState(each.plan.state)), light, each.plan.ends_on, each.plan.pk


def weeks(plan: Plan, today: date) -> list[Week]:
    """Every week of the plan from its first, ahead ones too."""
    read = {each.week: each for each in plan.readings.all()}
    return [_week(plan, monday, read.get(monday), today) for monday in course.weeks(plan)]


def _week(plan: Plan, monday: date, reading: PlanReading | None, today: date) -> Week:
    end = course.last_day(plan, monday)
    has_value = reading is not None and reading.value is not None
    wanted = reading.expected if reading is not None and has_value else course.expected(plan, end)
    gap = None
    if reading is not None and reading.value is not None and wanted is not None:
        gap = reading.value - wanted
    off = reading is not None and course.is_off(plan, reading.value, wanted)
    return Week(monday, end, reading, wanted, end < today, gap, off)


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A running plan in the week's review: the week itself, and the one before it."""

    row: Row
    week: Week | None
    before: Week | None

    @property
    def change(self) -> float | None:
        """Since the week before; None where one of the two is not known."""
        now, then = (each.value if each else None for each in (self.week, self.before))
        return now - then if now is not None and then is not None else None

    @property
    def due_steps(self) -> list[StepRow]:
        """What is open and due by the end of the week after today, overdue ones too."""
        soon = self.row.today + timedelta(days=13 - self.row.today.weekday())
        return [each for each in self.row.steps if each.is_open and each.due_on and each.due_on <= soon]


def review(member: Member, monday: date) -> list[Reviewed]:
    """The running plans that had begun by the end of a week, the worst first, each with that week."""
    today = member.workspace.today()
    running = access.plans(member).filter(state=PlanState.RUNNING, starts_on__lte=monday + timedelta(days=6))
    found = []
    for each in rows(running, member.workspace):
        read = {reading.week: reading for reading in each.plan.readings.all()}
        inside = set(course.weeks(each.plan))
        week, before = (
            _week(each.plan, day, read.get(day), today) if day in inside else None
            for day in (monday, monday - timedelta(days=7))
        )
        found.append(Reviewed(each, week, before))
    return found


def of_playbook(member: Member, playbook: Playbook) -> list[Row]:
    """The plans about a playbook or any of its versions that the member may see."""
    about = Q(subject_kind="playbook", subject_key=playbook.key)
    about |= Q(subject_kind="version", subject_key__startswith=f"{playbook.key}@")
    return rows(access.plans(member).filter(about), member.workspace)
