"""Daily work: rooms name a job kind that every workspace runs once per day of its own zone."""

from datetime import datetime, time

from evergrow.lib import clock
from evergrow.workspaces import jobs
from evergrow.workspaces.models import Job, Workspace

_daily: dict[str, time] = {}


def daily(kind: str, at: time) -> None:
    """Run the job ``kind`` once a day, from the moment it is ``at`` in the workspace's zone."""
    _daily[kind] = at


def enqueue_due() -> int:
    """Queue today's daily jobs that are due and not queued yet; how many were added.

    Each is due at its own time, so that after a night switched off they still run in their order.
    """
    added = 0
    for workspace in Workspace.objects.all():
        local = clock.now().astimezone(workspace.tz)
        for kind, at in _daily.items():
            key = f"daily {local.date()}"
            if local.time() < at or Job.objects.filter(workspace=workspace, kind=kind, dedupe_key=key).exists():
                continue
            due = datetime.combine(local.date(), at, workspace.tz)
            jobs.enqueue(kind, workspace, dedupe_key=key, run_at=due)
            added += 1
    return added
