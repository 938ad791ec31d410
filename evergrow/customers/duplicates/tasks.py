"""Suggestions are found again every night, and when somebody asks."""

from datetime import time
from typing import Any

from evergrow.customers.duplicates.actions import refresh
from evergrow.workspaces import jobs, ticks
from evergrow.workspaces.models import Job

KIND = "customers.find_duplicates"


@jobs.register(KIND)
def find(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """Compare everybody again."""
    steps = [0]

    def tick() -> None:
        steps[0] += 1
        progress(steps[0])

    return dict(refresh(job.workspace, tick))


ticks.daily(KIND, time(3, 20))
