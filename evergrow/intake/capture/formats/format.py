"""What a wire format is made of.

A format says at which addresses it listens, how its bodies are opened and answered, and how each item becomes a message
in the one normal form. The door and the drain know nothing else about it.

The normal form is Segment's message: ``type`` (track, identify, page, screen, group, alias), ``event``, ``userId``,
``anonymousId``, ``groupId``, ``previousId``, ``traits``, ``properties``, ``context`` (``context.groupId`` is the
account), ``messageId``, ``timestamp``, ``sentAt`` (``False``: the clock of this message needs no correction). Beyond
Segment ``profile`` is what a message of any type teaches about its person:
``{"set": {…}, "once": {…}, "add": {…}, "append": {…}, "unset": […]}``; and ``aboutAccount: True`` says that a message
without ids is about its account alone, ``aboutItem: True`` that a track is about a thing and nobody's.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import orjson

from evergrow.intake.capture import answers, credentials, decode
from evergrow.intake.capture.answers import Answer, Problem
from evergrow.intake.capture.requests import Request

if TYPE_CHECKING:
    from evergrow.intake.capture.keys import Source

Payload = dict[str, Any] | list[Any]


class Refusal(Exception):
    """An item that is no message. ``code`` is one of the reasons of ``intake.models.rejects``."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code, self.detail = code, detail


@dataclass(frozen=True, slots=True)
class Envelope:
    """What is known about an item besides itself. ``visitor`` stands for the sender where its format has no ids."""

    kind: str
    received: int
    visitor: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """A request whose messages are on disk, to be answered. ``visitor`` as in Envelope."""

    request: Request
    payload: Payload
    count: int
    received: int
    visitor: str = ""


def body_text(request: Request) -> bytes:
    """The JSON text of a body, unpacked. Raises BadBody."""
    return decode.unpack(request.body, request.header(b"content-encoding"), request.header(b"content-type"))


def query_text(request: Request) -> bytes:
    """The query's fields as a JSON object, for messages that come in an address (pixels)."""
    return orjson.dumps(request.fields)


def usual_keys(request: Request, payload: Payload) -> list[str]:
    """Where a key may stand besides the header, in the order they are tried."""
    return [credentials.from_body(payload), credentials.from_query(request.query)]


def usual_answer(taken: Taken) -> Answer:
    """What Segment's clients hear; most others are content with it."""
    return answers.ACCEPTED


def usual_refusal(request: Request, problem: Problem) -> Answer:
    """A status with a code and a sentence."""
    return answers.error(problem)


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """An address that takes messages. ``kind`` goes with them to the format's reader.

    ``open`` gives the JSON text that is kept, ``keys`` the secrets to try when the header has none that works,
    ``accepted`` and ``refused`` what the client hears; ``asks_visitor``: messages need ``Envelope.visitor``.
    """

    kind: str
    methods: tuple[str, ...] = ("POST",)
    open: Callable[[Request], bytes] = body_text
    keys: Callable[[Request, Payload], list[str]] = usual_keys
    accepted: Callable[[Taken], Answer] = usual_answer
    refused: Callable[[Request, Problem], Answer] = usual_refusal
    asks_visitor: bool = False


class Door(Protocol):
    """What a page may ask of the door."""

    async def known(self, secret: str) -> "Source | None": ...

    def health(self) -> Answer: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """An address that only answers: settings, flags, health."""

    answer: Callable[[Request, Door], Awaitable[Answer]]
    methods: tuple[str, ...] = ("GET",)


def itself(item: Any, envelope: Envelope) -> Any:
    """An item that is in the normal form as it comes."""
    return item


def one_or_many(payload: Payload, kind: str) -> list[Any]:
    """A list is many items, anything else is one."""
    return payload if isinstance(payload, list) else [payload]


def never_sent(payload: Payload) -> Any:
    """The format's bodies do not say when they were sent."""
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """``routes`` by address; an address may have one hole, ``/settings/{}``.

    ``items`` lists what stands in a body that came to an endpoint of this kind. Each is complete in itself (what stands
    there once for all is put into each), because one that is refused is kept and sent again alone. It raises Refusal
    (then 400) where the body can hold no items. ``translate`` makes an item a message in the normal form, or raises
    Refusal. ``sent`` is when the client sent the body by its own clock, if it says so.
    """

    name: str
    routes: Mapping[str, Endpoint | Page] = field(default_factory=dict)
    items: Callable[[Payload, str], list[Any]] = one_or_many
    translate: Callable[[Any, Envelope], Any] = itself
    sent: Callable[[Payload], Any] = never_sent
