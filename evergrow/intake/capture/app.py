"""The lean door: an ASGI application beside Django that takes events and answers once they are on disk."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import unquote

from django.conf import settings
from django.db import close_old_connections

from evergrow.intake.capture import answers, credentials, decode, frames
from evergrow.intake.capture.answers import Answer
from evergrow.intake.capture.keys import KeyRing, Source
from evergrow.intake.capture.limits import Rate
from evergrow.intake.capture.service import service
from evergrow.intake.capture.spool import SpoolUnavailable
from evergrow.lib import clock

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

log = logging.getLogger(__name__)
KINDS = ("track", "identify", "page", "screen", "group", "alias", "batch")
ROUTES = {f"/v1/{path}": kind for kind in KINDS for path in (kind, kind[0])} | {"/v1/import": "import"}
RETRY_SECONDS = 10
KEEP_OF_BAD_BODY = 64 * 1024


class Refused(Exception):
    """An answer other than 200."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


class Capture:
    """The application; one per process."""

    def __init__(self) -> None:
        self.keys = KeyRing()
        self.rate = Rate(settings.CAPTURE_EVENTS_PER_SECOND)
        self._reader = ThreadPoolExecutor(1, "keys")
        self._refreshing: asyncio.Future[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        try:
            answer = await self.answer(scope, headers, receive)
        except Refused as refused:
            answer = refused.answer
        except decode.BadBody as bad:
            answer = answers.error(bad.status, bad.code, str(bad))
        except SpoolUnavailable as reason:
            answer = answers.error(503, "unavailable", str(reason), retry_after=RETRY_SECONDS)
        except Exception:
            log.exception("Capture stumbled over a request.")
            answer = answers.error(
                500, "internal", "Something went wrong here. Send it again.", retry_after=RETRY_SECONDS
            )
        await answer.send(send, answers.cors(headers))

    async def answer(self, scope: Scope, headers: dict[bytes, str], receive: Receive) -> Answer:
        """What to say to a request."""
        path, method = scope["path"].rstrip("/"), scope["method"]
        if method == "OPTIONS":
            return answers.PREFLIGHT
        if path == "/health" and method in ("GET", "HEAD"):
            return self.health()
        if method == "GET" and path.startswith("/v1/projects/") and path.endswith("/settings"):
            return await self.browser_settings(unquote(path.split("/")[3]), headers)
        if method != "POST":
            return answers.error(405, "method_not_allowed", f"Use POST for {path}.")
        body = await read_body(receive, headers)
        if path == "/v1/m":
            return answers.ACCEPTED
        kind = ROUTES.get(path)
        if kind is None:
            return answers.error(404, "not_found", f"There is no capture endpoint {path}. Use POST /v1/batch.")
        return await self.take(kind, body, headers, scope["query_string"].decode("latin-1"))

    async def take(self, kind: str, body: bytes, headers: dict[bytes, str], query: str) -> Answer:
        """Authenticate, check, put on disk."""
        source = await self.known(credentials.from_header(headers.get(b"authorization", "")))
        try:
            text = decode.unpack(body, headers.get(b"content-encoding", ""), headers.get(b"content-type", ""))
            payload = decode.read_json(text)
        except decode.BadBody as bad:
            if source is not None and not isinstance(bad, decode.TooLarge):
                await self.keep_bad(source, kind, bad, body)
            raise
        if source is None:
            source = await self.authenticate(payload, headers, query)
        count = count_events(kind, payload)
        if wait := self.rate.wait(source.key_id, count):
            sentence = f"This key may send {self.rate.per_second} events a second."
            raise Refused(answers.error(429, "too_many_events", sentence, retry_after=wait))
        if count:
            about = self.about(source, kind)
            await self.spool(frames.pack(about, text))
        return answers.ACCEPTED

    async def spool(self, frame: bytes) -> None:
        service.spool.check_room()
        await service.spool.append(frame, asyncio.get_running_loop())

    async def keep_bad(self, source: Source, kind: str, bad: decode.BadBody, body: bytes) -> None:
        """A body that cannot be read goes to the rejects when we know whose it is; the client is told 400 as well."""
        if self.rate.wait(source.key_id, 1):
            return
        about = self.about(source, kind) | {"bad": bad.code, "why": str(bad)[:500]}
        await self.spool(frames.pack(about, body[:KEEP_OF_BAD_BODY]))

    def about(self, source: Source, kind: str) -> dict[str, Any]:
        return {
            "w": source.workspace_id,
            "k": source.key_id,
            "s": source.name,
            "t": kind,
            "r": int(clock.now().timestamp() * 1000),
        }

    async def authenticate(self, payload: dict[str, Any] | list[Any], headers: dict[bytes, str], query: str) -> Source:
        """The source of a request whose header named none that works. Raises Refused (401)."""
        named = credentials.from_header(headers.get(b"authorization", ""))
        for secret in (credentials.from_body(payload), credentials.from_query(query)):
            source = await self.known(secret)
            if source is not None:
                return source
            named = named or secret
        code, sentence = (
            ("invalid_write_key", "This write key is unknown or was revoked. Make one under Settings, Keys.")
            if named
            else ("no_write_key", "The request carries no write key. Send it as the user name of Basic authorization.")
        )
        raise Refused(answers.error(401, code, sentence))

    async def known(self, secret: str) -> Source | None:
        """Whom a secret stands for; looks again when it is unknown, because it may have been made just now."""
        if not secret or len(secret) > 200:
            return None
        if self.keys.is_stale:
            await self._refresh()
        found = self.keys.find(secret)
        if found is None and self.keys.may_ask_again:
            await self._refresh()
            found = self.keys.find(secret)
        return found

    async def _refresh(self) -> None:
        """Read the keys in a thread, once for all requests that wait for it."""
        if self._refreshing is None or self._refreshing.done():
            self._refreshing = asyncio.get_running_loop().run_in_executor(self._reader, self._read_keys)
        await asyncio.shield(self._refreshing)

    def _read_keys(self) -> None:
        close_old_connections()
        self.keys.refresh()

    def health(self) -> Answer:
        """200 while events can be taken, 503 with the reason while they cannot."""
        try:
            service.spool.check_room()
        except (SpoolUnavailable, OSError) as reason:
            return answers.error(503, "unavailable", str(reason), retry_after=RETRY_SECONDS)
        return answers.json(200, {"status": "ok", **service.state()})

    async def browser_settings(self, secret: str, headers: dict[bytes, str]) -> Answer:
        """What analytics-next asks before it sends: where to, and in batches."""
        if await self.known(secret) is None:
            return answers.error(404, "invalid_write_key", "This write key is unknown or was revoked.")
        protocol = "https" if settings.USE_HTTPS or headers.get(b"x-forwarded-proto") == "https" else "http"
        return answers.json(200, answers.browser_settings(secret, headers.get(b"host", ""), protocol))


def count_events(kind: str, payload: dict[str, Any] | list[Any]) -> int:
    """How many messages a payload holds. Raises Refused where a batch is no list."""
    if isinstance(payload, list):
        return len(payload)
    batch = payload.get("batch")
    if isinstance(batch, list):
        return len(batch)
    if kind in ("batch", "import"):
        raise Refused(answers.error(400, "invalid_batch", "The body of a batch needs the list “batch”."))
    return 1


async def read_body(receive: Receive, headers: dict[bytes, str]) -> bytes:
    """The whole body as it came. Raises TooLarge."""
    length = headers.get(b"content-length", "")
    if length.isdigit() and int(length) > decode.LIMIT:
        raise decode.too_large()
    message = await receive()
    if not message.get("more_body"):
        return bytes(message.get("body", b""))
    parts, size = [message.get("body", b"")], len(message.get("body", b""))
    while message.get("more_body"):
        message = await receive()
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > decode.LIMIT:
            raise decode.too_large()
    return b"".join(parts)


capture_app = Capture()
