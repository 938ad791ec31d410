"""Jobs of imports, and of what is stored."""

from datetime import time, timedelta
from typing import Any

from django.conf import settings

from evergrow.customers.models import Kept, RetentionRule
from evergrow.customers.privacy.retaining import RETENTION
from evergrow.intake.imports import engine, undo
from evergrow.intake.models import Import, Reject
from evergrow.intake.personal import retention
from evergrow.intake.pipeline import tally
from evergrow.intake.rejects import actions as rejects
from evergrow.intake.rezone import rezone
from evergrow.lib import clock
from evergrow.workspaces import jobs, ticks
from evergrow.workspaces.actions.workspaces import on_zone_change
from evergrow.workspaces.jobs import Progress
from evergrow.workspaces.models import Job, Member, Workspace

LATE_BATCHES = timedelta(minutes=15)
FORGET_AT_ONCE = 500


@jobs.register("intake.import")
def run_import(job: Job, progress: Progress) -> dict[str, Any]:
    """Run an import from its checkpoint."""
    source = Import.objects.get(pk=job.args["import"], workspace=job.workspace)
    try:
        engine.run(source, progress)
    except (jobs.Cancelled, jobs.Interrupted):
        raise
    except Exception as error:
        if job.attempts >= jobs.MAX_ATTEMPTS:
            engine.give_up(source, error)
        raise
    return {name: getattr(source, name) for name in ("created", "updated", "unchanged", "bad")}


@jobs.register("intake.undo")
def undo_import(job: Job, progress: Progress) -> dict[str, Any]:
    """Take an import back."""
    return undo.run(Import.objects.get(pk=job.args["import"], workspace=job.workspace), progress).as_json()


@jobs.register(rejects.KIND)
def settle_rejects(job: Job, progress: Progress) -> dict[str, Any]:
    """Send many refused messages again, or discard them."""
    return rejects.run(job, progress)


@jobs.register("intake.forget_rejects")
def forget_rejects(job: Job, progress: Progress) -> dict[str, Any]:
    """Delete refused messages that are older than they are kept."""
    rule = RetentionRule.objects.filter(workspace=job.workspace, about=Kept.REJECTS).first()
    until = clock.now() - timedelta(days=rule.days if rule else settings.REJECT_DAYS)
    old = Reject.objects.filter(workspace=job.workspace, received_at__lt=until)
    gone = 0
    while piece := list(old.values_list("pk", flat=True)[:FORGET_AT_ONCE]):
        Reject.objects.filter(pk__in=piece).delete()
        gone += len(piece)
        progress(gone)
    if rule:
        RetentionRule.objects.filter(pk=rule.pk).update(last_run_at=clock.now(), last_count=gone)
    return {"deleted": gone}


@jobs.register(RETENTION)
def forget_events(job: Job, progress: Progress) -> dict[str, Any]:
    """Take away the events that are older than their rule keeps them."""
    return dict(retention.run(Workspace.objects.get(pk=job.workspace_id), progress))


@jobs.register("intake.rezone")
def move_to_zone(job: Job, progress: Progress) -> dict[str, Any]:
    """Give every event its day in the zone that the workspace has now."""
    return {"moved": rezone(Workspace.objects.get(pk=job.workspace_id))}


@jobs.register("intake.forget_counts")
def forget_counts(job: Job, progress: Progress) -> dict[str, Any]:
    """Take away the pipeline's counts that are older than they are kept."""
    tally.forget(Workspace.objects.get(pk=job.workspace_id))
    return {}


ticks.daily("intake.forget_counts", time(1, 20))


@on_zone_change
def follow_zone(workspace: Workspace, by: Member | None) -> None:
    """Now, and once more for batches that were on their way with the zone of before."""
    for when, delay in (("now", timedelta()), ("late", LATE_BATCHES)):
        key = f"{when} {workspace.zone}"
        jobs.enqueue("intake.rezone", workspace, by=by, dedupe_key=key, run_at=clock.now() + delay)


ticks.daily("intake.forget_rejects", time(3, 40))
ticks.daily(RETENTION, time(2, 40))
