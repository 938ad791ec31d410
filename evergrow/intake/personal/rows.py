"""This room's rows and files with what people sent: refused messages, imports, unreadable pieces of the spool."""

import gzip
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from evergrow.customers.models import Affiliation, Identifier
from evergrow.customers.privacy import registry
from evergrow.customers.privacy.registry import Holder, Row, plain_row
from evergrow.customers.privacy.subject import Subject
from evergrow.intake import files
from evergrow.intake.models import Import, ImportChange, ImportState, Reject

# Under these names clients send who it was; only there a short id is taken for one.
ID_NAMES = {
    "userid", "anonymousid", "distinct_id", "distinctid", "user_id", "device_id", "deviceid", "previousid", "email",
    "login_id", "client_id", "uid", "cid", "$user_id", "$device_id", "alias", "identity", "openid", "unionid", "phone",
}  # fmt: skip


def rejects(subject: Subject) -> list[int]:
    """The refused messages that name the person, by primary key."""
    said = Q()
    for word in {*subject.ids, *subject.spellings}:
        escaped = orjson.dumps(word).decode()[1:-1]
        for form in {word, escaped}:
            said |= Q(raw__icontains=form) | Q(mended__icontains=form) | Q(detail__icontains=form)
    if not said:
        return []
    found = Reject.objects.filter(said, workspace_id=subject.workspace_id)
    return [row.pk for row in found.iterator(chunk_size=200) if _names(row, subject)]


def _names(row: Reject, subject: Subject) -> bool:
    text = f"{row.raw} {row.mended} {row.detail}".lower()
    if any(word.lower() in text for word in subject.spellings):
        return True
    ids = set(subject.ids)
    return any(_has_id(found, ids) for found in map(_read, (row.raw, row.mended)) if found is not None)


def _read(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None


def _has_id(found: Any, ids: set[str]) -> bool:
    if isinstance(found, dict):
        for name, value in found.items():
            if str(name).lower() in ID_NAMES and str(value) in ids:
                return True
            if _has_id(value, ids):
                return True
    return isinstance(found, list) and any(_has_id(each, ids) for each in found)


def _erase_rejects(subject: Subject) -> int:
    keys = rejects(subject)
    Reject.objects.filter(pk__in=keys).delete()
    return len(keys)


def _changes(subject: Subject) -> "QuerySet[ImportChange]":
    """What imports wrote down about the person's own rows, to take themselves back."""
    ids = Identifier.objects.filter(person__in=subject.people).values("pk")
    places = Affiliation.objects.filter(person__in=subject.people).values("pk")
    mine = Q(model__iendswith="person", object_id__in=subject.people)
    mine |= Q(model__iendswith="identifier", object_id__in=ids)
    mine |= Q(model__iendswith="affiliation", object_id__in=places)
    return ImportChange.objects.filter(mine, source__workspace_id=subject.workspace_id)


class FileIsNeeded(RuntimeError):
    """An import that is running still needs its file; the erasure tries again in a while."""


def import_files(subject: Subject) -> list[tuple[Import, Path]]:
    """The kept files that hold the person: uploads, and the bad rows taken from them."""
    found = []
    for source in Import.objects.filter(workspace_id=subject.workspace_id).order_by("pk"):
        for path in (source.path, source.rejected_path):
            if path.exists() and _holds(source, path, subject):
                found.append((source, path))
    return found


def _holds(source: Import, path: Path, subject: Subject) -> bool:
    """Whether a cell is one of the ids or names, or a cell's text holds one of the words."""
    exact = {text.casefold() for text in (*subject.ids, *subject.names)}
    words = [word.lower() for word in subject.words]
    try:
        layout = files.Layout(**source.layout) if path == source.path else None
        rows = files.read(path, layout) if layout else _plain(path)
        for row in rows:
            cells = [str(cell) for cell in row if cell is not None]
            if any(cell.strip().casefold() in exact for cell in cells):
                return True
            if any(word in cell.lower() for cell in cells for word in words):
                return True
    except (OSError, ValueError, TypeError, KeyError):
        return _bytes_hold(path, subject)
    return False


def _plain(path: Path) -> Iterable[list[str]]:
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        for line in file:
            yield [line, *line.rstrip("\n").split(",")]


def _bytes_hold(path: Path, subject: Subject) -> bool:
    data = path.read_bytes()
    if path.suffix == ".gz":
        try:
            data = gzip.decompress(data)
        except (OSError, EOFError):
            return True
    low = data.lower()
    return any(word.lower().encode() in low for word in subject.spellings)


def _erase_files(subject: Subject) -> int:
    """Delete the files; nobody else's rows are lost, since what an import took is in the stores.

    Raises FileIsNeeded while one of the imports runs.
    """
    gone = 0
    for source, path in import_files(subject):
        if source.state in (ImportState.READY, ImportState.RUNNING, ImportState.UNDOING):
            raise FileIsNeeded("An import that is running holds the person. The erasure goes on when it is through.")
        path.unlink(missing_ok=True)
        gone += 1
        if source.state == ImportState.DRAFT:
            Import.objects.filter(pk=source.pk, state=ImportState.DRAFT).update(state=ImportState.CANCELLED)
    return gone


def _damaged(subject: Subject) -> list[Path]:
    """Pieces of the spool that cannot be read as messages and hold one of the words. (What can be read is refused.)"""
    folder = Path(settings.DATA) / "spool" / "damaged"
    words = [word.lower().encode() for word in (*subject.spellings, *(each for each in subject.ids if len(each) > 5))]
    if not folder.is_dir() or not words:
        return []
    return [path for path in sorted(folder.iterdir()) if any(word in path.read_bytes().lower() for word in words)]


def _erase_damaged(subject: Subject) -> int:
    found = _damaged(subject)
    for path in found:
        path.unlink(missing_ok=True)
    return len(found)


def _file_rows(subject: Subject) -> Iterable[Row]:
    for source, path in import_files(subject):
        yield {"import": source.pk, "file": source.file_name, "is_bad_rows": path == source.rejected_path}


registry.add(
    Holder(
        "intake.Reject",
        _("Refused messages"),
        lambda subject: len(rejects(subject)),
        lambda subject: (
            plain_row(row, ("key", "previous")) for row in Reject.objects.filter(pk__in=rejects(subject)).order_by("pk")
        ),
        _erase_rejects,
        position=55,
    ),
    Holder(
        "intake.ImportChange",
        _("Values before imports"),
        lambda subject: _changes(subject).count(),
        lambda subject: map(plain_row, _changes(subject).order_by("pk")),
        lambda subject: _changes(subject).delete()[0],
        position=55,
    ),
    Holder("intake.files", _("Import files"), lambda s: len(import_files(s)), _file_rows, _erase_files, position=20),
    Holder(
        "intake.damaged",
        _("Unreadable pieces of the spool"),
        lambda subject: len(_damaged(subject)),
        registry.nothing,
        _erase_damaged,
        position=30,
    ),
)
