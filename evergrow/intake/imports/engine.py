"""The run of an import.

1. The rows below the head are read in chunks; those before the checkpoint are skipped.
2. A chunk is parsed and checked; rows with problems go to the file of bad rows.
3. The good rows and the checkpoint are written in one transaction. A run that is killed goes on at the next chunk;
   events, which live in another store, are known there by the chunk's name and are not counted twice.
4. After the last chunk the kind finishes: accounts learn their status from new subscriptions, and so on.
"""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _

from evergrow.intake import files
from evergrow.intake.files import UnusableFile
from evergrow.intake.imports import rejected
from evergrow.intake.imports.parsing import Parser
from evergrow.intake.imports.planner import note_growth
from evergrow.intake.imports.seen import refresh_seen
from evergrow.intake.kinds import KINDS
from evergrow.intake.kinds.kind import Chunk, Kind, Tally
from evergrow.intake.models import Import, ImportState
from evergrow.lib import clock
from evergrow.lib.batches import batched
from evergrow.workspaces import audit, jobs
from evergrow.workspaces.access import require
from evergrow.workspaces.models import Member

OnProgress = Callable[[int, int], None]
Rows = Callable[[Import], Iterator[list[str]]]


class AlreadyRunning(Exception):
    """Another worker runs this import."""


class Stopped(Exception):
    """Somebody cancelled the import while a chunk was written; the chunk is rolled back."""


class NotRunning(ValueError):
    """The import is not waiting or running."""

    def __init__(self) -> None:
        super().__init__(_("This import is not running any more."))


def start(*, source: Import, by: Member | None) -> Import:
    """Put a ready import in the queue; it may be left and found again."""
    require(by, "manage")
    source.job = jobs.enqueue(
        "intake.import", source.workspace, by=by, args={"import": source.pk}, dedupe_key=f"import {source.pk}"
    )
    source.save(update_fields=["job"])
    audit.record(source.workspace, "import.started", source, by=by, data={"kind": source.kind})
    return source


def cancel(*, source: Import, by: Member | None) -> Import:
    """Stop an import; the rows written so far stay and can be undone. Raises NotRunning."""
    require(by, "manage")
    open_states = [ImportState.READY, ImportState.RUNNING]
    if not _move(source, open_states, ImportState.CANCELLED, finished_at=clock.now()):
        raise NotRunning
    if source.job:
        jobs.cancel(job=source.job)
    KINDS[source.kind].finish(source)
    audit.record(source.workspace, "import.cancelled", source, by=by, data={"rows": source.rows_done})
    return source


def resume(*, source: Import, by: Member | None) -> Import:
    """Let an import that was cancelled or stopped by an error go on at its checkpoint. Raises NotRunning."""
    require(by, "manage")
    stopped = [ImportState.CANCELLED, ImportState.FAILED]
    if not _move(source, stopped, ImportState.READY, finished_at=None, error={}):
        raise NotRunning
    return start(source=source, by=by)


def read_file(source: Import) -> Iterator[list[str]]:
    return files.read(source.path, files.Layout(**source.layout))


def run(source: Import, on_progress: OnProgress | None = None, rows: Rows = read_file) -> Import:
    """Run an import from its checkpoint to its end, in this process.

    ``on_progress(done, total)`` is told the number of rows after each chunk; what it raises stops the run between two
    chunks. ``rows`` gives the rows below the head. An unusable file ends in the state *failed*; any other error is
    raised, and the run can go on later.
    """
    running = [ImportState.READY, ImportState.RUNNING]
    if not _move(source, running, ImportState.RUNNING, started_at=source.started_at or clock.now()):
        return source
    kind = KINDS[source.kind]
    try:
        _run_chunks(source, kind, rows, on_progress)
    except Stopped:
        source.refresh_from_db()
    except UnusableFile as error:
        _move(source, running, ImportState.FAILED, error=error.as_json(), finished_at=clock.now())
    note_growth(source.created + source.updated)
    kind.finish(source)
    if source.kind == "events":
        refresh_seen(source)
    if _move(source, running, ImportState.DONE, finished_at=clock.now(), rows_total=source.rows_done):
        counts = {name: getattr(source, name) for name in ("created", "updated", "unchanged", "bad")}
        audit.record(source.workspace, "import.done", source, by=source.created_by, data=counts)
    return source


def give_up(source: Import, error: Exception) -> None:
    """Note that a run stopped by an error nobody foresaw and is not tried again by itself; it can be resumed."""
    told = {"zh": "", "en": ""}
    for key, language in (("zh", "zh-hans"), ("en", "en")):
        with translation.override(language):
            told[key] = _(
                "An unexpected error stopped it: %(error)s. The log has the cause; resume it when that is mended."
            ) % {"error": error}
    _move(source, [ImportState.READY, ImportState.RUNNING], ImportState.FAILED, error=told, finished_at=clock.now())


def _run_chunks(source: Import, kind: Kind, rows: Rows, on_progress: OnProgress | None) -> None:
    parser = Parser(source, kind)
    seen: dict[str, int] = {}
    numbered = enumerate(rows(source), 2)
    for part in batched(islice(numbered, source.rows_done), kind.rows_per_chunk):
        if kind.id_fields:
            parser.refuse_repeats(parser.chunk(0, [row for row in part if any(row[1])]), seen)
    for part in batched(numbered, kind.rows_per_chunk):
        filled = [row for row in part if any(row[1])]
        write_chunk(source, kind, parser, filled, len(part), seen)
        if on_progress:
            on_progress(source.rows_done, max(source.rows_total, source.rows_done))


def write_chunk(
    source: Import, kind: Kind, parser: Parser, rows: list[tuple[int, list[str]]], read: int, seen: dict[str, int]
) -> None:
    """Write one chunk and move the checkpoint past it. Raises Stopped, AlreadyRunning."""
    chunk = parser.chunk(source.chunks_done, rows)
    if rows:
        parser.refuse_repeats(chunk, seen)
        kind.check(chunk)
    good = chunk.good()
    for attempt in (1, 2):
        try:
            if len(good):
                with transaction.atomic():
                    kind.prepare(good)
            with transaction.atomic():
                tally = kind.write(good) if len(good) else Tally()
                _move_checkpoint(source, chunk, tally, read)
            return
        except IntegrityError:
            # Somebody else brought a row of this chunk between our look and our write: look again, once.
            if attempt == 2:
                raise


def _move_checkpoint(source: Import, chunk: Chunk, tally: Tally, read: int) -> None:
    size = rejected.append(source, chunk)
    moved = Import.objects.filter(pk=source.pk, chunks_done=source.chunks_done, state=ImportState.RUNNING).update(
        chunks_done=F("chunks_done") + 1,
        rows_done=F("rows_done") + read,
        created=F("created") + tally.created,
        updated=F("updated") + tally.updated,
        unchanged=F("unchanged") + tally.unchanged,
        bad=F("bad") + len(chunk.problems),
        rejected_bytes=size,
    )
    if not moved:
        now = Import.objects.get(pk=source.pk)
        raise AlreadyRunning if now.state == ImportState.RUNNING else Stopped
    source.refresh_from_db(fields=_COUNTS)


_COUNTS = ["chunks_done", "rows_done", "created", "updated", "unchanged", "bad", "rejected_bytes"]


def _move(source: Import, before: list[ImportState], after: ImportState, **facts: Any) -> bool:
    """Guarded change of state: True for the one caller who made it."""
    moved = Import.objects.filter(pk=source.pk, state__in=before).update(state=after, **facts)
    source.refresh_from_db()
    return bool(moved)
