"""How far runs come and where they stop: each step of each version, over the runs that began in the period."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Count, Q
from django.utils.translation import get_language

from evergrow.lib import bilingual
from evergrow.success.manager.asking import Ask
from evergrow.success.manager.lists import BROKEN_OFF, runs_started, where_stopped
from evergrow.success.models import PlaybookVersion, RunState, Step, Task, TaskState
from evergrow.success.models.runs import OPEN_RUN_STATES


@dataclass
class StepCourse:
    """How a step of a version went. ``runs`` is how many began, ``asked`` how many had the step not left out by rule.

    ``reached``: it became to do, or was done; ``stopped``: the run was broken off with this as the first step at hand.
    """

    key: str
    name: str
    required: bool
    runs: int
    asked: int = 0
    reached: int = 0
    done: int = 0
    open: int = 0
    skipped: int = 0
    stopped: int = 0

    @property
    def reached_share(self) -> float | None:
        return self.reached / self.asked if self.asked else None

    @property
    def done_share(self) -> float | None:
        return self.done / self.asked if self.asked else None


@dataclass
class VersionCourse:
    """The runs of one version that began in the period; ``completed``, ``open`` and ``broken_off`` are all of them."""

    playbook: str
    name: str
    number: int
    runs: int = 0
    completed: int = 0
    open: int = 0
    broken_off: int = 0
    before: int = 0
    steps: list[StepCourse] = field(default_factory=list)

    @property
    def worst(self) -> StepCourse | None:
        """The step at which most were broken off."""
        worst = max(self.steps, key=lambda step: step.stopped, default=None)
        return worst if worst and worst.stopped else None


def courses(ask: Ask) -> list[VersionCourse]:
    """Every version with runs that began in the period, most runs first; four grouped statements."""
    found = _versions(ask)
    began = runs_started(ask).values("pk")
    steps = _steps(found)
    rows = Task.objects.filter(run__in=began, step__isnull=False).order_by()
    was_reached = Q(ready_at__isnull=False) | Q(state=TaskState.DONE)
    counted = rows.values("step_id").annotate(
        asked=Count("pk", filter=Q(skip_code="")),
        reached=Count("pk", filter=was_reached & Q(skip_code="")),
        done=Count("pk", filter=Q(state=TaskState.DONE)),
        open=Count("pk", filter=Q(ready_at__isnull=False, ended_at__isnull=True)),
        skipped=Count("pk", filter=Q(state=TaskState.SKIPPED, skip_code="")),
    )
    names = ("asked", "reached", "done", "open", "skipped")
    for step_id, *counts in counted.values_list("step_id", *names):
        for name, n in zip(names, counts, strict=True) if step_id in steps else ():
            setattr(steps[step_id], name, n)
    stopped = where_stopped().filter(run__in=began).order_by().values("step_id").annotate(n=Count("run", distinct=True))
    for step_id, n in stopped.values_list("step_id", "n"):
        if step_id in steps:
            steps[step_id].stopped = n
    for course in found.values():
        course.before = course.broken_off - sum(step.stopped for step in course.steps)
    return sorted(found.values(), key=lambda course: (-course.runs, course.name, -course.number))


def _versions(ask: Ask) -> dict[int, VersionCourse]:
    counted = (
        runs_started(ask)
        .values("version_id")
        .annotate(
            runs=Count("pk"),
            completed=Count("pk", filter=Q(state=RunState.COMPLETED)),
            open=Count("pk", filter=Q(state__in=OPEN_RUN_STATES)),
            broken_off=Count("pk", filter=Q(state__in=BROKEN_OFF)),
        )
    )
    parts = ("version_id", "runs", "completed", "open", "broken_off")
    by_version = {version: counts for version, *counts in counted.values_list(*parts)}
    known = PlaybookVersion.objects.filter(pk__in=by_version).select_related("playbook")
    return {v.pk: VersionCourse(v.playbook.key, str(v.playbook), v.number, *by_version[v.pk]) for v in known}


def _steps(versions: dict[int, VersionCourse]) -> dict[int, StepCourse]:
    """The steps of the versions by id, laid into them in their order."""
    rows = Step.objects.filter(version__in=versions).order_by("version", "position")
    found: dict[int, StepCourse] = {}
    by_version: dict[int, list[StepCourse]] = defaultdict(list)
    language = get_language() or "en"
    for pk, version, key, name, required in rows.values_list("pk", "version_id", "key", "name", "required"):
        found[pk] = StepCourse(key, bilingual.pick(name, language), required, versions[version].runs)
        by_version[version].append(found[pk])
    for version, steps in by_version.items():
        versions[version].steps = steps
    return found
