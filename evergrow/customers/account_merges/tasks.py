"""The regular work of merges of accounts."""

from datetime import time, timedelta
from typing import Any

from evergrow.customers.account_merges import actions
from evergrow.workspaces import jobs, ticks
from evergrow.workspaces.models import Job

GATHER, FORGET = "customers.gather_merged", "customers.forget_merges"


@jobs.register(GATHER)
def gather(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """What was on its way to a merged account follows."""
    return {"merges": actions.gather(job.workspace)}


@jobs.register(FORGET)
def forget(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """After seven days a merge is final."""
    return {"merges": actions.forget(job.workspace)}


ticks.often(GATHER, timedelta(minutes=10))
ticks.daily(FORGET, time(2, 25))
