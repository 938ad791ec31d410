"""Only one refresh of a segment at a time, and what a refresh that died has left is put in order.

1. ``take`` marks the segment with a lease and the moment under which everything of this refresh will be written.
2. Moves are written under that moment, then the members, then the row is brought up to date and the mark taken off.
3. A mark whose lease ran out tells of a death: where the members were written, the rest is made good (``mend``);
   where they were not, the moves of that moment never happened and are taken away.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import numpy as np
from django.db.models import Q

from evergrow import warehouse
from evergrow.customers.models import Segment
from evergrow.customers.segments.membership import Written, stored
from evergrow.lib import clock

LEASE = timedelta(minutes=2)
Settle = Callable[[list[Written]], None]


def take(segment: Segment, settle: Settle) -> datetime | None:
    """The moment under which this refresh writes, or None while another one works on the segment.

    ``settle`` is called with what a dead refresh had written. The segment is read again from the store.
    """
    now = clock.now()
    free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    row = Segment.objects.filter(free, pk=segment.pk)
    if not row.update(claimed_until=now + LEASE):
        return None
    segment.refresh_from_db()
    if segment.pending_at is not None:
        _mend(segment, segment.pending_at, settle)
    at = _after(now, segment.as_of)
    Segment.objects.filter(pk=segment.pk).update(pending_at=at, claimed_until=now + LEASE)
    segment.pending_at = at
    return at


def still_mine(segment: Segment, at: datetime) -> bool:
    """Whether this refresh still holds the segment; the lease begins anew."""
    held = Segment.objects.filter(pk=segment.pk, pending_at=at, claimed_until__isnull=False)
    return bool(held.update(claimed_until=clock.now() + LEASE))


def let_go(segment: Segment, at: datetime, problem: str = "") -> None:
    """Give the segment up without having written anything."""
    held = Segment.objects.filter(pk=segment.pk, pending_at=at)
    failed = {"problem": problem, "failed_at": clock.now()} if problem else {}
    held.update(claimed_until=None, pending_at=None, **failed)


def _after(now: datetime, before: datetime | None) -> datetime:
    """Now in whole milliseconds, later than the last refresh however fast two follow each other."""
    at = now.replace(microsecond=now.microsecond // 1000 * 1000)
    return at if before is None or at > before else before + timedelta(milliseconds=1)


def _mend(segment: Segment, at: datetime, settle: Settle) -> None:
    row = {"workspace_id": segment.workspace_id, "segment": segment.pk, "at": at}
    version = warehouse.scalar(
        "select version from segment_versions where workspace_id = {workspace_id:UInt32}"
        " and segment = {segment:UInt32} and at = {at:DateTime64(3)}",
        **row,
    )
    if version is None:
        for table in ("segment_moves", "subject_moves"):
            warehouse.execute(
                f"delete from {table} where workspace_id = {{workspace_id:UInt32}}"  # noqa: S608 (the words stand above)
                " and segment = {segment:UInt32} and at = {at:DateTime64(3)}",
                **row,
            )
        return
    found = warehouse.rows(warehouse.statement("customers", "segment_moves_at"), **row)
    entered = np.array([subject for subject, is_in, _ in found if is_in], np.uint32)
    left = np.array([subject for subject, is_in, _ in found if not is_in], np.uint32)
    cause = found[0][2] if found else ""
    settle([Written(segment, at, int(version), stored(segment), entered, left, cause)])
