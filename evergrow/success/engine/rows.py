"""Runs and their tasks as light rows: as the store holds them, as the engine works with them, and what is to change."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from evergrow.success.engine.bare import Among, BareFlag, BareText
from evergrow.success.engine.book import Book, StepPlan
from evergrow.success.models import Run, StepKind, Task, TaskState

SETTLED = frozenset({TaskState.DONE, TaskState.SKIPPED, TaskState.CANCELLED})
GONE = frozenset({TaskState.SKIPPED, TaskState.CANCELLED})
RUN_FIELDS = (
    *("pk", "version_id", "account_id", "owner_id", "started_by_id", "depth", "started_at", "state", "starts_on"),
    *("anchor_on", "anchors", "paused_days", "due_on", "wanted_on", "wakes_at"),
)
TASK_FIELDS = (
    *("pk", "run_id", "owner_id", "step_id", "state", "required", "branch", "ended_at"),
    *("due_on", "due_at", "due_is_fixed", "wakes_at", "sub_run_id", "problem"),
)
TEXTS = frozenset(
    {"started_at", "starts_on", "anchor_on", "anchors", "due_on", "wanted_on", "wakes_at", "ended_at", "due_at"}
    | {"problem"}
)
RUN_MOMENTS, RUN_DAYS = ("started_at", "wakes_at"), ("starts_on", "anchor_on", "due_on", "wanted_on")
FLAGS = frozenset({"required", "due_is_fixed"})
TASK_NAMES, RUN_NAMES = frozenset({*TASK_FIELDS, "stopped_by"}) - {"problem"}, frozenset(RUN_FIELDS)
PK, RUN, OWNER, STEP, STATE, ENDED_AT, SUB_RUN = (
    TASK_FIELDS.index(name) for name in ("pk", "run_id", "owner_id", "step_id", "state", "ended_at", "sub_run_id")
)
VERSION, ACCOUNT, STARTED_AT = (RUN_FIELDS.index(name) for name in ("version_id", "account_id", "started_at"))
Bare = tuple[Any, ...]


@dataclass(slots=True)
class TaskRow:
    """A step at work. ``changed`` collects what is to be written where it still is in the state ``was``."""

    pk: int
    step: StepPlan
    owner_id: int | None
    state: str
    required: bool
    branch: str
    ended_at: datetime | None
    due_on: date | None
    due_at: datetime | None
    due_is_fixed: bool
    wakes_at: datetime | None
    sub_run_id: int | None
    stopped_by: str | None
    was: str = field(init=False)
    changed: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.was = self.state

    @property
    def is_opened(self) -> bool:
        """Whether it just became somebody's to do; a wait is nobody's work."""
        return self.state == TaskState.READY and self.was == TaskState.BLOCKED and self.step.kind != StepKind.WAIT

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
    owner_id: int | None
    started_by_id: int | None
    depth: int
    started_at: datetime
    state: str
    starts_on: date
    anchor_on: date | None
    anchors: dict[str, str]
    paused_days: int
    due_on: date | None
    wanted_on: date | None
    wakes_at: datetime | None
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


@dataclass(frozen=True, slots=True)
class Folded:
    """A run with its tasks in the order of its steps, as the store holds them: values of the fields named above."""

    run: Bare
    tasks: list[Bare]
    book: Book

    def unfold(self) -> RunRow:
        """The run to work with."""
        held = dict(zip(RUN_FIELDS, self.run, strict=True))
        del held["version_id"]
        for name in RUN_MOMENTS:
            held[name] = moment(held[name])
        for name in RUN_DAYS:
            held[name] = day(held[name])
        if isinstance(held["anchors"], str):
            held["anchors"] = json.loads(held["anchors"])
        run = RunRow(book=self.book, **held)
        run.tasks = [self.task(place) for place in range(len(self.tasks))]
        run.by_key = {task.step.key: task for task in run.tasks}
        return run

    def task(self, place: int) -> TaskRow:
        """One of its tasks."""
        pk, _, owner, step, state, required, branch, ended_at, *dates, sub_run, problem = self.tasks[place]
        due_on, due_at, is_fixed, wakes_at = dates
        stopped_by = None if problem == "{}" else _code(problem)
        due = day(due_on), moment(due_at), bool(is_fixed)
        facts = state, bool(required), branch, moment(ended_at)
        return TaskRow(pk, self.book.by_pk[step], owner, *facts, *due, moment(wakes_at), sub_run, stopped_by)


def moment(value: str | datetime | None) -> datetime | None:
    """A moment as text of the store, in UTC where it names no zone, or as it is."""
    return _moment(value) if isinstance(value, str) else value


def day(value: str | date | None) -> date | None:
    """A day as text of the store, or as it is."""
    return _day(value) if isinstance(value, str) else value


@lru_cache(maxsize=20_000)
def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


_day = lru_cache(maxsize=5_000)(date.fromisoformat)


def _code(problem: str | Mapping[str, str]) -> str | None:
    held = json.loads(problem) if isinstance(problem, str) else problem
    return held.get("code")


def bare(*fields: str) -> dict[str, Any]:
    """Annotations that read these fields without any conversion, each under its name and an underscore."""
    kinds = {**dict.fromkeys(TEXTS, BareText), **dict.fromkeys(FLAGS, BareFlag)}
    return {f"{name}_": kinds[name](name) for name in fields if name in kinds}


def named(fields: Iterable[str]) -> list[str]:
    """The names under which ``bare`` gives these fields."""
    return [f"{name}_" if name in TEXTS or name in FLAGS else name for name in fields]


def fold(runs: Sequence[Bare], books: Mapping[int, Book]) -> list[Folded]:
    """Rows of ``RUN_FIELDS`` with their tasks."""
    folded = {row[PK]: Folded(row, [], books[row[VERSION]]) for row in runs}
    rows = Task.objects.filter(Among("run_id", list(folded)), step__isnull=False).order_by()
    for row in rows.annotate(**bare(*TASK_FIELDS)).values_list(*named(TASK_FIELDS)):
        folded[row[RUN]].tasks.append(row)
    for each in folded.values():
        by_pk = each.book.by_pk
        each.tasks.sort(key=lambda row: by_pk[row[STEP]].place)
    return list(folded.values())


def of_run(run: Run) -> Bare:
    """A run that is at hand, as a row of ``RUN_FIELDS``."""
    return tuple(getattr(run, name) for name in RUN_FIELDS)
