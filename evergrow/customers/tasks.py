"""The daily work of this room."""

from datetime import time
from typing import Any

from evergrow.customers.actions.commerce import refresh_commerce
from evergrow.workspaces import jobs, ticks
from evergrow.workspaces.models import Job


@jobs.register("customers.refresh_commerce")
def refresh(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """A new day: trials end, subscriptions begin and end."""
    return {"accounts": refresh_commerce(job.workspace)}


ticks.daily("customers.refresh_commerce", time(0, 5))
