"""Taking files over: all or nothing, and first a look at what would change."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from typing import Literal

from django.db import transaction

from evergrow.workspaces import audit
from evergrow.workspaces.access import require
from evergrow.workspaces.configuration.compare import Difference, differences
from evergrow.workspaces.configuration.folder import BadFiles, Fault, File
from evergrow.workspaces.configuration.registry import BadObject, Data, Which
from evergrow.workspaces.configuration.text import line_of
from evergrow.workspaces.models import Member, Workspace


@dataclass(frozen=True, slots=True)
class Change:
    """What a file does to its object; ``same`` when it is as the file says already."""

    file: File
    how: Literal["new", "changed", "same"]
    differences: list[Difference] = field(default_factory=list)


class _Rehearsed(Exception):
    """Ends a rehearsal, so that nothing of it stays."""


def plan(
    workspace: Workspace, files: Sequence[File], *, by: Member | None = None, publish: bool = False
) -> list[Change]:
    """What ``apply`` would change, found by doing it and taking it back. Raises BadFiles."""
    done: list[Change] = []
    try:
        with transaction.atomic():
            done = _take(workspace, files, by, publish)
            raise _Rehearsed
    except _Rehearsed:
        return done


def apply(*, workspace: Workspace, files: Sequence[File], by: Member | None, publish: bool = False) -> list[Change]:
    """Take files over: as drafts, or published with ``publish``. Nothing is removed; what is the same stays untouched.

    Raises BadFiles with everything that is wrong; then nothing was changed.
    """
    require(by, "manage")
    with transaction.atomic():
        done = _take(workspace, files, by, publish)
        counts = {how: sum(change.how == how for change in done) for how in ("new", "changed", "same")}
        if counts["new"] or counts["changed"]:
            audit.record(workspace, "configuration.applied", workspace, by=by, data=counts)
    return done


def _take(workspace: Workspace, files: Sequence[File], by: Member | None, publish: bool) -> list[Change]:
    ordered = sorted(files, key=lambda file: (file.kind.order, file.kind.folder, file.name))
    which: Which = "published" if publish else "newest"
    by_folder = {file.kind.folder: file.kind for file in ordered}
    now = {folder: kind.export(workspace, which) for folder, kind in by_folder.items()}
    faults: list[Fault] = []
    for file in ordered:
        if file.name not in now[file.kind.folder]:
            with _noting(file, faults):
                file.kind.prepare(workspace, file.name, file.data, by)
    _stop_at(faults)
    changes: list[Change] = []
    for _folder, group in groupby(ordered, lambda file: file.kind.folder):  # later kinds may refer to earlier ones
        found = [c for file in group if (c := _change(workspace, file, now[file.kind.folder], faults))]
        _stop_at(faults)
        for change in found:
            if change.how != "same":
                with _noting(change.file, faults):
                    change.file.kind.write(workspace, change.file.name, change.file.data, by)
        _stop_at(faults)
        changes += found
    for change in changes:
        if publish and change.how != "same" and change.file.kind.publish is not None:
            with _noting(change.file, faults):
                change.file.kind.publish(workspace, change.file.name, by)
    _stop_at(faults)
    return changes


def _change(workspace: Workspace, file: File, now: dict[str, Data], faults: list[Fault]) -> Change | None:
    found: list[Change] = []
    with _noting(file, faults):
        wanted = file.kind.read(workspace, file.name, file.data)
        before = now.get(file.name)
        fields = differences(before or {}, wanted)
        how: Literal["new", "changed", "same"] = "new" if before is None else "changed" if fields else "same"
        found.append(Change(File(file.kind, file.name, wanted, file.lines), how, fields))
    return found[0] if found else None


@contextmanager
def _noting(file: File, faults: list[Fault]) -> Iterator[None]:
    """Keep what is wrong in a file, at its line, and go on with the next; its writes are taken back."""
    try:
        with transaction.atomic():
            yield
    except BadObject as bad:
        place = ".".join(str(part) for part in bad.path)
        faults.append(
            Fault(file.place, line_of(bad.path, file.lines), f"{place}: {bad.sentence}" if place else bad.sentence)
        )


def _stop_at(faults: list[Fault]) -> None:
    if faults:
        raise BadFiles(faults)
