"""The job that sends notices out, every minute and at once when something is urgent."""

from datetime import timedelta
from typing import Any

from evergrow.lib import clock
from evergrow.workspaces import jobs, ticks
from evergrow.workspaces.models import Job
from evergrow.workspaces.notices import gathering, sending
from evergrow.workspaces.notices.routing import DELIVER


@jobs.register(DELIVER)
def deliver(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """Gather what is due into deliveries and send them."""
    made = gathering.gather(job.workspace, clock.now())
    return {"made": made, "sent": sending.send_due(job.workspace, progress)}


ticks.often(DELIVER, timedelta(minutes=1))
