"""The weekly readings: asked for every night, taken on the first of the week that comes to it."""

from datetime import time
from typing import Any

from evergrow.health.weekly import actions
from evergrow.workspaces import jobs, ticks
from evergrow.workspaces.models import Job


@jobs.register(actions.KIND)
def read_week(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """Take the readings of this week that are not there yet."""
    return {"readings": actions.read_week(job.workspace, anew=bool(job.args.get("anew")))}


ticks.daily(actions.KIND, time(4, 0))
