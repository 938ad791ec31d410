"""A file arrives: it is kept, examined, and its columns are guessed. Nothing is written until the import starts."""

import hashlib
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from evergrow.intake import files
from evergrow.intake.columns import Mapping, clean_mapping, guess_kind, guess_mapping
from evergrow.intake.files import UnusableFile
from evergrow.intake.kinds import KINDS
from evergrow.intake.models import Import, ImportState
from evergrow.workspaces import audit
from evergrow.workspaces.access import require
from evergrow.workspaces.models import Member, Workspace

LOOKED_AT = 200


class NotADraft(ValueError):
    """The import has been started; its columns cannot change any more."""

    def __init__(self) -> None:
        super().__init__(_("This import has been started. Upload the file again to read it in another way."))


class UnknownKind(ValueError):
    """There is no kind of file of that name."""

    def __init__(self, kind: str) -> None:
        super().__init__(
            _("There is no kind “%(kind)s”. Use one of: %(known)s.") % {"kind": kind, "known": ", ".join(KINDS)}
        )


class MappingIncomplete(ValueError):
    """A needed field has no column yet."""


def receive(
    *, workspace: Workspace, file_name: str, pieces: Iterable[bytes], by: Member | None, kind: str = ""
) -> Import:
    """Keep an uploaded file and examine it; the kind is guessed where none is given.

    Raises UnusableFile or UnknownKind, and then keeps nothing.
    """
    require(by, "manage")
    if kind and kind not in KINDS:
        raise UnknownKind(kind)
    source = Import.objects.create(
        workspace=workspace,
        kind=kind,
        file_name=Path(file_name).name[-255:] or "file",
        sha256="",
        size=0,
        created_by=by,
    )
    try:
        source.sha256, source.size = _keep(source.path, pieces)
        layout = files.examine(source.path, source.file_name)
        source.layout, source.rows_total = layout.as_json(), layout.rows
        source.kind = kind or guess_kind(layout.columns, source.file_name)
        source.mapping = guess_mapping(KINDS[source.kind], layout.columns, first_rows(source)).as_json()
        source.save()
    except BaseException:
        discard(source=source, by=None)
        raise
    audit.record(workspace, "import.uploaded", source, by=by, data={"kind": source.kind, "rows": source.rows_total})
    return source


def _keep(path: Path, pieces: Iterable[bytes]) -> tuple[str, int]:
    """Write the file into the data folder; its SHA-256 and its size in bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    digest, size, limit = hashlib.sha256(), 0, settings.UPLOAD_LIMIT_MIB << 20
    with path.open("wb") as out:
        for piece in pieces:
            size += len(piece)
            if size > limit:
                raise UnusableFile("too_large", limit=settings.UPLOAD_LIMIT_MIB)
            digest.update(piece)
            out.write(piece)
    return digest.hexdigest(), size


def first_rows(source: Import, count: int = LOOKED_AT) -> list[list[str]]:
    """The first rows of the file that are not blank."""
    rows = files.read(source.path, files.Layout(**source.layout))
    return list(islice((row for row in rows if any(row)), count))


@transaction.atomic
def change_kind(*, source: Import, kind: str, by: Member | None) -> Import:
    """Read a draft as another kind; its columns are guessed anew. Raises NotADraft, UnknownKind."""
    require(by, "manage")
    if kind not in KINDS:
        raise UnknownKind(kind)
    mapping = guess_mapping(KINDS[kind], source.layout["columns"], first_rows(source))
    return _write(source, by, kind=kind, mapping=mapping.as_json())


@transaction.atomic
def set_mapping(*, source: Import, wanted: dict[str, Any], by: Member | None) -> Import:
    """Say what the columns of a draft mean. Raises NotADraft."""
    require(by, "manage")
    mapping = clean_mapping(KINDS[source.kind], source.layout["columns"], wanted)
    return _write(source, by, mapping=mapping.as_json())


def _write(source: Import, by: Member | None, **facts: Any) -> Import:
    if not Import.objects.filter(pk=source.pk, state=ImportState.DRAFT).update(**facts):
        raise NotADraft
    for name, value in facts.items():
        setattr(source, name, value)
    audit.record(source.workspace, "import.mapped", source, by=by, data={"kind": source.kind})
    return source


def make_ready(*, source: Import, by: Member | None) -> Import:
    """Close the draft. Raises MappingIncomplete with all that is missing, NotADraft when it is no draft."""
    require(by, "manage")
    problems = Mapping.from_json(source.mapping).problems(KINDS[source.kind])
    if problems:
        raise MappingIncomplete(" ".join(str(problem) for problem in problems))
    if not Import.objects.filter(pk=source.pk, state=ImportState.DRAFT).update(state=ImportState.READY):
        raise NotADraft
    source.state = ImportState.READY
    return source


def discard(*, source: Import, by: Member | None) -> None:
    """Throw a draft away, with its file. Raises NotADraft once rows were written."""
    require(by, "manage")
    path, rejected = source.path, source.rejected_path
    if not Import.objects.filter(pk=source.pk, state=ImportState.DRAFT).delete()[0]:
        raise NotADraft
    path.unlink(missing_ok=True)
    rejected.unlink(missing_ok=True)
    if by:
        audit.record(source.workspace, "import.discarded", source, by=by)


def twin(source: Import) -> Import | None:
    """A finished import of the very same file as the same kind, where there is one."""
    same = Import.objects.filter(workspace=source.workspace, sha256=source.sha256, kind=source.kind)
    return same.filter(state=ImportState.DONE).exclude(pk=source.pk).order_by("-pk").first()
