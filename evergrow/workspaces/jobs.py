"""Jobs: rooms register what they can do, actions put work in the queue, a worker runs what is due.

1. ``register("intake.import")`` names a function ``(job: Job, progress: Progress) -> dict`` in a room's ``tasks.py``.
2. ``enqueue`` writes a row; the same dedupe key twice while one is open gives the first row back.
3. ``run_next`` claims one due row by a guarded update, with a lease; a dead worker's job is claimed again.
   Handlers must therefore be safe to run twice.
"""

import logging
import threading
import traceback
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, connection, models, transaction

from evergrow.lib import clock
from evergrow.workspaces.models import Job, JobState, Member, Workspace

log = logging.getLogger(__name__)
LEASE = timedelta(minutes=2)
MAX_ATTEMPTS = 5
stopping = threading.Event()


class Progress:
    """Tells the job's row how far it is, and keeps its lease alive. Raises ``Cancelled`` once someone stops the job."""

    def __init__(self, job: Job) -> None:
        self.job = job

    def __call__(self, done: int, total: int | None = None) -> None:
        if stopping.is_set():
            raise Interrupted
        fields: dict[str, Any] = {"done_units": done, "lease_until": clock.now() + LEASE}
        if total is not None:
            fields["total_units"] = total
        if not Job.objects.filter(pk=self.job.pk, state=JobState.RUNNING).update(**fields):
            raise Cancelled


class Cancelled(Exception):
    """The job was stopped by a person."""


class Interrupted(Exception):
    """The process is ending; the job goes back into the queue."""


Handler = Callable[[Job, Progress], dict[str, Any]]
_handlers: dict[str, Handler] = {}


def register(kind: str) -> Callable[[Handler], Handler]:
    """Name the function that runs jobs of this kind."""

    def keep(handler: Handler) -> Handler:
        _handlers[kind] = handler
        return handler

    return keep


FollowUp = Callable[[Job], None]
_followers: dict[str, list[FollowUp]] = {}


def follow(*kinds: str) -> Callable[[FollowUp], FollowUp]:
    """Name a function that runs after a job of these kinds went well; like handlers it may run twice."""

    def keep(follow_up: FollowUp) -> FollowUp:
        for kind in kinds:
            _followers.setdefault(kind, []).append(follow_up)
        return follow_up

    return keep


_mourners: dict[str, list[FollowUp]] = {}


def on_failure(*kinds: str) -> Callable[[FollowUp], FollowUp]:
    """Name a function that hears once a job of these kinds failed for good."""

    def keep(hear: FollowUp) -> FollowUp:
        for kind in kinds:
            _mourners.setdefault(kind, []).append(hear)
        return hear

    return keep


def _mourn(job: Job) -> None:
    job.refresh_from_db()
    for hear in _mourners.get(job.kind, []):
        hear(job)


def enqueue(
    kind: str,
    workspace: Workspace,
    *,
    by: Member | None = None,
    args: dict[str, Any] | None = None,
    dedupe_key: str = "",
    run_at: datetime | None = None,
) -> Job:
    """Put a job in the queue; with a dedupe key, the open job of that key where there is one already."""
    if kind not in _handlers:
        raise LookupError(f"No room registered the job kind {kind!r}.")
    fields = {"kind": kind, "workspace": workspace, "dedupe_key": dedupe_key}
    try:
        with transaction.atomic():
            return Job.objects.create(**fields, created_by=by, args=args or {}, run_at=run_at or clock.now())
    except IntegrityError:
        return Job.objects.get(**fields, state__in=[JobState.QUEUED, JobState.RUNNING])


def claim(only: models.Q | None = None) -> Job | None:
    """Take one due job: queued, or running with a lease that ran out. Nobody else gets the same one."""
    now = clock.now()
    due = models.Q(state=JobState.QUEUED, run_at__lte=now) | models.Q(state=JobState.RUNNING, lease_until__lt=now)
    waiting = Job.objects.filter(due & (only or models.Q())).order_by("run_at", "pk")
    if not waiting.exists():
        return None
    with transaction.atomic():
        if connection.features.has_select_for_update_skip_locked:
            waiting = waiting.select_for_update(skip_locked=True)
        job = waiting.first()
        if job is None:
            return None
        took = Job.objects.filter(pk=job.pk, state=job.state, attempts=job.attempts).update(
            state=JobState.RUNNING,
            attempts=job.attempts + 1,
            lease_until=now + LEASE,
            started_at=now,
            error="",
        )
    if not took:
        return None
    job.refresh_from_db()
    if job.attempts > MAX_ATTEMPTS:
        Job.objects.filter(pk=job.pk, state=JobState.RUNNING).update(
            state=JobState.FAILED, finished_at=now, error=f"The process ended {MAX_ATTEMPTS} times while this ran."
        )
        _mourn(job)
        return None
    return job


def run(job: Job) -> None:
    """Run a claimed job and write down how it ended: done, failed for good, or queued again with a growing delay."""
    try:
        result = _handlers[job.kind](job, Progress(job))
        for follow_up in _followers.get(job.kind, []):
            follow_up(job)
    except Cancelled:
        return
    except Interrupted:
        Job.objects.filter(pk=job.pk).update(attempts=models.F("attempts") - 1)
        requeue(models.Q(pk=job.pk))
        return
    except Exception as error:
        log.exception("The job %s %s failed.", job.kind, job.pk)
        last = job.attempts >= MAX_ATTEMPTS or getattr(error, "is_final", False)
        Job.objects.filter(pk=job.pk, state=JobState.RUNNING).update(
            state=JobState.FAILED if last else JobState.QUEUED,
            run_at=clock.now() + timedelta(seconds=10 * 3**job.attempts),
            finished_at=clock.now() if last else None,
            error="".join(traceback.format_exception_only(error))[:4000],
        )
        if last:
            _mourn(job)
        return
    Job.objects.filter(pk=job.pk, state=JobState.RUNNING).update(
        state=JobState.DONE, finished_at=clock.now(), result=result, lease_until=None
    )


def requeue(which: models.Q) -> int:
    """Put running jobs back into the queue; how many."""
    return Job.objects.filter(which, state=JobState.RUNNING).update(state=JobState.QUEUED, lease_until=None)


def run_next(only: models.Q | None = None) -> bool:
    """Claim and run one due job; whether there was one."""
    job = claim(only)
    if job is None:
        return False
    run(job)
    return True


def cancel(*, job: Job) -> bool:
    """Stop an open job; its handler notices at its next progress report."""
    open_states = [JobState.QUEUED, JobState.RUNNING]
    return bool(
        Job.objects.filter(pk=job.pk, state__in=open_states).update(state=JobState.CANCELLED, finished_at=clock.now())
    )
