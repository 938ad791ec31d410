"""Runs and their tasks as light rows: what was read, and what of it is to change."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models.fields.json import KT

from evergrow.success.engine.book import Book, StepPlan
from evergrow.success.models import Run, Task, TaskState

SETTLED = frozenset({TaskState.DONE, TaskState.SKIPPED, TaskState.CANCELLED})
GONE = frozenset({TaskState.SKIPPED, TaskState.CANCELLED})
RUN_FIELDS = (
    *("pk", "version_id", "account_id", "state", "owner_id", "started_by_id", "started_at", "starts_on", "anchor_on"),
    *("anchors", "paused_days", "due_on", "wanted_on", "wakes_at", "depth"),
)
TASK_FIELDS = (
    *("pk", "run_id", "step_id", "state", "required", "owner_id", "due_on", "due_at", "due_is_fixed", "ended_at"),
    *("branch", "wakes_at", "stopped_by", "sub_run_id"),
)
TASK_NAMES, RUN_NAMES = frozenset(TASK_FIELDS), frozenset(RUN_FIELDS)


@dataclass(slots=True)
class TaskRow:
    """A step at work. ``changed`` collects what is to be written where it still is in the state ``was``."""

    pk: int
    step: StepPlan
    state: str
    required: bool
    owner_id: int | None
    due_on: date | None
    due_at: datetime | None
    due_is_fixed: bool
    ended_at: datetime | None
    branch: str
    wakes_at: datetime | None
    stopped_by: str | None
    sub_run_id: int | None
    was: str = field(init=False)
    changed: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.was = self.state

    def set(self, **fields: Any) -> None:
        """Note new values."""
        for name, value in fields.items():
            if name in TASK_NAMES:
                setattr(self, name, value)
        self.changed.update(fields)

    def stop(self, code: str, what: str = "") -> None:
        """Note what keeps it from going by itself."""
        self.stopped_by = code
        self.changed |= {"problem": {"code": code, "what": what} if what else {"code": code}, "wakes_at": None}
        self.wakes_at = None


@dataclass(slots=True)
class RunRow:
    """A run that is held while it goes on."""

    pk: int
    book: Book
    account_id: int
    state: str
    owner_id: int | None
    started_by_id: int | None
    started_at: datetime
    starts_on: date
    anchor_on: date | None
    anchors: dict[str, str]
    paused_days: int
    due_on: date | None
    wanted_on: date | None
    wakes_at: datetime | None
    depth: int
    was: str = field(init=False)
    tasks: list[TaskRow] = field(default_factory=list)
    by_key: dict[str, TaskRow] = field(default_factory=dict)
    changed: dict[str, Any] = field(default_factory=dict)
    looks_at: datetime | None = None

    def __post_init__(self) -> None:
        self.was = self.state

    def set(self, **fields: Any) -> None:
        """Note new values, where they differ."""
        for name, value in fields.items():
            if name not in RUN_NAMES:
                self.changed[name] = value
            elif getattr(self, name) != value:
                setattr(self, name, value)
                self.changed[name] = value


def read_runs(rows: list[tuple[Any, ...]], books: dict[int, Book]) -> list[RunRow]:
    """Rows of ``RUN_FIELDS`` as runs, each with its tasks in the order of its steps."""
    runs = {row[0]: RunRow(row[0], books[row[1]], *row[2:]) for row in rows}
    rows_of = Task.objects.filter(run_id__in=list(runs), step__isnull=False).order_by()
    read = rows_of.annotate(stopped_by=KT("problem__code")).values_list(*TASK_FIELDS)
    for row in read:
        run = runs[row[1]]
        step = run.book.by_pk[row[2]]
        run.tasks.append(TaskRow(row[0], step, *row[3:]))
    for run in runs.values():
        run.tasks.sort(key=lambda task: task.step.place)
        run.by_key = {task.step.key: task for task in run.tasks}
    return list(runs.values())


def of_run(run: Run) -> tuple[Any, ...]:
    """A run that is at hand, as a row of ``RUN_FIELDS``."""
    return tuple(getattr(run, name) for name in RUN_FIELDS)
