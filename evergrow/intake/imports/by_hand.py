"""Imports without a page: for the command line and for the sample."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from evergrow.intake.imports import drafts, engine
from evergrow.intake.models import Import
from evergrow.workspaces.models import Member, Workspace


def import_file(
    workspace: Workspace,
    path: Path,
    kind: str = "",
    mapping: dict[str, Any] | None = None,
    on_progress: engine.OnProgress | None = None,
    by: Member | None = None,
) -> Import:
    """Import a file in this process, and wait for it.

    ``kind`` is one of ``intake.kinds.KINDS`` or guessed; ``mapping`` is ``{"columns": {column: field}, "date_order":
    "ymd" | "dmy" | "mdy"}`` or guessed. ``on_progress(done, total)`` counts rows. The result has the counts and the
    path of the bad rows. Raises UnusableFile, MappingIncomplete.
    """
    source = drafts.receive(workspace=workspace, file_name=path.name, pieces=pieces(path), by=by, kind=kind)
    try:
        if mapping is not None:
            drafts.set_mapping(source=source, wanted=mapping, by=by)
        drafts.make_ready(source=source, by=by)
    except ValueError:
        drafts.discard(source=source, by=None)
        raise
    return engine.run(source, on_progress)


def pieces(path: Path) -> Iterator[bytes]:
    """A file's bytes, a MiB at a time."""
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            yield piece
