"""The files that speak of a person: by their name, or by what stands in them as far as it can be read.

Words are read in text and office files, and looked for in the bytes of others. What only stands in a picture or in the
packed pages of a PDF nobody can find; see docs/privacy.md.
"""

import codecs
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from evergrow.customers.attachments import zips
from evergrow.customers.attachments.kinds import PLAIN
from evergrow.customers.mail import decoding
from evergrow.customers.models import ActivityKind, Attachment, Direction, Visit
from evergrow.customers.privacy.registry import Row
from evergrow.customers.privacy.subject import Subject

LARGEST_PART = 32 << 20


def files(subject: Subject) -> Iterator[Attachment]:
    """The files that name the person. Names count only on records of the person's own accounts."""
    found = Attachment.objects.filter(workspace_id=subject.workspace_id).select_related(
        "file", "visit", "added_by__user"
    )
    for each in found.order_by("pk").iterator(chunk_size=200):
        if each.visit is not None and _is_their_mail(each.visit, subject):
            yield each
            continue
        words = [*subject.spellings, *(subject.names if each.account_id in subject.accounts else [])]
        if words and _holds(each, [word.casefold() for word in words]):
            yield each


def _is_their_mail(visit: Visit, subject: Subject) -> bool:
    """Whatever somebody sent us themselves is theirs."""
    is_mail = visit.kind == ActivityKind.MAIL and visit.direction == Direction.IN
    return is_mail and visit.person_id in subject.people


def count(subject: Subject) -> int:
    return sum(1 for _ in files(subject))


def rows(subject: Subject) -> Iterable[Row]:
    for each in files(subject):
        yield {"name": each.name, "size": each.file.size, "sha256": each.file.sha256, "added_at": each.added_at}


def erase(subject: Subject) -> int:
    """Take them away; contents go with their last use."""
    gone = list(files(subject))
    for each in gone:
        each.delete()
    return len(gone)


def _holds(each: Attachment, words: list[str]) -> bool:
    if any(word in each.name.casefold() for word in words):
        return True
    return any(word in text for text in _texts(each) for word in words)


def _texts(each: Attachment) -> Iterator[str]:
    """What stands in the file; nothing where a restored backup lacks it."""
    path = each.file.path
    if not path.exists():
        return
    if zipfile.is_zipfile(path):
        yield from _parts(path)
    elif each.file.size <= LARGEST_PART or each.file.media == PLAIN.media:
        yield _text(path.read_bytes())


def _parts(path: Path) -> Iterator[str]:
    """The parts of a ZIP file as far as they can be read; of one that is damaged as a whole, its bytes."""
    try:
        with zips.opened(path) as archive:
            for part in archive.infolist():
                if part.file_size <= LARGEST_PART and not part.flag_bits & 1:
                    yield _text(_content(archive, part))
    except zips.BrokenZip:
        yield _text(path.read_bytes())


def _content(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    """Up to where it is damaged."""
    content = bytearray()
    try:
        for piece in zips.pieces(archive, part):
            content += piece
    except zips.BrokenZip:
        pass
    return bytes(content)


def _text(content: bytes) -> str:
    is_utf_16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    words = content.decode("utf-16", "replace") if is_utf_16 else decoding.guess(content)
    return words.casefold()
