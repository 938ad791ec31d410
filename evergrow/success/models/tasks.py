from datetime import date

from django.db import models
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from evergrow.customers.models import Account, Person
from evergrow.lib import bilingual, clock
from evergrow.success.models.playbooks import STEP_ICONS, Step, StepKind
from evergrow.success.models.runs import Run
from evergrow.success.models.signals import Signal
from evergrow.workspaces.models import Member, Workspace


class TaskState(models.TextChoices):
    BLOCKED = "blocked", pgettext_lazy("task", "Waits for others")
    READY = "ready", pgettext_lazy("task", "To do")
    IN_PROGRESS = "in_progress", pgettext_lazy("task", "In progress")
    AWAITING = "awaiting", pgettext_lazy("task", "Awaiting approval")
    DONE = "done", pgettext_lazy("task", "Done")
    SKIPPED = "skipped", pgettext_lazy("task", "Skipped")
    CANCELLED = "cancelled", pgettext_lazy("task", "Cancelled")


WORKABLE = [TaskState.READY, TaskState.IN_PROGRESS]
OPEN = [*WORKABLE, TaskState.AWAITING]
UNSETTLED = [TaskState.BLOCKED, *OPEN]
SETTLED = [TaskState.DONE, TaskState.SKIPPED, TaskState.CANCELLED]


class SkipCode(models.TextChoices):
    """Why Evergrow itself left a step out."""

    CONDITION = "condition", pgettext_lazy("skipped", "its condition does not hold")
    BRANCH = "branch", pgettext_lazy("skipped", "the decision went another way")
    PRODUCT = "product", pgettext_lazy("skipped", "it is for other products")
    INDUSTRY = "industry", pgettext_lazy("skipped", "it is for other industries")


class Priority(models.IntegerChoices):
    HIGH = 3, pgettext_lazy("priority", "High")
    NORMAL = 2, pgettext_lazy("priority", "Normal")
    LOW = 1, pgettext_lazy("priority", "Low")


class Task(models.Model):
    """A piece of work for a customer: a step of a run (then ``run`` and ``step`` are set), or made by hand.

    “Overdue” and “snoozed” follow from dates and are no states. ``due_is_fixed``: a person set the date.
    ``due_at`` is the moment on ``due_on``, where its step says one. ``wakes_at``: when a wait ends by itself.
    ``branch`` is the one that a decision took; ``skip_code`` why Evergrow left a step out, with ``skip_facts``;
    ``problem`` what keeps it from going by itself: ``{"code": "no_contact", …}``, see ``engine.problems``.
    ``person`` is the contact it turns to; ``sub_run`` the run that it started or waits for.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="tasks", db_index=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="tasks", db_index=False)
    run = models.ForeignKey(Run, on_delete=models.CASCADE, null=True, blank=True, related_name="tasks", db_index=False)
    step = models.ForeignKey(Step, on_delete=models.RESTRICT, null=True, blank=True, related_name="tasks")
    signal = models.ForeignKey(
        Signal, on_delete=models.SET_NULL, null=True, blank=True, related_name="tasks", db_index=False
    )
    position = models.PositiveIntegerField(default=0)
    kind = models.CharField(_("kind"), max_length=10, choices=StepKind.choices, default=StepKind.TASK)
    name = models.JSONField(_("task"))
    note = models.TextField(_("note"), blank=True)
    state = models.CharField(max_length=12, choices=TaskState.choices, default=TaskState.READY)
    priority = models.SmallIntegerField(_("priority"), choices=Priority.choices, default=Priority.NORMAL)
    owner = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="tasks", db_index=False
    )
    due_on = models.DateField(_("due"), null=True, blank=True)
    due_is_fixed = models.BooleanField(default=False)
    snoozed_until = models.DateField(null=True, blank=True)
    required = models.BooleanField(default=True)
    evidence = models.TextField(_("evidence"), blank=True)
    reason = models.CharField(max_length=300, blank=True)
    requested_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    created_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    created_at = models.DateTimeField(default=clock.now)
    ready_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    due_at = models.DateTimeField(null=True, blank=True)
    wakes_at = models.DateTimeField(null=True, blank=True)
    branch = models.CharField(max_length=60, blank=True)
    skip_code = models.CharField(max_length=12, choices=SkipCode.choices, blank=True)
    skip_facts = models.JSONField(default=dict, blank=True)
    problem = models.JSONField(default=dict, blank=True)
    person = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="tasks", db_index=False
    )
    sub_run = models.ForeignKey(
        Run, on_delete=models.SET_NULL, null=True, blank=True, related_name="waiting_tasks", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["run", "step"], condition=models.Q(run__isnull=False), name="one_task_per_step_of_a_run"
            )
        ]
        indexes = [
            models.Index(fields=["workspace", "state", "due_on"], name="tasks_by_due"),
            models.Index(fields=["owner", "state", "due_on"], name="tasks_by_owner"),
            models.Index(fields=["account", "state"], name="tasks_by_account"),
            # PostgreSQL writes every index of a row that moves, so that those which few rows need hold only these.
            models.Index(fields=["signal"], name="tasks_of_signals", condition=models.Q(signal__isnull=False)),
            models.Index(fields=["person"], name="tasks_of_people", condition=models.Q(person__isnull=False)),
            models.Index(
                fields=["sub_run"], name="tasks_that_started_a_run", condition=models.Q(sub_run__isnull=False)
            ),
            models.Index(
                fields=["sub_run"],
                name="tasks_that_wait_for_a_run",
                condition=models.Q(state="in_progress", sub_run__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return bilingual.pick(self.name, get_language() or "en")

    @property
    def icon(self) -> str:
        return STEP_ICONS[StepKind(self.kind)]

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def is_settled(self) -> bool:
        return self.state in SETTLED

    def days_left(self, today: date) -> int | None:
        """Days until it is due, negative when overdue; None without a date."""
        return None if self.due_on is None else (self.due_on - today).days

    def is_overdue(self, today: date) -> bool:
        return self.state in OPEN and self.due_on is not None and self.due_on < today

    def is_snoozed(self, today: date) -> bool:
        return self.snoozed_until is not None and self.snoozed_until > today
