"""Contents on disk, each once in a workspace: ``attachments/<workspace>/<ab>/<sha256>.<random>`` in the data folder.

1. What comes is written beside its place and synced; what breaks off is taken away again.
2. The row is made in the caller's transaction. The same content again finds the row and uses it; the row is locked
   meanwhile, so that nobody lets go of it.
3. A place belongs to one row for ever. When the last use goes, the row goes with it, and after the commit the file: no
   later use of the same content can need it.
4. A crash between leaves a file without a row; ``sweep`` finds those.
"""

import errno
import hashlib
import os
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction

from evergrow.customers.attachments import errors, kinds
from evergrow.customers.models import StoredFile
from evergrow.customers.models.attachments import FOLDER
from evergrow.lib import clock
from evergrow.workspaces.models import Workspace

COMING = "coming"
LOST_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Came:
    """A file that was written whole and checked, not yet in its place."""

    path: Path
    name: str
    media: str
    sha256: str
    size: int


@contextmanager
def coming(name: str, pieces: Iterable[bytes]) -> Iterator[Came]:
    """Write a file that comes in pieces, and look what it is. It is gone afterwards unless ``keep`` took it.

    Raises FileRefused.
    """
    folder = Path(settings.DATA) / FOLDER / COMING
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / secrets.token_hex(16)
    try:
        digest, size = _write(path, kinds.clean(name), pieces)
        kind, called = kinds.known(path, name)
        yield Came(path, called, kind.media, digest, size)
    finally:
        path.unlink(missing_ok=True)


def _write(path: Path, name: str, pieces: Iterable[bytes]) -> tuple[str, int]:
    digest, size, limit = hashlib.sha256(), 0, settings.ATTACHMENT_LIMIT_MIB << 20
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as out:
            for piece in pieces:
                size += len(piece)
                if size > limit:
                    raise errors.too_large(name, settings.ATTACHMENT_LIMIT_MIB)
                digest.update(piece)
                out.write(piece)
            if not size:
                raise errors.empty(name)
            out.flush()
            os.fsync(out.fileno())
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise errors.NoRoom(name) from error
        raise
    return digest.hexdigest(), size


def keep(workspace: Workspace, came: Came) -> StoredFile:
    """The row of a content, locked until the caller's transaction ends; made where it is new here."""
    if (there := _there(workspace, came)) is not None:
        return there
    place = f"{workspace.pk}/{came.sha256[:2]}/{came.sha256}.{secrets.token_hex(6)}"
    row = StoredFile(workspace=workspace, sha256=came.sha256, place=place, media=came.media, size=came.size)
    row.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.replace(came.path, row.path)
    _sync(row.path.parent)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:  # somebody brought the same a moment ago
        row.path.unlink(missing_ok=True)
        there = _there(workspace, came)
        assert there is not None
        return there
    return row


def _there(workspace: Workspace, came: Came) -> StoredFile | None:
    rows = StoredFile.objects.select_for_update()
    return rows.filter(workspace=workspace, sha256=came.sha256).first()


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@transaction.atomic
def let_go(key: int) -> bool:
    """Forget a content that nothing uses any more, and take its file away once that is certain; whether it was so."""
    row = StoredFile.objects.select_for_update().filter(pk=key).first()
    if row is None or row.uses.exists():
        return False
    path = row.path
    row.delete()
    transaction.on_commit(lambda: path.unlink(missing_ok=True))
    return True


def sweep(workspace: Workspace, on_progress: Callable[[int], None] | None = None) -> int:
    """Take away what a crash left: contents without a use, files without a row, uploads that broke off."""
    unused = StoredFile.objects.filter(workspace=workspace, uses=None).values_list("pk", flat=True)
    gone, old = sum(let_go(key) for key in unused), (clock.now() - LOST_AFTER).timestamp()
    folder = Path(settings.DATA) / FOLDER
    lost = [*(folder / str(workspace.pk)).rglob("*"), *(folder / COMING).glob("*")]
    for number, path in enumerate(lost):
        if on_progress and number % 500 == 0:
            on_progress(number)
        if not path.is_file() or path.stat().st_mtime > old:
            continue
        if not StoredFile.objects.filter(place=path.relative_to(folder).as_posix()).exists():
            path.unlink(missing_ok=True)
            gone += 1
    return gone
