"""The files that speak of a person: by their name, or by what stands in them as far as it can be read.

Words are read in text and office files, and looked for in the bytes of others. What only stands in a picture or in the
packed pages of a PDF nobody can find; see docs/privacy.md.
"""

import zipfile
from collections.abc import Iterable, Iterator

from evergrow.customers.attachments.kinds import PLAIN
from evergrow.customers.models import ActivityKind, Attachment, Direction, Visit
from evergrow.customers.privacy.registry import Row
from evergrow.customers.privacy.subject import Subject

LARGEST_PART = 32 << 20
CHARSETS = ("utf-8", "utf-16", "gb18030")


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
    try:
        return any(word in text for text in _texts(each) for word in words)
    except (OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError):
        return False


def _texts(each: Attachment) -> Iterator[str]:
    if zipfile.is_zipfile(each.file.path):
        with zipfile.ZipFile(each.file.path) as archive:
            for part in archive.infolist():
                if part.file_size <= LARGEST_PART and not part.flag_bits & 1:
                    yield _text(archive.read(part))
    elif each.file.size <= LARGEST_PART or each.file.media == PLAIN.media:
        yield _text(each.file.path.read_bytes())


def _text(content: bytes) -> str:
    for charset in CHARSETS:
        try:
            return content.decode(charset).casefold()
        except UnicodeDecodeError:
            continue
    return content.decode("utf-8", "ignore").casefold()
