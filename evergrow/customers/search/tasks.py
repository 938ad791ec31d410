"""The index is brought up to date every two minutes, and whenever somebody asks it."""

from datetime import timedelta
from typing import Any

from evergrow.customers.search import index
from evergrow.workspaces import jobs, ticks
from evergrow.workspaces.models import Job

REFRESH = "customers.refresh_search"


@jobs.register(REFRESH)
def refresh(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """Read again what changed, in every workspace."""
    return {"read": index.refresh()}


ticks.often(REFRESH, timedelta(minutes=2))
