"""Jobs of this room."""

from datetime import time, timedelta
from typing import Any

from evergrow.health import actions
from evergrow.lib import clock
from evergrow.workspaces import jobs, ticks
from evergrow.workspaces.models import Job, JobState

KIND = "health.compute"
SETTLING = timedelta(seconds=20)


@jobs.register(KIND)
def compute(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """Score every account for today; with ``history`` also all the days of the first history again."""
    if job.args.get("history"):
        actions.backfill(workspace=job.workspace, on_progress=progress)
    done = actions.compute(workspace=job.workspace, on_progress=progress)
    progress(done.accounts, done.accounts)
    return {"day": done.day.isoformat(), "accounts": done.accounts, "revisions": done.revisions}


@jobs.follow("intake.import", "intake.undo")
def compute_after_import(job: Job) -> None:
    """Score today and the history anew soon after an import; several imports in a row share one computation."""
    waiting = Job.objects.filter(workspace=job.workspace, kind=KIND, state=JobState.QUEUED)
    if not waiting.exists():
        soon = clock.now() + SETTLING
        jobs.enqueue(
            KIND,
            job.workspace,
            by=job.created_by,
            args={"history": True},
            dedupe_key=f"after import {job.pk}",
            run_at=soon,
        )


ticks.daily(KIND, time(2, 0))
