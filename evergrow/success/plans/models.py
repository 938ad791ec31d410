"""Operating plans, their weekly readings, their steps, and retrospectives."""

from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from evergrow.lib import bilingual, clock
from evergrow.success.models.tasks import Task
from evergrow.workspaces.models import Member, Workspace


class PlanState(models.TextChoices):
    """The ways: draft → running → reached | missed; a draft or a running plan may be cancelled."""

    DRAFT = "draft", pgettext_lazy("plan", "Draft")
    RUNNING = "running", pgettext_lazy("plan", "Running")
    REACHED = "reached", pgettext_lazy("plan", "Reached")
    MISSED = "missed", pgettext_lazy("plan", "Missed")
    CANCELLED = "cancelled", pgettext_lazy("plan", "Cancelled")


class PlanUnit(models.TextChoices):
    NUMBER = "number", pgettext_lazy("unit of a plan", "a number")
    PERCENT = "percent", pgettext_lazy("unit of a plan", "percent")
    MONEY = "money", pgettext_lazy("unit of a plan", "money")


class Direction(models.TextChoices):
    HIGHER = "higher", pgettext_lazy("direction of a plan", "higher is better")
    LOWER = "lower", pgettext_lazy("direction of a plan", "lower is better")


class Tolerance(models.TextChoices):
    """How far a value may lie behind what was expected: in percent of that, or in the plan's own unit."""

    PERCENT = "percent", pgettext_lazy("tolerance", "percent of the expected value")
    UNITS = "units", pgettext_lazy("tolerance", "in the plan's unit")


class Plan(models.Model):
    """A goal that a team works towards from one day to another, measured by one number.

    ``metric`` says where the number comes from, see ``plans.metrics``. Values are as people read them: 85 for 85 %,
    money in the workspace's currency. ``start_value`` None: measured when the plan begins. ``milestones`` are
    ``[["2026-04-05", 12.0], …]``: what is expected by then; between them, and without any, the way is straight.
    More than ``tolerance`` behind for ``in_a_row`` weeks calls for a retrospective, due ``retro_days`` working days
    later. What it is about: ``subject_kind`` and ``subject_key``, see ``plans.subjects``; blank where it is free.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="plans")
    name = models.JSONField(_("name"))
    goal = models.JSONField(_("goal"), default=dict)
    metric = models.JSONField(_("metric"))
    unit = models.CharField(_("unit"), max_length=7, choices=PlanUnit.choices, default=PlanUnit.NUMBER)
    unit_word = models.CharField(_("what is counted"), max_length=30, blank=True)
    direction = models.CharField(_("direction"), max_length=6, choices=Direction.choices, default=Direction.HIGHER)
    start_value = models.FloatField(_("start value"), null=True, blank=True)
    target = models.FloatField(_("target"))
    milestones = models.JSONField(_("milestones"), default=list, blank=True)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    tolerance = models.FloatField(_("may be behind by"), default=10)
    tolerance_kind = models.CharField(max_length=7, choices=Tolerance.choices, default=Tolerance.PERCENT)
    in_a_row = models.PositiveSmallIntegerField(_("weeks in a row"), default=2)
    retro_days = models.PositiveSmallIntegerField(_("working days for a retrospective"), default=5)
    subject_kind = models.CharField(max_length=20, blank=True)
    subject_key = models.CharField(max_length=60, blank=True)
    owner = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="plans")
    concerned = models.ManyToManyField(Member, related_name="+", blank=True)
    state = models.CharField(max_length=9, choices=PlanState.choices, default=PlanState.DRAFT)
    created_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    started_at = models.DateTimeField(null=True, blank=True)
    judged_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    end_value = models.FloatField(null=True, blank=True)
    end_note = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["workspace", "state", "ends_on"], name="plans_by_state"),
            models.Index(fields=["workspace", "subject_kind", "subject_key"], name="plans_by_subject"),
        ]

    def __str__(self) -> str:
        return bilingual.pick(self.name, get_language() or "en")

    @property
    def is_open(self) -> bool:
        return self.state in (PlanState.DRAFT, PlanState.RUNNING)

    @property
    def is_running(self) -> bool:
        return self.state == PlanState.RUNNING

    @property
    def is_entered(self) -> bool:
        """Whether a person writes the number down."""
        return bool(self.metric.get("source") == "entered")

    def facts(self) -> dict[str, Any]:
        """What defines the plan, for the trail of its changes."""
        return {name: getattr(self, name) for name in FACTS}


FACTS = (
    *("name", "goal", "metric", "unit", "unit_word", "direction", "start_value", "target", "milestones", "starts_on"),
    *("ends_on", "tolerance", "tolerance_kind", "in_a_row", "retro_days", "subject_kind", "subject_key", "owner_id"),
)


class PlanReading(models.Model):
    """The value of a week. ``week`` is its Monday; ``on`` the day that the value is of, its last one once it is over.

    ``value`` None: it is not known, and ``missing`` says why (``plans.metrics.MISSING``). ``expected`` is what the plan
    asked for on that day when the reading was taken; a later change of the plan does not judge it anew.
    """

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="readings")
    week = models.DateField()
    on = models.DateField()
    value = models.FloatField(null=True, blank=True)
    expected = models.FloatField(null=True, blank=True)
    missing = models.CharField(max_length=20, blank=True)
    comment = models.TextField(blank=True)
    is_entered = models.BooleanField(default=False)
    by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "week"], name="one_reading_a_week")]
        ordering = ["week"]

    def __str__(self) -> str:
        return f"{self.plan} {self.week}"


class RetrospectiveCause(models.TextChoices):
    DEVIATION = "deviation", pgettext_lazy("retrospective", "Behind the plan")
    MISSED = "missed", pgettext_lazy("retrospective", "Goal missed")
    ASKED = "asked", pgettext_lazy("retrospective", "Asked for")


class RetrospectiveState(models.TextChoices):
    OPEN = "open", pgettext_lazy("retrospective", "Open")
    DONE = "done", pgettext_lazy("retrospective", "Finished")


class Retrospective(models.Model):
    """Why a plan went off, what was learned, and what is done about it. A plan has one open at most.

    ``readings`` are the weeks that called for it: ``[{"week": "2026-03-16", "value": 4.0, "expected": 6.5}]``.
    Corrective actions are steps of the plan that point here; ``no_action`` says why none is needed.
    """

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="retrospectives")
    why = models.CharField(max_length=9, choices=RetrospectiveCause.choices)
    readings = models.JSONField(default=list)
    state = models.CharField(max_length=4, choices=RetrospectiveState.choices, default=RetrospectiveState.OPEN)
    due_on = models.DateField(_("due"))
    cause = models.TextField(_("cause"), blank=True)
    learned = models.TextField(_("what was learned"), blank=True)
    no_action = models.CharField(_("why nothing is to be done"), max_length=300, blank=True)
    opened_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    opened_at = models.DateTimeField(default=clock.now)
    ended_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["plan"], condition=models.Q(state="open"), name="one_open_retrospective_per_plan"
            )
        ]
        ordering = ["-opened_at", "-pk"]

    def __str__(self) -> str:
        return str(self.plan)

    @property
    def is_open(self) -> bool:
        return self.state == RetrospectiveState.OPEN

    def is_overdue(self, today: date) -> bool:
        return self.is_open and self.due_on < today


class PlanStepState(models.TextChoices):
    TODO = "todo", pgettext_lazy("step of a plan", "To do")
    DOING = "doing", pgettext_lazy("step of a plan", "In progress")
    DONE = "done", pgettext_lazy("step of a plan", "Done")
    DROPPED = "dropped", pgettext_lazy("step of a plan", "Dropped")


OPEN_STEPS = [PlanStepState.TODO, PlanStepState.DOING]


class PlanStep(models.Model):
    """What is done for a plan: by whom, until when. With ``task`` it is that piece of work, and stands as it stands.

    ``retrospective``: it is a corrective action of that one.
    """

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="steps")
    retrospective = models.ForeignKey(Retrospective, on_delete=models.CASCADE, null=True, related_name="actions")
    task = models.ForeignKey(Task, on_delete=models.CASCADE, null=True, blank=True, related_name="plan_steps")
    name = models.JSONField(_("step"))
    owner = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="plan_steps")
    due_on = models.DateField(_("due"), null=True, blank=True)
    state = models.CharField(max_length=7, choices=PlanStepState.choices, default=PlanStepState.TODO)
    created_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "task"], condition=models.Q(task__isnull=False), name="task_once_in_plan"
            )
        ]
        indexes = [models.Index(fields=["owner", "state", "due_on"], name="plan_steps_by_owner")]
        ordering = ["due_on", "pk"]

    def __str__(self) -> str:
        return bilingual.pick(self.name, get_language() or "en")
