"""Erasing one person everywhere.

1. The hashes of their ids are written down, so that what is still on its way is refused from now on.
2. Holders outside the relational store (events, files) are cleared; each may run again after a crash.
3. Holders within it are cleared in one transaction, the person's row last, together with the receipt.
4. A while later a sweep looks once more for what was on its way while this ran.

The subject stands on the request until then, so that a broken run goes on; the receipt names nobody.
"""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import connection, transaction

from evergrow.customers.models import ErasedId, Identifier, Person, PrivacyRequest, RequestState
from evergrow.customers.privacy import registry
from evergrow.customers.privacy.digests import digest, erased_among
from evergrow.customers.privacy.requests import ERASE
from evergrow.customers.privacy.subject import Subject, read, subject_of
from evergrow.lib import clock
from evergrow.lib.batches import batched
from evergrow.workspaces import audit, jobs
from evergrow.workspaces.models import Workspace

SWEEP = "customers.sweep_erased"
SWEEP_AFTER = timedelta(minutes=20)
Told = Callable[[int, int], None]


def run(request: PrivacyRequest, on_progress: Told | None = None) -> dict[str, Any]:
    """Erase the person of a running request, and give the receipt. Safe to run again at any point."""
    if request.state != RequestState.RUNNING:
        return dict(request.receipt)
    subject = read(request.subject["people"])
    block(request, subject)
    counts = request.subject.setdefault("counts", {})
    steps = registry.holders()
    outside = [holder for holder in steps if holder.position < registry.IN_TRANSACTION]
    inside = [holder for holder in steps if holder.position >= registry.IN_TRANSACTION]
    for number, holder in enumerate(outside):
        # Counted before it goes and written down at once: a run that goes on later finds less.
        if holder.key not in counts:
            counts[holder.key] = holder.count(subject)
            PrivacyRequest.objects.filter(pk=request.pk).update(subject=request.subject)
        holder.erase(subject)
        if on_progress:
            on_progress(number + 1, len(steps))
    overwrite_deleted()
    with transaction.atomic():
        for holder in inside:
            counts[holder.key] = holder.erase(subject)
        receipt = _finish(request, counts)
    forget_traces()
    return receipt


def block(request: PrivacyRequest, subject: Subject) -> None:
    """Refuse these ids from now on."""
    rows = [
        ErasedId(workspace_id=subject.workspace_id, digest=digest(subject.workspace_id, each), request=request)
        for each in subject.ids
    ]
    ErasedId.objects.bulk_create(rows, ignore_conflicts=True)


def _finish(request: PrivacyRequest, counts: dict[str, int]) -> dict[str, Any]:
    """Write the receipt, empty the subject, and put the sweep in the queue."""
    receipt = {
        "request": request.pk,
        "kind": request.kind,
        "law": request.law,
        "received_on": request.received_on.isoformat(),
        "done_at": clock.now().isoformat(timespec="seconds"),
        "by": str(request.ended_by) if request.ended_by else "Evergrow",
        "verified_by": str(request.verified_by) if request.verified_by else "",
        "approved_by": str(request.approved_by) if request.approved_by else "",
        "counts": {key: count for key, count in sorted(counts.items()) if count},
        "ids_refused": request.erased_ids.count(),
    }
    fields = {
        "state": RequestState.DONE,
        "ended_at": clock.now(),
        "subject": {},
        "person": None,
        "how": "",
        "verified_how": "",
        "receipt": receipt,
        "receipt_hash": seal(receipt),
    }
    PrivacyRequest.objects.filter(pk=request.pk, state=RequestState.RUNNING).update(**fields)
    request.refresh_from_db()
    audit.record(request.workspace, "privacy.erased", request, by=request.ended_by, data={"receipt": seal(receipt)})
    jobs.enqueue(
        SWEEP,
        request.workspace,
        args={"request": request.pk},
        dedupe_key=f"sweep {request.pk}",
        run_at=clock.now() + SWEEP_AFTER,
    )
    return receipt


def seal(receipt: dict[str, Any]) -> str:
    """SHA-256 of the receipt as canonical JSON (keys in order, no spaces, UTF-8)."""
    text = json.dumps(receipt, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def overwrite_deleted() -> None:
    """Let SQLite write zeroes over what is deleted on this connection (PostgreSQL's vacuum does its part by itself)."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        connection.cursor().execute("PRAGMA secure_delete = ON")


def forget_traces() -> None:
    """Bring SQLite's write-ahead log, which still holds the rows of before, into the file and cut it off."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def sweep(request: PrivacyRequest) -> int:
    """Erase again what came in with the erased ids while the erasure ran; how many people had come back."""
    workspace: Workspace = request.workspace
    back = _came_back(request)
    for person in Person.objects.filter(pk__in=back):
        _erase_quietly(subject_of(person))
    # Events that were inserted under the old numbers after these had been cleared.
    _erase_events(Subject(workspace.pk, [], [int(number) for number in request.numbers], []))
    return len(back)


def _came_back(request: PrivacyRequest) -> list[int]:
    """The people who got one of the erased ids since the erasure began."""
    since = (request.verified_at or request.requested_at) - timedelta(hours=1)
    rows = Identifier.objects.filter(workspace=request.workspace, created_at__gte=since)
    found: set[int] = set()
    for part in batched(rows.values_list("value", "person"), 2000):
        gone = erased_among(request.workspace_id, [value for value, _person in part])
        found.update(person for value, person in part if value in gone)
    return sorted(found)


def _erase_quietly(subject: Subject) -> None:
    _erase_events(subject)
    with transaction.atomic():
        for holder in registry.holders():
            if holder.position >= registry.IN_TRANSACTION:
                holder.erase(subject)


def _erase_events(subject: Subject) -> None:
    for holder in registry.holders():
        if holder.position < registry.IN_TRANSACTION:
            holder.erase(subject)


def erase_person(person: Person) -> None:
    """Erase somebody whose deletion waited in the trash long enough; their ids are not refused later."""
    subject = subject_of(person)
    overwrite_deleted()
    _erase_quietly(subject)
    forget_traces()


@transaction.atomic
def release(*, workspace: Workspace, value: str, by: Any) -> bool:
    """Take in messages with an erased id again, since its person came back by their own will; whether it was one."""
    found = ErasedId.objects.filter(workspace=workspace, digest=digest(workspace.pk, value)).delete()[0]
    if found:
        audit.record(workspace, "privacy.released", workspace, by=by)
    return bool(found)


__all__ = ["ERASE", "SWEEP", "erase_person", "release", "run", "seal", "sweep"]
