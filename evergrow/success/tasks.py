"""Jobs of this room: what is due by itself shortly after midnight, and the signals once health is computed."""

from datetime import time
from typing import Any

from evergrow.success.actions.daily import wake
from evergrow.success.actions.raising import raise_signals
from evergrow.workspaces import jobs, ticks
from evergrow.workspaces.models import Job

WAKE = "success.wake"
SIGNALS = "success.signals"


@jobs.register(WAKE)
def wake_up(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """End waits, bring back snoozed signals, follow renewal dates."""
    return dict(wake(workspace=job.workspace))


@jobs.register(SIGNALS)
def signals(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """Look at every customer."""
    return dict(raise_signals(job.workspace, by=job.created_by))


ticks.daily(WAKE, time(0, 5))
ticks.daily(SIGNALS, time(2, 30))
