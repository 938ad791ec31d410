"""Making a bulk change, in parts, and taking it back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from evergrow.customers.bulk.kinds import KINDS, rows_of, until
from evergrow.customers.models import BulkChange, BulkRow, BulkState
from evergrow.lib import clock
from evergrow.lib.batches import batched
from evergrow.workspaces import audit, jobs
from evergrow.workspaces.access import require
from evergrow.workspaces.models import Member, Workspace

APPLY, UNDO = "customers.bulk_change", "customers.bulk_undo"
AT_ONCE, PART = 300, 500
Told = Callable[[int, int], None]


class CannotUndo(ValidationError):
    """The change was taken back before, is running, or is too old."""


class NothingChosen(ValidationError):
    """No row was selected."""


def begin(
    *,
    workspace: Workspace,
    kind: str,
    args: dict[str, Any],
    keys: Sequence[int],
    by: Member | None,
    subject: str = "account",
) -> BulkChange:
    """Change the rows with these primary keys: here when they are few, as a job when they are many.

    Raises NothingChosen, and what the kind's own action raises (then nothing was changed).
    """
    require(by, KINDS[kind].ability)  # type: ignore[arg-type]
    if not keys:
        raise NothingChosen(_("Nothing was selected."))
    with transaction.atomic():
        change = BulkChange.objects.create(
            workspace=workspace,
            kind=kind,
            subject=subject,
            args=args,
            by=by,
            at=clock.now(),
            count=len(keys),
            undo_until=until(),
        )
        rows = [BulkRow(change=change, object_id=key) for key in keys]
        BulkRow.objects.bulk_create(rows, batch_size=1000)
        facts = {"what": kind, "count": len(keys), **KINDS[kind].facts(change)}
        audit.record(workspace, "bulk.changed", change, by=by, data=facts)
        if len(keys) <= AT_ONCE:
            apply(change)
        else:
            _enqueue(change, APPLY, by)
    return change


def _enqueue(change: BulkChange, kind: str, by: Member | None, **args: Any) -> None:
    key = f"{kind} {change.pk}"
    change.job = jobs.enqueue(kind, change.workspace, by=by, args={"change": change.pk, **args}, dedupe_key=key)
    change.save(update_fields=["job"])


def apply(change: BulkChange, on_progress: Told | None = None) -> int:
    """Change what is not changed yet, part by part; how many rows were really changed. Safe to run again."""
    kind, everybody = KINDS[change.kind], rows_of(change)
    while part := list(change.rows.filter(after={}).order_by("pk")[:PART]):
        with transaction.atomic():
            keys = [row.object_id for row in part]
            kind.lock(change, keys)
            found: Any = everybody.filter(pk__in=keys, workspace_id=change.workspace_id)
            rows = list(found.select_related("workspace").order_by("pk"))
            before = kind.read(change, rows)
            kind.write(change, rows)
            after = kind.read(change, rows)
            for row in part:
                row.before, row.after = before.get(row.object_id, {}), after.get(row.object_id, {})
            same = [row.pk for row in part if row.before == row.after]
            BulkRow.objects.filter(pk__in=same).delete()
            moved = [row for row in part if row.before != row.after]
            BulkRow.objects.bulk_update(moved, ["before", "after"], batch_size=500)
            BulkChange.objects.filter(pk=change.pk).update(done=F("done") + len(moved))
        if on_progress:
            on_progress(change.count - change.rows.filter(after={}).count(), change.count)
    with transaction.atomic():
        if BulkChange.objects.filter(pk=change.pk, state=BulkState.RUNNING).update(state=BulkState.DONE):
            kind.finished(change)
    change.refresh_from_db()
    return change.done


@dataclass(frozen=True, slots=True)
class Preview:
    """What a change would do: to how many rows, how many of those differ, and the first of them with what they hold."""

    change: BulkChange
    count: int
    changing: int
    sample: list[tuple[Any, str]]
    looked_at: int


LOOKED_AT, SHOWN = 5000, 10


def preview(change: BulkChange, keys: Sequence[int]) -> Preview:
    """Look at the rows without changing them; of very many only the first ``LOOKED_AT``."""
    kind, everybody = KINDS[change.kind], rows_of(change)
    sample: list[tuple[Any, str]] = []
    changing = looked = 0
    for part in batched(keys[:LOOKED_AT], PART):
        rows: Any = list(everybody.filter(pk__in=part, workspace_id=change.workspace_id).order_by("pk"))
        before = kind.read(change, rows)
        differing = [row for row in rows if kind.differs(change, dict(before[row.pk]))]
        sample += [(row, kind.words(change, dict(before[row.pk]))) for row in differing[: SHOWN - len(sample)]]
        changing, looked = changing + len(differing), looked + len(rows)
    return Preview(change, len(keys), changing, sample, looked)


def conflicts(change: BulkChange) -> list[tuple[models.Model, BulkRow, dict[str, Any]]]:
    """The rows that were changed again since: the row, what we kept of it, and what it holds now."""
    kind, everybody = KINDS[change.kind], rows_of(change)
    found = []
    for part in batched(change.rows.filter(is_undone=False).order_by("pk").iterator(chunk_size=PART), PART):
        rows: dict[int, Any] = everybody.in_bulk([row.object_id for row in part])
        now = kind.read(change, list(rows.values()))
        found += [
            (rows[row.object_id], row, dict(now[row.object_id]))
            for row in part
            if row.object_id in rows and now.get(row.object_id) != row.after
        ]
    return found


def start_undo(*, change: BulkChange, by: Member | None, force: bool = False) -> BulkChange:
    """Take a change back; rows that were changed again since are passed over, or put back as well with ``force``.

    What holds afterwards what it held before counts as restored, the rest as passed over. Raises CannotUndo.
    """
    require(by, KINDS[change.kind].ability)  # type: ignore[arg-type]
    with transaction.atomic():
        mine = BulkChange.objects.filter(pk=change.pk, state=BulkState.DONE, undo_until__gt=clock.now())
        if not mine.update(state=BulkState.UNDOING, undone_by=by):
            raise CannotUndo(_("This change cannot be taken back: it was, it is running, or seven days are over."))
        change.refresh_from_db()
        audit.record(change.workspace, "bulk.undone", change, by=by, data={"what": change.kind, "forced": force})
        if change.count <= AT_ONCE:
            undo(change, force=force)
        else:
            _enqueue(change, UNDO, by, force=force)
    return change


def undo(change: BulkChange, *, force: bool = False, on_progress: Told | None = None) -> dict[str, Any]:
    """Put back, part by part. Safe to run again."""
    if change.state != BulkState.UNDOING:
        return {"restored": change.restored, "skipped": change.skipped}
    kind, everybody = KINDS[change.kind], rows_of(change)
    last, total = 0, change.rows.filter(is_undone=False).count()
    while part := list(change.rows.filter(is_undone=False, pk__gt=last).order_by("pk")[:PART]):
        last = part[-1].pk
        with transaction.atomic():
            kind.lock(change, [row.object_id for row in part])
            rows: dict[int, Any] = everybody.in_bulk([row.object_id for row in part])
            now = kind.read(change, list(rows.values()))
            able = [r for r in part if r.object_id in rows and (force or now.get(r.object_id) == r.after)]
            BulkRow.objects.filter(pk__in=_put_back(change, able)).update(is_undone=True)
        if on_progress:
            on_progress(total - change.rows.filter(is_undone=False, pk__gt=last).count(), total)
    restored = change.rows.filter(is_undone=True).count()
    skipped = change.rows.filter(is_undone=False).count()
    fields = {"state": BulkState.UNDONE, "undone_at": clock.now(), "restored": restored, "skipped": skipped}
    with transaction.atomic():
        if BulkChange.objects.filter(pk=change.pk, state=BulkState.UNDOING).update(**fields):
            kind.taken_back(change)
    change.refresh_from_db()
    return {"restored": restored, "skipped": skipped}


def _put_back(change: BulkChange, kept: Sequence[BulkRow]) -> list[int]:
    """Put rows back; the keys of those that hold again what they held. A task that was settled meanwhile, for example,
    stays as it is, whoever insists."""
    if not kept:
        return []
    kind = KINDS[change.kind]
    kind.put_back(change, {row.object_id: row.before for row in kept})
    now = kind.read(change, list(rows_of(change).filter(pk__in=[row.object_id for row in kept])))
    return [row.pk for row in kept if now.get(row.object_id) == row.before]
