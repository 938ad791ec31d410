"""Regular work: rooms name a job kind that every workspace runs once per day of its own zone, or every few minutes."""

from datetime import datetime, time, timedelta

from evergrow.lib import clock
from evergrow.workspaces import jobs
from evergrow.workspaces.models import Job, JobState, Workspace

_daily: dict[str, time] = {}
_often: dict[str, timedelta] = {}
OFTEN = "often "
KEPT = timedelta(days=1)


def daily(kind: str, at: time) -> None:
    """Run the job ``kind`` once a day, from the moment it is ``at`` in the workspace's zone."""
    _daily[kind] = at


def often(kind: str, gap: timedelta) -> None:
    """Run the job ``kind`` once in every stretch of ``gap``. What it did is forgotten after a day."""
    _often[kind] = gap


def enqueue_due() -> int:
    """Queue the jobs that are due and not queued yet; how many were added."""
    return _enqueue_daily() + _enqueue_often()


def _enqueue_often() -> int:
    """One a stretch; while one waits or runs, no other."""
    added, now = 0, clock.now()
    Job.objects.filter(dedupe_key__startswith=OFTEN, finished_at__lt=now - KEPT).delete()
    for workspace in Workspace.objects.all():
        for kind, gap in _often.items():
            key = f"{OFTEN}{now.timestamp() // gap.total_seconds():.0f}"
            mine = Job.objects.filter(workspace=workspace, kind=kind)
            is_open = mine.filter(state__in=[JobState.QUEUED, JobState.RUNNING]).exists()
            if is_open or mine.filter(dedupe_key=key).exists():
                continue
            jobs.enqueue(kind, workspace, dedupe_key=key)
            added += 1
    return added


def _enqueue_daily() -> int:
    """Today's daily jobs.

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
