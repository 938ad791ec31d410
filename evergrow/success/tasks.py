"""Jobs of this room: what is due by itself, every minute and shortly after midnight, and the signals after health."""

from collections import Counter
from datetime import time, timedelta
from typing import Any

from evergrow.customers import access
from evergrow.success.actions.daily import wake
from evergrow.success.actions.raising import raise_signals, raise_source_signals
from evergrow.success.actions.runs import start_many as start_runs
from evergrow.success.day import morning
from evergrow.success.engine.going import STEPS
from evergrow.success.engine.sweep import sweep
from evergrow.success.models import Playbook
from evergrow.success.signals import waiting, watching
from evergrow.success.standing_in import acts as standing_in
from evergrow.workspaces import jobs, ticks
from evergrow.workspaces.models import Job

WAKE = "success.wake"
SIGNALS = "success.signals"
SOURCES = "success.sources"
START_MANY = "success.start_many"
STAND_IN = "success.stand_in"
MORNING = "success.morning"
SOURCES_EVERY = timedelta(minutes=10)
CHUNK = 25
STEPS_EVERY = timedelta(minutes=1)


@jobs.register(WAKE)
def wake_up(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """Bring back snoozed signals, let untouched ones climb, archive old ones, and do what is due in runs."""
    return dict(wake(workspace=job.workspace))


@jobs.register(STEPS)
def steps(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """Take on every run whose moment has come, and send what goes out."""
    return dict(sweep(job.workspace, lambda: progress(0)))


@jobs.register(SIGNALS)
def signals(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """Look at every customer, and bring back the signals whose condition holds now."""
    workspace = job.workspace
    watching.remember(workspace)
    counts = raise_signals(workspace, by=job.created_by, beat=lambda: progress(0))
    counts["returned"] = waiting.return_met(workspace)
    return dict(counts)


@jobs.register(SOURCES)
def sources(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """Look at every source of events."""
    return dict(raise_source_signals(job.workspace))


@jobs.register(START_MANY)
def start_many(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """Start a playbook for many accounts, as far as whoever asked may see them; one that runs already stays."""
    if job.created_by is None:
        return {}
    playbook = Playbook.objects.get(workspace=job.workspace, pk=job.args["playbook"])
    rows = access.accounts(job.created_by).filter(pk__in=job.args["accounts"]).select_related("workspace")
    accounts, counts = list(rows.order_by("pk")), Counter[str]()
    for start in range(0, len(accounts), CHUNK):
        progress(start, len(accounts))
        chunk = accounts[start : start + CHUNK]
        counts += start_runs(accounts=chunk, playbook=playbook, by=job.created_by)
    progress(len(accounts), len(accounts))
    return dict(counts)


@jobs.register(STAND_IN)
def stand_in(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """Give what became ready for members who are away to whoever stands in."""
    return {"moved": standing_in.sweep(job.workspace)}


@jobs.register(MORNING)
def good_morning(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """Tell everybody what their day holds."""
    return {"told": morning.tell_all(job.workspace)}


ticks.often(STAND_IN, timedelta(minutes=5))
ticks.daily(WAKE, time(0, 5))
ticks.daily(SIGNALS, time(2, 30))
ticks.daily(MORNING, morning.AT)
ticks.often(SOURCES, SOURCES_EVERY)
ticks.often(STEPS, STEPS_EVERY)
