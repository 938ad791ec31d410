"""A computation soon after something changed what counts; several changes in a row share one."""

from datetime import timedelta

from evergrow.lib import clock
from evergrow.workspaces import jobs
from evergrow.workspaces.models import Job, JobState, Member, Workspace

SETTLING = timedelta(seconds=10)


def compute_soon(*, workspace: Workspace, by: Member | None) -> None:
    """Queue a computation unless one waits already."""
    waiting = Job.objects.filter(workspace=workspace, kind="health.compute", state=JobState.QUEUED)
    if not waiting.exists():
        now = clock.now()
        jobs.enqueue("health.compute", workspace, by=by, dedupe_key=f"after {now.isoformat()}", run_at=now + SETTLING)
