"""Connected mailboxes are read every few minutes; what waited too long to be sorted is dropped."""

from datetime import time, timedelta
from typing import Any

from evergrow.customers.mail import filing, mailboxes, polling
from evergrow.customers.models import Mail, Mailbox, MailState
from evergrow.lib import clock
from evergrow.workspaces import jobs, ticks
from evergrow.workspaces.models import Job

FORGET, LOOK = "customers.forget_mails", "customers.look_for_mails"
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


@jobs.register(LOOK)
def look(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """Have every mailbox read whose time has come, each in a job of its own."""
    due = Mailbox.objects.filter(member__workspace=job.workspace, next_at__lte=clock.now())
    rows = list(due.filter(member__left_at=None, stopped_at=None, paused_at=None).select_related("member__workspace"))
    for mailbox in rows:
        mailboxes.read_soon(mailbox=mailbox)
    return {"mailboxes": len(rows)}


@jobs.register(mailboxes.POLL)
def poll(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """Read one mailbox."""
    related = ("member__workspace", "member__user")
    mailbox = Mailbox.objects.select_related(*related).filter(pk=job.args["mailbox"]).first()
    return {"seen": polling.poll(mailbox, progress) if mailbox else 0}


ticks.often(LOOK, timedelta(minutes=2))
ticks.daily(FORGET, time(4, 20))
