"""The daily work of this room."""

from datetime import time, timedelta
from typing import Any

from evergrow.customers.actions.commerce import refresh_commerce
from evergrow.customers.bulk import running, trash
from evergrow.customers.criteria import mirror, providers
from evergrow.customers.models import (
    BulkChange,
    Kept,
    PrivacyRequest,
    RetentionRule,
)
from evergrow.customers.privacy import erasing
from evergrow.lib import clock
from evergrow.workspaces import jobs, ticks
from evergrow.workspaces.models import AuditEntry, Job


@jobs.register("customers.refresh_commerce")
def refresh(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """A new day: trials end, subscriptions begin and end."""
    return {"accounts": refresh_commerce(job.workspace)}


ticks.daily("customers.refresh_commerce", time(0, 5))


@jobs.register("customers.refresh_mirror")
def refresh_mirror(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """Bring the traits in the event store up to date, so that the next question finds little to do."""
    return {"read": mirror.refresh(job.workspace)}


@jobs.register("customers.read_all_traits")
def read_all_traits(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """Read every person and account again, for what a restored backup or a crash may have left out."""
    mirror.note_all(job.workspace)
    for provider in providers.providers():
        mirror.write_provided(job.workspace, provider.key)
    return {"read": mirror.refresh(job.workspace)}


ticks.often("customers.refresh_mirror", timedelta(minutes=5))
ticks.daily("customers.read_all_traits", time(3, 40))


@jobs.register(erasing.ERASE)
def erase_person(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """Erase the person of a request everywhere."""
    return erasing.run(PrivacyRequest.objects.get(pk=job.args["request"], workspace=job.workspace), progress)


@jobs.register(erasing.SWEEP)
def sweep_erased(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """Look once more for what was on its way while somebody was erased."""
    request = PrivacyRequest.objects.get(pk=job.args["request"], workspace=job.workspace)
    return {"came_back": erasing.sweep(request)}


@jobs.register(running.APPLY)
def apply_bulk_change(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """Change many accounts or people."""
    change = BulkChange.objects.get(pk=job.args["change"], workspace=job.workspace)
    return {"done": running.apply(change, progress)}


@jobs.register(running.UNDO)
def undo_bulk_change(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """Put back what a bulk change changed."""
    change = BulkChange.objects.get(pk=job.args["change"], workspace=job.workspace)
    return running.undo(change, force=bool(job.args.get("force")), on_progress=progress)


@jobs.register("customers.empty_trash")
def empty_trash(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """Erase what was deleted long enough ago."""
    return trash.empty(job.workspace, progress)


@jobs.register("customers.forget_audit_details")
def forget_audit_details(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """Take the recorded values out of old entries of the audit trail; who did what when stays."""
    rule = RetentionRule.objects.filter(workspace=job.workspace, about=Kept.AUDIT).first()
    if rule is None:
        return {"cleared": 0}
    old = AuditEntry.objects.filter(workspace=job.workspace, at__lt=clock.now() - timedelta(days=rule.days))
    cleared = old.exclude(data={}).update(data={})
    RetentionRule.objects.filter(pk=rule.pk).update(last_run_at=clock.now(), last_count=cleared)
    return {"cleared": cleared}


ticks.daily("customers.empty_trash", time(2, 20))
ticks.daily("customers.forget_audit_details", time(3, 50))
