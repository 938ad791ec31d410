"""Messages checked and cleaned, whatever format they came in, and why those that cannot be taken cannot."""

import hashlib
import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson

from evergrow.intake.capture import times
from evergrow.intake.capture.contents import MAX_NAME, clean, profile, properties, traits
from evergrow.intake.capture.formats import FORMATS, Envelope, Refusal
from evergrow.intake.capture.formats.format import itself
from evergrow.intake.capture.frames import Frame

TYPES = {"track", "identify", "page", "screen", "group", "alias"}
# Values that clients send when they mean nobody (PostHog's list; Segment adds runs of 0 and -).
NOBODY = {
    "anonymous", "guest", "distinctid", "distinct_id", "id", "not_authenticated", "email", "undefined", "true", "false",
    "[object object]", "nan", "none", "null", "0", "-1",
}  # fmt: skip
TEACHING = {"identify", "group"}
PLAIN = frozenset(("track", "page", "screen"))
NOTHING: dict[str, Any] = {}
MAX_MESSAGE = 64 * 1024
MAX_ID = 200


Ids = tuple[str, str, str]  # user, anonymous id, account
# Ids, event, message id, corrected and original time, properties.
Row = tuple[Ids, str, str, int, int, dict[str, str]]


@dataclass(slots=True)
class Message:
    """One message: who did what when. Times in milliseconds since 1970; ``at`` is the corrected one.

    What it was made from is not held, since that is large and nearly never asked for; it is read again where it is.
    """

    position: int
    type: str
    event: str
    message_id: str
    user: str
    anonymous: str
    group: str
    previous: str
    traits: dict[str, Any]
    properties: dict[str, str]
    original: int
    received: int
    at: int
    source: str
    key_id: int
    request: "Sent"
    offset: int
    profile: dict[str, Any] | None = None

    @property
    def envelope(self) -> dict[str, Any]:
        """What its request said besides its messages."""
        return self.request.envelope

    @property
    def item(self) -> Any:
        """The message as its client wrote it."""
        return self.request.read_again()[self.offset]

    @property
    def raw(self) -> dict[str, Any]:
        """The message in the normal form, before it was checked."""
        found: dict[str, Any] = self.request.format.translate(self.item, self.request.seen_by_format)
        return found


@dataclass(slots=True)
class Bad:
    """A message that was not taken. ``code`` is one of the reasons of ``intake.models.rejects``."""

    position: int
    code: str
    detail: str
    raw: bytes
    source: str
    key_id: int
    received: int
    envelope: dict[str, Any]


def read(frame: Frame, segment: str, first: int = 0, only: Collection[int] | None = None) -> Iterator[Message | Bad]:
    """The messages of a frame in the order they were sent, numbered from ``first``; ``only`` those at these offsets.

    A frame that cannot be read is one message that was not taken.
    """
    if "bad" in frame.about:
        said = {"format": frame.about.get("f", "segment"), "kind": frame.about["t"]}
        yield _bad(frame, first, frame.about["bad"], frame.about["why"], frame.body, said)
        return
    try:
        shared, items = opened(frame, segment)
    except Exception as error:  # such as a format of a newer version; kept whole, so that it can be sent again
        said = {"format": frame.about.get("f", "segment"), "kind": frame.about["t"]}
        code, why = (error.code, error.detail) if isinstance(error, Refusal) else ("unreadable", repr(error)[:300])
        yield _bad(frame, first, code, why, frame.body, said, most=len(frame.body))
        return
    for offset, item in enumerate(items):
        if only is None or offset in only:
            yield read_one(frame, shared, item, first + offset, offset)


def read_one(frame: Frame, shared: "Sent", item: Any, position: int, offset: int) -> Message | Bad:
    """One message of a request."""
    try:
        if shared.largest:
            _check_size(item, shared.largest)
        return _message(shared.format.translate(item, shared.seen_by_format), item, position, offset, shared)
    except Refusal as refusal:
        return _bad(frame, position, refusal.code, refusal.detail, _dump(item), shared.envelope)
    except orjson.JSONEncodeError:
        return _bad(frame, position, "too_deep", "", _dump(item), shared.envelope)
    except Exception as error:
        return _bad(frame, position, "unreadable", repr(error)[:300], _dump(item), shared.envelope)


def read_shortly(item: Any, shared: "Sent") -> Row | None:
    """A message as ``read_one`` reads it, if it only says who did something and is written as most are; else None.

    It may raise anything where ``read_one`` finds a message that cannot be taken.
    """
    raw = item if shared.is_itself else shared.format.translate(item, shared.seen_by_format)
    if type(raw) is not dict or shared.largest or "profile" in raw:
        return None
    get = raw.get
    kind, message_id, context = get("type") or shared.kind, get("messageId"), get("context", NOTHING)
    if type(context) is not dict or "traits" in context or type(kind) is not str or kind not in PLAIN:
        return None
    user, anonymous = _id(get("userId")), _id(get("anonymousId"))
    if type(message_id) is not str or not (user or anonymous):
        return None
    message_id = message_id.strip().replace("\x00", "")
    if not 0 < len(message_id) <= MAX_ID:
        return None
    at = times.milliseconds(get("originalTimestamp") or get("timestamp"))
    if at is None or not times.EARLIEST <= at <= times.LATEST:
        return None
    sent = _sent(raw, shared) if "sentAt" in raw else shared.sent
    corrected = times.correct(at, sent, shared.received)
    group = context.get("groupId")
    ids = (user, anonymous, "" if group is None else _id(group))
    return ids, _event(kind, raw), message_id, corrected, at, properties(kind, raw, context)


def opened(frame: Frame, segment: str) -> tuple["Sent", list[Any]]:
    """A request, and its messages as they were sent. Raises whatever may go wrong."""
    payload = orjson.loads(frame.body)
    shared = Sent(frame, segment, payload)
    return shared, shared.items(payload)


def count(frame: Frame, segment: str) -> int:
    """How many messages ``read`` gives."""
    if "bad" in frame.about:
        return 1
    try:
        return len(opened(frame, segment)[1])
    except Exception:
        return 1


def _check_size(item: Any, largest: int) -> None:
    size = len(_dump(item))
    if size > largest:
        raise Refusal("message_too_large", f"{size // 1024 + 1} KiB > {largest // 1024} KiB")


class Sent:
    """What all messages of a request have in common."""

    def __init__(self, frame: Frame, segment: str, payload: Any) -> None:
        about = self._about = frame.about
        self.body = frame.body
        self.format = FORMATS[about.get("f", "segment")]
        self.is_itself = self.format.translate is itself
        self.kind: str = about["t"]
        # One that was refused is sent again alone, with what its request said.
        self.is_alone = "sent" in about
        self._said = about["sent"] if self.is_alone else self.format.sent(payload)
        self.received: int = about["r"]
        self.largest: int = about.get("m", 0)
        self.sent = None if self._said is None or self.kind == "import" else times.milliseconds(self._said)
        self._segment, self._place = segment, frame.place

    @property
    def source(self) -> str:
        """The name of the key it came with."""
        return str(self._about["s"])

    @property
    def key_id(self) -> int:
        return int(self._about["k"])

    @cached_property
    def seen_by_format(self) -> Envelope:
        """What the format's reader is told of it."""
        return Envelope(self.kind, self.received, self._about.get("v", ""))

    @property
    def envelope(self) -> dict[str, Any]:
        """What the request said besides its messages, as it is kept with a refusal."""
        found = {"format": self.format.name, "kind": self.kind, "sentAt": _said(self._said)}
        if (again := self._about.get("again")) is not None:
            found["again"] = again
        if self.seen_by_format.visitor:
            found["visitor"] = self.seen_by_format.visitor
        return found

    @property
    def salt(self) -> str:
        """What the client said of the time of sending, as text."""
        return f"{self._said}" if self._said else ""

    @property
    def place(self) -> str:
        """Where the request stands, for the ids of messages that have none."""
        return self._about.get("place") or f"{self._segment}:{self._place}"

    def items(self, payload: Any) -> list[Any]:
        """What stands in the body, item by item."""
        return [payload] if self.is_alone else self.format.items(payload, self.kind)

    def read_again(self) -> list[Any]:
        """The items once more. Those of the last request asked for are held, because its messages come together."""
        global _read_last
        if _read_last is None or _read_last[0] is not self:
            _read_last = self, self.items(orjson.loads(self.body))
        return _read_last[1]


_read_last: tuple[Sent, list[Any]] | None = None


def _said(sent: Any) -> str | int | float | None:
    """A time of sending as it can be written down."""
    if isinstance(sent, str):
        return str(clean(sent))[:MAX_NAME]
    return sent if isinstance(sent, int | float) else None


def _bad(
    frame: Frame, position: int, code: str, detail: str, raw: bytes, envelope: dict[str, Any], most: int = MAX_MESSAGE
) -> Bad:
    about = frame.about
    return Bad(position, code, detail, raw[:most], about["s"], about["k"], about["r"], envelope)


def refused(message: Message, code: str) -> Bad:
    """A message that was read but cannot be followed."""
    raw = _dump(message.item)[:MAX_MESSAGE]
    return Bad(message.position, code, "", raw, message.source, message.key_id, message.received, message.envelope)


def _dump(raw: Any) -> bytes:
    try:
        return orjson.dumps(raw)
    except orjson.JSONEncodeError:  # nested deeper than the fast writer goes
        return _dump_slowly(raw)


def _dump_slowly(raw: Any) -> bytes:
    try:
        return json.dumps(raw, ensure_ascii=False).encode()
    except RecursionError:
        return orjson.dumps(f"{type(raw).__name__} nested deeper than can be written again")


def _message(raw: Any, item: Any, position: int, offset: int, shared: Sent) -> Message:
    if not isinstance(raw, dict):
        raise Refusal("not_an_object")
    kind = raw.get("type") or (shared.kind if shared.kind in TYPES else "")
    if not isinstance(kind, str) or kind not in TYPES:
        raise Refusal("unknown_type", str(kind)[:100])
    context = raw.get("context")
    if not isinstance(context, dict):
        context = {}
    user, anonymous = _id(raw.get("userId")), _id(raw.get("anonymousId"))
    if not user and not anonymous and not _is_nobodys(kind, raw, context):
        given = [raw[name] for name in ("userId", "anonymousId") if raw.get(name) not in (None, "")]
        raise Refusal("rejected_id", str(given[0])[:100]) if given else Refusal("no_id")
    stamp = raw.get("originalTimestamp") or raw.get("timestamp")
    given_at, received = times.milliseconds(stamp), shared.received
    original = received if given_at is None else given_at
    if not times.EARLIEST <= original <= times.LATEST:
        original = min(max(original, times.EARLIEST), times.LATEST)
    # By position: this is where most of the time of draining goes.
    return Message(
        position,
        kind,
        _event(kind, raw),
        _message_id(raw, item, offset, shared, stamp),
        user,
        anonymous,
        _group(kind, raw, context),
        _previous(kind, raw) if kind == "alias" else "",
        traits(kind, raw, context) if kind in TEACHING or "traits" in context else {},
        properties(kind, raw, context),
        original,
        received,
        times.correct(given_at, _sent(raw, shared), received),
        shared.source,
        shared.key_id,
        shared,
        offset,
        profile(raw) if "profile" in raw else None,
    )


def _is_nobodys(kind: str, raw: dict[str, Any], context: dict[str, Any]) -> bool:
    """Whether a message without ids is about an account or a thing alone."""
    if kind == "track" and raw.get("aboutItem") is True:
        return True
    return raw.get("aboutAccount") is True and bool(_group(kind, raw, context))


def _sent(raw: dict[str, Any], shared: Sent) -> int | None:
    """When the client sent the message by its own clock; None where its times need no correction."""
    own = raw.get("sentAt")
    if own is False or shared.kind == "import":
        return None
    return times.milliseconds(own) if own else shared.sent


def _id(value: Any) -> str:
    """An id as text; empty where it stands for nobody."""
    if type(value) is str:
        found = _known_ids.get(value)
        return _read_id(value) if found is None else found
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return _read_id(str(value))


_known_ids: dict[str, str] = {}  # what was read before: the same ids come again and again
MOST_KNOWN = 50_000


def _read_id(text: str) -> str:
    found = text.strip().replace("\x00", "")
    if len(found) > MAX_ID:
        raise Refusal("id_too_long", f"{found[:60]}…")
    if found.lower() in NOBODY or not found.strip("0-"):
        found = ""
    if len(_known_ids) >= MOST_KNOWN:
        _known_ids.clear()
    if len(text) <= MAX_ID:
        _known_ids[text] = found
    return found


def _event(kind: str, raw: dict[str, Any]) -> str:
    if kind != "track":
        return f"${kind}"
    name = raw.get("event")
    if not isinstance(name, str):
        raise Refusal("no_event")
    found = _known_events.get(name)
    return _read_event(name) if found is None else found


_known_events: dict[str, str] = {}  # names that were read before


def _read_event(name: str) -> str:
    if not name.strip():
        raise Refusal("no_event")
    if len(name) > MAX_NAME:
        raise Refusal("name_too_long", f"{name[:60]}…")
    if len(_known_events) >= MOST_KNOWN:
        _known_events.clear()
    found = _known_events[name] = name.strip().replace("\x00", "")
    return found


def _message_id(raw: dict[str, Any], item: Any, offset: int, shared: Sent, stamp: Any) -> str:
    """The client's message id; without one, the message itself where its time makes it unlike any other."""
    given = raw.get("messageId")
    if isinstance(given, str | int) and not isinstance(given, bool):
        found = str(given).strip().replace("\x00", "")
        if len(found) > MAX_ID:
            return "long-" + hashlib.blake2b(found.encode(), digest_size=16).hexdigest()
        if found:
            return found
    if stamp:
        # Sent again, the same message may say another time of sending.
        same = {name: value for name, value in item.items() if name != "sentAt"} if isinstance(item, dict) else item
        text = orjson.dumps([same, offset], option=orjson.OPT_SORT_KEYS)
        return "auto-" + hashlib.blake2b(text, digest_size=16).hexdigest()
    if raw.get("sentAt") or shared.salt:
        text = orjson.dumps([item, shared.salt, offset], option=orjson.OPT_SORT_KEYS)
        return "auto-" + hashlib.blake2b(text, digest_size=16).hexdigest()
    return f"auto-{shared.place}:{offset}"


def _group(kind: str, raw: dict[str, Any], context: dict[str, Any]) -> str:
    found = _id(raw.get("groupId") if kind == "group" else context.get("groupId"))
    if kind == "group" and not found:
        raise Refusal("no_group")
    return found


def _previous(kind: str, raw: dict[str, Any]) -> str:
    if kind != "alias":
        return ""
    found = _id(raw.get("previousId"))
    if not found:
        raise Refusal("no_previous_id")
    return found
