"""A mail out of its bytes. It never fails on what people's programmes send; what cannot be read is left out."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from email.utils import collapse_rfc2231_value, parsedate_to_datetime

from evergrow.customers.mail import decoding, folding, plain
from evergrow.lib import clock

SMALL_PICTURE = 20 * 1024
HOPS = 40
MOST_PARTIES = 1_000
MESSAGE_ID = re.compile(r"<([^<>\s]+)>")


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody named in the head: ``role`` is from, to or cc."""

    role: str
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as it is kept. ``automatic`` says why no person wrote it (answer, bulk, report, loop)."""

    message_id: str
    references: list[str]
    subject: str
    parties: list[Party]
    sent_at: datetime
    text: str
    quoted: str
    files: list[tuple[str, bytes]]
    automatic: str
    is_list: bool

    @property
    def thread(self) -> str:
        """The first mail of those before it, or itself."""
        return self.references[0] if self.references else self.message_id


def read(raw: bytes) -> Letter:
    """The letter in these bytes."""
    message = BytesParser(policy=compat32).parsebytes(raw)
    heads = _heads(message)
    ids = MESSAGE_ID.findall(heads.get("message-id", [""])[0])
    before = [each for name in ("references", "in-reply-to") for value in heads.get(name, []) for each in _ids(value)]
    parties = [Party(role, *who) for role in ("from", "to", "cc") for who in decoding.addresses(*heads.get(role, []))]
    own, quoted = folding.split(_words(message))
    return Letter(
        message_id=known_by(ids[0]) if ids else f"sha256:{hashlib.sha256(raw).hexdigest()}",
        references=list(dict.fromkeys(before))[:100],
        subject=decoding.header(heads.get("subject", [""])[0])[:300],
        parties=parties[:MOST_PARTIES],
        sent_at=_sent_at(heads.get("date", [""])[0]),
        text=own,
        quoted=quoted,
        files=list(_files(message)),
        automatic=_automatic(message, heads),
        is_list="list-id" in heads or "list-unsubscribe" in heads,
    )


def known_by(message_id: str) -> str:
    """A Message-ID as it is kept: long ones by their hash."""
    clean = decoding.clean(message_id.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))
    return clean if len(clean) <= 190 else f"sha256:{hashlib.sha256(clean.encode()).hexdigest()}"


def _heads(message: Message) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in message.raw_items():
        found.setdefault(name.lower(), []).append(str(value))
    return found


def _ids(value: str) -> list[str]:
    return [known_by(each) for each in MESSAGE_ID.findall(value)]


def _sent_at(value: str) -> datetime:
    """When it says it was sent; now where it says nothing that can be, or the future."""
    now = clock.now()
    try:
        at = parsedate_to_datetime(decoding.header(value))
        at = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return now
    return at if at.year >= 1990 and at <= now else now


def _automatic(message: Message, heads: dict[str, list[str]]) -> str:
    """RFC 3834, and what programmes wrote before there was one."""

    def first(name: str) -> str:
        return heads.get(name, [""])[0].strip().lower()

    if first("auto-submitted").partition(";")[0].strip() not in ("", "no"):
        return "answer"
    if any(name in heads for name in ("x-autoreply", "x-autorespond", "x-auto-reply")):
        return "answer"
    if first("precedence") in ("auto_reply", "auto-reply"):
        return "answer"
    if first("precedence") in ("bulk", "junk", "list"):
        return "bulk"
    if message.get_content_type() == "multipart/report" or first("return-path") == "<>":
        return "report"
    return "loop" if len(heads.get("received", [])) > HOPS else ""


def _words(message: Message) -> str:
    """The plain words, or those of the HTML where there are none."""
    html = ""
    found = []
    for part in _leaves(message):
        if _is_file(part):
            continue
        if part.get_content_type() == "text/plain":
            found.append(_text(part))
        elif part.get_content_type() == "text/html" and not html:
            html = _text(part)
    told = "\n\n".join(words for words in found if words.strip())
    return told if told.strip() else plain.words(html)


def _leaves(message: Message) -> Iterator[Message]:
    """The parts with content; a mail inside a mail is one."""
    if message.is_multipart() and message.get_content_maintype() == "multipart":
        for part in message.get_payload():
            if isinstance(part, Message):
                yield from _leaves(part)
    else:
        yield message


def _text(part: Message) -> str:
    return decoding.text(_content(part), str(part.get_content_charset() or ""))


def _content(part: Message) -> bytes:
    if part.get_content_type() == "message/rfc822" and part.is_multipart():
        inner = part.get_payload(0)
        return inner.as_bytes() if isinstance(inner, Message) else b""
    found = part.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""


def _is_file(part: Message) -> bool:
    if part.get_content_disposition() == "attachment" or _name(part):
        return True
    return part.get_content_type() not in ("text/plain", "text/html")


def _files(message: Message) -> Iterator[tuple[str, bytes]]:
    """What is attached, with its name. Small pictures within the text are signs of signatures and are left out."""
    for part in _leaves(message):
        if not _is_file(part):
            continue
        content = _content(part)
        is_inside = part.get_content_disposition() != "attachment" and "content-id" in part
        is_sign = is_inside and part.get_content_maintype() == "image" and len(content) < SMALL_PICTURE
        if content and not is_sign:
            yield _name(part) or _default_name(part), content


def _name(part: Message) -> str:
    """The file's name, written as RFC 2231 says or, as many do, as encoded words within quotes."""
    for where, header in (("filename", "content-disposition"), ("name", "content-type")):
        value = part.get_param(where, None, header)
        if isinstance(value, tuple):
            charset, _language, raw = value
            return decoding.header(decoding.text(str(raw).encode("latin-1", "replace"), charset or ""))
        if value:
            return decoding.header(collapse_rfc2231_value(str(value)))
    return ""


def _default_name(part: Message) -> str:
    endings = {"message/rfc822": "message.eml", "text/calendar": "invitation.ics"}
    return endings.get(part.get_content_type(), "attachment")
