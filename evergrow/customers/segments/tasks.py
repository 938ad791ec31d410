"""The regular work of segments."""

from datetime import timedelta
from typing import Any

from evergrow.customers import notices
from evergrow.customers.actions.segments import REFRESH_ONE
from evergrow.customers.models import Segment
from evergrow.customers.segments import refresh as segments
from evergrow.workspaces import jobs, ticks
from evergrow.workspaces.models import Job


@jobs.register("segments.refresh")
def refresh_segments(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """Segments whose time has come, and those that look at what just arrived."""
    return _told(segments.refresh_due(job.workspace))


@jobs.register(REFRESH_ONE)
def refresh_segment(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """One segment, because somebody asked or its criteria changed."""
    chosen = Segment.objects.filter(workspace=job.workspace, pk=job.args["segment"])
    return _told(segments.refresh(job.workspace, chosen))


def _told(done: segments.Done) -> dict[str, Any]:
    for segment in done.failed:
        notices.tell_of_segment(segment)
    return {
        "refreshed": len(done.refreshed),
        "busy": len(done.busy),
        "failed": [segment.key for segment in done.failed],
        "entered": done.entered,
        "left": done.left,
    }


ticks.often("segments.refresh", timedelta(minutes=1))
