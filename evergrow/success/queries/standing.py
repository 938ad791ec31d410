"""How a playbook does: open and finished runs, how long they take, how its steps go."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from statistics import median

from django.db.models import Count, Q

from evergrow.lib import clock
from evergrow.success.models import Playbook, PlaybookVersion, Run, RunState, Task, TaskState, VersionState
from evergrow.workspaces.models import Workspace

YEAR = timedelta(days=365)
ENOUGH = 10


@dataclass(frozen=True, slots=True)
class Standing:
    """A playbook with its published version and draft, and its runs over the last 365 days.

    ``median_days`` is over completed runs, None without any.
    """

    playbook: Playbook
    published: PlaybookVersion | None
    draft: PlaybookVersion | None
    steps: int
    open_runs: int
    completed: int
    cancelled: int
    median_days: float | None


@dataclass(frozen=True, slots=True)
class StepStanding:
    """How one step of a version went: share done of those that are settled, median days from ready to done."""

    reached: int
    done: int
    open: int
    median_days: float | None

    @property
    def settled(self) -> int:
        return self.reached - self.open

    @property
    def share(self) -> float | None:
        """None below ten that are settled: a percentage of a handful says less than the two numbers do."""
        return self.done / self.settled if self.settled >= ENOUGH else None


def standings(workspace: Workspace) -> list[Standing]:
    """Every playbook of the workspace, retired ones last."""
    playbooks = list(Playbook.objects.filter(workspace=workspace).order_by("retired_at", "pk"))
    counts = _run_counts(workspace)
    durations = _durations(workspace)
    versions: dict[int, dict[str, PlaybookVersion]] = defaultdict(dict)
    live = PlaybookVersion.objects.filter(playbook__workspace=workspace, state__in=["draft", "published"])
    for version in live.annotate(step_count=Count("steps")):
        versions[version.playbook_id][version.state] = version
    return [
        _standing(playbook, versions[playbook.pk], counts.get(playbook.pk, {}), durations[playbook.pk])
        for playbook in sorted(playbooks, key=lambda p: (p.retired_at is not None, p.pk))
    ]


def standing(playbook: Playbook) -> Standing:
    """One playbook's standing."""
    return next(row for row in standings(playbook.workspace) if row.playbook == playbook)


def step_standings(version: PlaybookVersion) -> dict[str, StepStanding]:
    """How each step of a version went over all its runs, by step key."""
    rows = Task.objects.filter(run__version=version).exclude(state__in=[TaskState.BLOCKED, TaskState.CANCELLED])
    by_key: dict[str, list[Task]] = defaultdict(list)
    for task in rows.select_related("step").only("state", "ready_at", "ended_at", "step__key"):
        if task.step is not None:
            by_key[task.step.key].append(task)
    return {key: _step_standing(tasks) for key, tasks in by_key.items()}


def _step_standing(tasks: list[Task]) -> StepStanding:
    done = [task for task in tasks if task.state == TaskState.DONE]
    days = [_days(task.ended_at - task.ready_at) for task in done if task.ended_at and task.ready_at]
    still_open = sum(not task.is_settled for task in tasks)
    return StepStanding(len(tasks), len(done), still_open, median(days) if days else None)


def _standing(
    playbook: Playbook, versions: dict[str, PlaybookVersion], counts: dict[str, int], days: list[float]
) -> Standing:
    published = versions.get(VersionState.PUBLISHED)
    shown = published or versions.get(VersionState.DRAFT)
    return Standing(
        playbook=playbook,
        published=published,
        draft=versions.get(VersionState.DRAFT),
        steps=getattr(shown, "step_count", 0),
        open_runs=counts.get("open", 0),
        completed=counts.get("completed", 0),
        cancelled=counts.get("cancelled", 0),
        median_days=median(days) if days else None,
    )


def _run_counts(workspace: Workspace) -> dict[int, dict[str, int]]:
    since = clock.now() - YEAR
    rows = (
        Run.objects.filter(workspace=workspace)
        .values("playbook_id")
        .annotate(
            open=Count("pk", filter=Q(state__in=[RunState.ACTIVE, RunState.PAUSED])),
            completed=Count("pk", filter=Q(state=RunState.COMPLETED, ended_at__gte=since)),
            cancelled=Count("pk", filter=Q(state=RunState.CANCELLED, ended_at__gte=since)),
        )
    )
    return {
        row["playbook_id"]: {"open": row["open"], "completed": row["completed"], "cancelled": row["cancelled"]}
        for row in rows
    }


def _durations(workspace: Workspace) -> dict[int, list[float]]:
    done = Run.objects.filter(workspace=workspace, state=RunState.COMPLETED, ended_at__gte=clock.now() - YEAR)
    found: dict[int, list[float]] = defaultdict(list)
    for playbook, started, ended in done.values_list("playbook_id", "started_at", "ended_at"):
        if ended is not None:
            found[playbook].append(_days(ended - started))
    return found


def _days(length: timedelta) -> float:
    return length.total_seconds() / 86_400
