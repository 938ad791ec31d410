"""What clients hear: exactly what the official SDKs wait for."""

from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

import orjson

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]
ALLOWED = "Authorization, Content-Type, Content-Encoding, X-Retry-Count, AnonymousId, SentAt"
JSON = (b"content-type", b"application/json")
# What is said may repeat what was asked (a path, the host), so nobody may guess at it as a page.
AS_SAID = (b"x-content-type-options", b"nosniff")
NOT_KEPT = (b"cache-control", b"no-store")


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes
    headers: tuple[tuple[bytes, bytes], ...] = ()

    def all_headers(self, more: Headers) -> Headers:
        """Its own, more, and the length of the body."""
        headers = [*self.headers, *more]
        if self.status != 304:  # there it would be the length of what the client has
            headers.append((b"content-length", str(len(self.body)).encode()))
        return headers

    async def send(self, send: Send, more: Headers) -> None:
        await send({"type": "http.response.start", "status": self.status, "headers": self.all_headers(more)})
        await send({"type": "http.response.body", "body": self.body})


def json(status: int, content: Any, *headers: tuple[bytes, bytes]) -> Answer:
    return Answer(status, orjson.dumps(content), (JSON, AS_SAID, *headers))


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a request is refused: a status, a code for programs, a sentence for people, seconds to wait (or None)."""

    status: int
    code: str
    sentence: str
    retry_after: int | None = None

    @property
    def headers(self) -> Headers:
        """``Retry-After`` where waiting helps."""
        return [] if self.retry_after is None else [(b"retry-after", str(self.retry_after).encode())]


def error(problem: Problem) -> Answer:
    """A refusal that clients understand: one without ``code`` and ``message`` would be retried for ever by some."""
    content = {"code": problem.code, "message": problem.sentence, "detail": problem.sentence}
    return json(problem.status, content, *problem.headers)


ACCEPTED = json(200, {"status": 1, "success": True})
PREFLIGHT = Answer(200, b"")
NO_CONTENT = Answer(204, b"")
PIXEL = Answer(
    200,
    bytes.fromhex("47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b"),
    ((b"content-type", b"image/gif"), (b"cache-control", b"no-store")),
)


def cors(headers: dict[bytes, str]) -> Headers:
    """Any page may send: the write key decides, and no cookie is read here."""
    origin = headers.get(b"origin")
    if origin is None:
        return [(b"access-control-allow-origin", b"*")]
    return [
        (b"access-control-allow-origin", origin.encode("latin-1")),
        (b"vary", b"Origin"),
        (b"access-control-allow-methods", b"GET, POST, OPTIONS"),
        (b"access-control-allow-headers", headers.get(b"access-control-request-headers", ALLOWED).encode("latin-1")),
        (b"access-control-expose-headers", b"Retry-After"),
        (b"access-control-max-age", b"86400"),
    ]
