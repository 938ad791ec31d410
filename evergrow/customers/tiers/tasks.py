"""The nightly work of tiers."""

from datetime import time
from typing import Any

from evergrow.customers import notices
from evergrow.customers.tiers.deciding import decide
from evergrow.customers.tiers.editing import JOB
from evergrow.workspaces import jobs, ticks
from evergrow.workspaces.models import Job


@jobs.register(JOB)
def judge(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """Judge every account by the scheme; ends exceptions whose last day is over."""
    done = decide(workspace=job.workspace, on_progress=progress)
    notices.tell_of_reviews(job.workspace)
    return {"accounts": done.accounts, "moved": done.moved, "ended": done.ended, "waiting": done.waiting}


ticks.daily(JOB, time(3, 0))
