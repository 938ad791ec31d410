"""When computed traits are computed."""

from datetime import time, timedelta
from typing import Any

from evergrow.customers.models import Schedule
from evergrow.customers.traits.computed import schedule
from evergrow.customers.traits.computed.drafts import JOB
from evergrow.workspaces import jobs, ticks
from evergrow.workspaces.models import Job

NIGHTLY, HOURLY = "customers.traits_nightly", "customers.traits_hourly"


@jobs.register(JOB)
def compute_chosen(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """Traits that somebody published or asked for, and those computed from them."""
    wanted = schedule.chosen(job.workspace, job.args.get("traits", []))
    return schedule.compute_all(job.workspace, wanted, progress)


@jobs.register(NIGHTLY)
def compute_nightly(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """A new day: windows moved on for everybody."""
    return schedule.compute_all(job.workspace, schedule.due(job.workspace, Schedule.DAILY), progress)


@jobs.register(HOURLY)
def compute_hourly(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    return schedule.compute_all(job.workspace, schedule.due(job.workspace, Schedule.HOURLY), progress)


ticks.daily(NIGHTLY, time(1, 30))
ticks.often(HOURLY, timedelta(hours=1))
