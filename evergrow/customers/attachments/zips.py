"""ZIP files that others packed: read in small pieces whatever they say of themselves; damaged ones are told apart."""

import errno
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PIECE = 4096  # of what is packed; a larger one could unpack to gigabytes at once


class BrokenZip(Exception):
    """It is damaged, encrypted, or packed in a way that we cannot read."""


@contextmanager
def opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """Raises BrokenZip; OSError where our own disk is in the way."""
    with _told_apart(), zipfile.ZipFile(path) as archive:
        yield archive


def pieces(archive: zipfile.ZipFile, part: zipfile.ZipInfo | str) -> Iterator[bytes]:
    """The content of a part. Raises BrokenZip where it is damaged, after the pieces before that."""
    with _told_apart(), archive.open(part) as content:
        while piece := content.read(PIECE):
            yield piece


@contextmanager
def _told_apart() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in (None, errno.EINVAL):  # bzip2 says damage without a number, a place before the begin so
            raise
        raise BrokenZip from error
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, RuntimeError, ValueError) as error:
        raise BrokenZip from error
