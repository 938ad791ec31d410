"""What waited too long to be sorted is dropped."""

from datetime import time, timedelta
from typing import Any

from evergrow.customers.mail import filing
from evergrow.customers.models import Mail, MailState
from evergrow.lib import clock
from evergrow.workspaces import jobs, ticks
from evergrow.workspaces.models import Job

FORGET = "customers.forget_mails"
KEPT = timedelta(days=30)


@jobs.register(FORGET)
def forget(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """Drop the mails that nobody sorted for 30 days."""
    old = Mail.objects.filter(
        workspace=job.workspace, state=MailState.UNMATCHED, received_at__lt=clock.now() - KEPT
    ).select_related("workspace", "member")
    dropped = 0
    for mail in old.iterator(chunk_size=100):
        filing.drop(mail=mail, by=None)
        dropped += 1
        progress(dropped)
    return {"dropped": dropped}


ticks.daily(FORGET, time(4, 20))
