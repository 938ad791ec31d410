"""The daily work of this room."""

from datetime import time, timedelta
from typing import Any

from evergrow.customers.actions.commerce import refresh_commerce
from evergrow.customers.criteria import mirror, providers
from evergrow.workspaces import jobs, ticks
from evergrow.workspaces.models import Job


@jobs.register("customers.refresh_commerce")
def refresh(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """A new day: trials end, subscriptions begin and end."""
    return {"accounts": refresh_commerce(job.workspace)}


ticks.daily("customers.refresh_commerce", time(0, 5))


@jobs.register("customers.refresh_mirror")
def refresh_mirror(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """Bring the traits in the event store up to date, so that the next question finds little to do."""
    return {"read": mirror.refresh(job.workspace)}


@jobs.register("customers.read_all_traits")
def read_all_traits(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """Read every person and account again, for what a restored backup or a crash may have left out."""
    mirror.note_all(job.workspace)
    for provider in providers.providers():
        mirror.write_provided(job.workspace, provider.key)
    return {"read": mirror.refresh(job.workspace)}


ticks.often("customers.refresh_mirror", timedelta(minutes=5))
ticks.daily("customers.read_all_traits", time(3, 40))
