"""Jobs of this room."""

from datetime import time
from typing import Any

from evergrow.health import actions
from evergrow.workspaces import jobs, ticks
from evergrow.workspaces.models import Job

KIND = "health.compute"


@jobs.register(KIND)
def compute(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """Score every account for today; with ``history`` also all the days of the first history again."""
    if job.args.get("history"):
        actions.backfill(workspace=job.workspace, on_progress=progress)
    done = actions.compute(workspace=job.workspace, on_progress=progress)
    progress(done.accounts, done.accounts)
    return {"day": done.day.isoformat(), "accounts": done.accounts, "revisions": done.revisions}


ticks.daily(KIND, time(2, 0))
