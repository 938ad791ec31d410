"""When triggers are looked at: after the nightly score, when segments and stages moved, when something arrived."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from evergrow.customers.segments import moves as segment_moves
from evergrow.customers.segments.moves import Moves
from evergrow.customers.stages import moves as stage_moves
from evergrow.customers.stages.moves import Moved
from evergrow.success.models.triggers import Firing, FiringState
from evergrow.success.triggers import due, evaluating, starting
from evergrow.success.triggers.actions import EVALUATE
from evergrow.workspaces import audit, jobs, ticks
from evergrow.workspaces.models import Job, Workspace

TICK = "success.triggers_tick"


@jobs.register(EVALUATE)
def evaluate_all(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """Look at every trigger, then start what waits."""
    return run(job.workspace, progress, is_all=True)


@jobs.register(TICK)
def evaluate_due(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """Look at the triggers whose time has come, then start what waits."""
    return run(job.workspace, progress, is_all=False)


def run(workspace: Workspace, progress: jobs.Progress, *, is_all: bool) -> dict[str, Any]:
    """Evaluate and start; what came of it. Raises StoreUnavailable."""
    versions = evaluating.published(workspace) if is_all else due.due(workspace)
    done = evaluating.evaluate(workspace, versions) if versions else evaluating.Evaluated()
    progress(done.triggers)
    started = {}
    if Firing.objects.filter(workspace=workspace, state=FiringState.WAITING).exists():
        started = dict(starting.start_waiting(workspace, progress))
    counts = {key: count for key, count in done.counts.items() if count}
    if counts or started.get("started"):
        data = {"fired": counts, "started": started.get("started", 0)}
        audit.record(workspace, "triggers.evaluated", workspace, by=None, data=data)
    return {"triggers": done.triggers, "fired": counts, "started": started}


@jobs.follow("health.compute")
def after_scores(job: Job) -> None:
    """Scores moved: look at everything once."""
    jobs.enqueue(EVALUATE, job.workspace, dedupe_key="scored")


def follow_segment(moved: Moves) -> None:
    """A segment moved: look soon, once for all that move meanwhile, where a trigger names it."""
    workspace = moved.segment.workspace
    if due.about_segments(workspace, [moved.segment.key]):
        jobs.enqueue(EVALUATE, workspace, dedupe_key="moved")


def follow_stages(moved: Sequence[Moved]) -> None:
    """Accounts or people moved between stages: look soon, where any trigger is in force."""
    workspace = moved[0].lifecycle.workspace
    if evaluating.published(workspace):
        jobs.enqueue(EVALUATE, workspace, dedupe_key="moved")


segment_moves.on_moves(follow_segment)
stage_moves.on_moves(follow_stages)
ticks.often(TICK, timedelta(minutes=1))
