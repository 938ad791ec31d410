"""The lean door: an ASGI application beside Django that takes events and answers once they are on disk."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple, TypeVar

from django.db import close_old_connections

from evergrow.intake.capture import answers, credentials, decode, frames, visitors
from evergrow.intake.capture.admission import Refused, admit, check_size
from evergrow.intake.capture.answers import Answer, Problem
from evergrow.intake.capture.formats import ROUTES, Endpoint, Page, Refusal
from evergrow.intake.capture.formats.format import Payload, Taken
from evergrow.intake.capture.formats.routes import Route
from evergrow.intake.capture.inflow import Inflow, TooMuchAtOnce, read_in_time
from evergrow.intake.capture.keys import KeyRing, Source
from evergrow.intake.capture.limits import Rate, Tally
from evergrow.intake.capture.requests import Request
from evergrow.intake.capture.service import service
from evergrow.intake.capture.spool import SpoolUnavailable
from evergrow.intake.models.sources import TAKEN
from evergrow.intake.pipeline import refusals
from evergrow.lib import clock
from evergrow.workspaces.actions.keys import PREFIXES
from evergrow.workspaces.models import KeyKind

T = TypeVar("T")
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

log = logging.getLogger(__name__)
OWN_TREE = "/v1/"
RETRY_SECONDS = 10
KEEP_OF_BAD_BODY = 64 * 1024
LARGE, LARGE_PACKED = 256 * 1024, 8 * 1024
MAX_MESSAGES = 20_000
KEYS_SECONDS = 1.0  # how long a known key waits for the keys to be read again
NEW_KEY_SECONDS = 5.0  # and an unknown one
UNSURE = Problem(503, "unavailable", "The write keys cannot be read now, and this one is new to us.", RETRY_SECONDS)
BUSY = Problem(503, "unavailable", "Too much comes in at once. Send it again in a while.", RETRY_SECONDS)
STUMBLED = Problem(500, "internal", "Something went wrong here. Send it again.", RETRY_SECONDS)


def claims(path: str) -> bool:
    """Whether an address is the door's. What is not known below ``/v1/`` is refused in words that clients read."""
    return path.startswith(OWN_TREE) or ROUTES.find(path.rstrip("/")) is not None


class Ready(NamedTuple):
    """A request that was checked: what to say once its frame (none: at once) is on disk, and what to count then."""

    answer: Answer
    frame: bytes
    source: Source
    messages: int
    held: int


class Capture:
    """The application; one per process."""

    def __init__(self) -> None:
        self.keys = KeyRing()
        self.rate = Rate()
        self.tally = Tally()
        self.inflow = Inflow()
        self._reader = ThreadPoolExecutor(1, "keys")
        self._openers = ThreadPoolExecutor(2, "bodies")
        self._reading: asyncio.Future[None] | None = None
        self._next: asyncio.Future[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        answer = await self.answer(scope, headers, receive)
        await answer.send(send, answers.cors(headers))

    async def answer(self, scope: Scope, headers: dict[bytes, str], receive: Receive) -> Answer:
        """What to say to a request."""
        path, method = scope["path"].rstrip("/"), scope["method"]
        if method == "OPTIONS":
            return answers.PREFLIGHT
        route = ROUTES.find(path)
        if route is None:
            sentence = f"There is no capture endpoint {path}. Use POST /v1/batch."
            return answers.error(Problem(404, "not_found", sentence))
        methods = route.target.methods
        only_looks = method == "HEAD" and "GET" in methods and isinstance(route.target, Page)
        if method not in methods and not only_looks:
            return answers.error(Problem(405, "method_not_allowed", f"Use {' or '.join(methods)} for {path}."))
        client = scope.get("client")
        query = scope["query_string"].decode("latin-1")
        request = Request(method, path, query, headers, place=route.place, address=client[0] if client else "")
        return await self.heard(route, request, receive)

    async def heard(self, route: Route, request: Request, receive: Receive) -> Answer:
        """Take a request's messages or answer it; what goes wrong is said in the words of its format."""
        target = route.target
        share = self.inflow.share(receive)
        try:
            request.body = await read_in_time(share, request.headers)
            request.is_large = has_much(request)
            if isinstance(target, Page):
                return await target.answer(request, self)
            return await self.take(route, target, request)
        except Refused as refused:
            problem = refused.problem
            if refused.source is not None:
                self.tally.count(refused.source.key_id, problem.code)
        except decode.BadBody as bad:
            problem = Problem(bad.status, bad.code, str(bad))
        except TooMuchAtOnce:
            problem = BUSY
        except SpoolUnavailable as reason:
            problem = Problem(503, "unavailable", str(reason), RETRY_SECONDS)
        except Exception:
            log.exception("Capture stumbled over a request.")
            problem = STUMBLED
        finally:
            share.give_back()
        if isinstance(target, Page):
            return answers.error(problem)
        source = request.source or self.keys.find(credentials.from_header(request.header(b"authorization")))
        refusals.note(request, problem, source)
        if request.is_large:
            return await self.aside(target.refused, request, problem)
        return target.refused(request, problem)

    async def aside(self, work: Callable[..., T], *given: Any) -> T:
        """What ``work`` gives, done in a thread because the body is large: everybody else is answered meanwhile."""
        return await asyncio.get_running_loop().run_in_executor(self._openers, work, *given)

    async def take(self, route: Route, endpoint: Endpoint, request: Request) -> Answer:
        """Authenticate, check, put on disk."""
        header, named = request.header(b"authorization"), ""
        source = None if self.keys.is_stale else self.keys.of_header(header)
        if source is None:
            named = credentials.from_header(header)
            source = await self.known(named)
            if source is not None:
                self.keys.understand(header, named)
        request.source = source
        received, is_large = int(clock.now().timestamp() * 1000), request.is_large
        if source is not None:
            admit(source, request)
        try:
            if is_large:
                text, payload = await self.aside(opened, endpoint, request)
            else:
                text, payload = opened(endpoint, request)
        except decode.BadBody as bad:
            source = request.source = source or await self.named_outside(endpoint, request)
            if source is not None and not isinstance(bad, decode.TooLarge):
                request.is_kept = await self.keep_bad(source, route, bad, request.body, received)
            raise
        if source is None:
            source = request.source = await self.authenticate([named, *endpoint.keys(request, payload)])
            admit(source, request)
        check_size(source, max(len(text), len(request.body)))
        if is_large:
            count = await self.aside(count_messages, route, endpoint.kind, payload)
        else:
            count = count_messages(route, endpoint.kind, payload)
        request.count = count
        self.check_rate(source, count)
        visitor = visitors.of(source, request) if endpoint.asks_visitor else ""
        taken = Taken(request, payload, count, received, visitor)
        answer = await self.aside(endpoint.accepted, taken) if is_large else endpoint.accepted(taken)
        # What was parsed is let go before the wait for the disk: many requests wait at once, and it is large.
        del payload, taken
        if count:
            about = about_of(source, route, received, len(text))
            if visitor:
                about["v"] = visitor
            await self.spool(await self.aside(frames.pack, about, text) if is_large else frames.pack(about, text))
            if source.limits.per_day:
                self.tally.count(source.key_id, TAKEN, count)
        return answer

    def may_take_at_once(self, path: str) -> bool:
        """Whether requests that are posted there may be taken by ``at_once``."""
        route = ROUTES.exact.get(path)
        target = None if route is None else route.target
        return isinstance(target, Endpoint) and "POST" in target.methods and not target.asks_visitor

    def at_once(self, path: str, query: bytes, headers: dict[bytes, str], body: bytes) -> Ready | None:
        """A usual request, checked as ``take`` does; None, and nothing done, where anything about it is unusual.

        Whoever gets it calls ``was_taken`` or ``was_not_taken`` in the end.
        """
        route, inflow = ROUTES.exact[path], self.inflow
        header = headers.get(b"authorization", "")
        source = None if self.keys.is_stale else self.keys.of_header(header)
        if source is None or inflow.held + len(body) > inflow.most:
            return None
        if self.keys.is_aging and self._next is None and (self._reading is None or self._reading.done()):
            self._upcoming()  # before they are stale, so that nobody waits for it
        endpoint, received = route.target, int(clock.now().timestamp() * 1000)
        request = Request("POST", path, query.decode("latin-1"), headers, body, source=source)
        if has_much(request) or not isinstance(endpoint, Endpoint):
            return None
        try:
            service.spool.check_room()
            admit(source, request)
            text, payload = opened(endpoint, request)
            check_size(source, len(text))
            request.count = count = count_messages(route, endpoint.kind, payload)
            answer = endpoint.accepted(Taken(request, payload, count, received))
            self.check_rate(source, count)
        except Exception:  # whatever it is: found again, and told, the usual way
            return None
        frame = frames.pack(about_of(source, route, received, len(text)), text) if count else b""
        inflow.held += len(body)
        return Ready(answer, frame, source, count, len(body))

    def was_taken(self, ready: Ready) -> None:
        """A request's frame is on disk."""
        self.inflow.held -= ready.held
        if ready.source.limits.per_day:
            self.tally.count(ready.source.key_id, TAKEN, ready.messages)

    def was_not_taken(self, ready: Ready) -> None:
        """A request's frame could not be put on disk."""
        self.inflow.held -= ready.held

    async def named_outside(self, endpoint: Endpoint, request: Request) -> Source | None:
        """Whose request it is when its body cannot be read: the key may stand in the address."""
        for secret in endpoint.keys(request, {}):
            source = await self.known(secret)
            if source is not None:
                admit(source, request)
                return source
        return None

    def check_rate(self, source: Source, count: int) -> None:
        """Raise Refused (429) when the source sends too fast, or has sent enough for today."""
        limits = source.limits
        if wait := self.rate.wait(source.key_id, count, limits):
            sentence = f"This key may send {self.rate.speed(limits)[0]} events a second."
            raise Refused(Problem(429, "too_many_events", sentence, wait), source)
        if limits.per_day and self.tally.taken(source.key_id) + count > limits.per_day:
            sentence = f"This key may send {limits.per_day} events a day (UTC)."
            raise Refused(Problem(429, "quota_used_up", sentence, seconds_of_day_left()), source)

    async def spool(self, frame: bytes) -> None:
        spool = service.spool
        spool.check_room()
        await spool.append(frame, asyncio.get_running_loop())

    async def keep_bad(self, source: Source, route: Route, bad: decode.BadBody, body: bytes, received: int) -> bool:
        """A body that cannot be read goes to the rejects when we know whose it is; the client is told 400 as well.

        Whether it was kept: a source that sends too many of them is only counted.
        """
        if self.rate.wait(source.key_id, 1, source.limits):
            return False
        about = about_of(source, route, received) | {"bad": bad.code, "why": str(bad)[:500]}
        await self.spool(frames.pack(about, body[:KEEP_OF_BAD_BODY]))
        return True

    async def authenticate(self, secrets: list[str]) -> Source:
        """The source that the first working secret stands for. Raises Refused (401)."""
        for secret in dict.fromkeys(secrets):
            source = await self.known(secret)
            if source is not None:
                return source
        service.strangers += 1
        code, sentence = (
            ("invalid_write_key", "This write key is unknown or was revoked. Make one under Settings, Keys.")
            if any(secrets)
            else ("no_write_key", "The request carries no write key. Send it as the user name of Basic authorization.")
        )
        raise Refused(Problem(401, code, sentence))

    async def known(self, secret: str) -> Source | None:
        """Whom a secret stands for. What looks like a key and is unknown may have been made just now: looks again.

        Raises Refused (503) where that cannot be told now: to be told 401 is final.
        """
        if not secret or len(secret) > 200:
            return None
        if self.keys.is_stale:
            await self._catch_up()
        found = self.keys.find(secret)
        if found is None and secret.startswith(PREFIXES[KeyKind.WRITE]):
            await self._refresh()
            found = self.keys.find(secret)
            if found is None and self.keys.is_unsure:
                raise Refused(UNSURE)
        return found

    async def _catch_up(self) -> None:
        """Let the keys be read again, but do not wait long for it: those known go on working."""
        if self._reading is None or self._reading.done():
            await asyncio.wait([self._upcoming()], timeout=KEYS_SECONDS)
        else:
            await asyncio.wait([self._reading], timeout=KEYS_SECONDS)

    async def _refresh(self) -> None:
        """Wait until the keys were read by a reading that begins after this moment. Raises Refused (503)."""
        done, _ = await asyncio.wait([self._upcoming()], timeout=NEW_KEY_SECONDS)
        if not done:
            raise Refused(UNSURE)

    def _upcoming(self) -> "asyncio.Future[None]":
        """The next reading, one for all who wait for it."""
        if self._next is None or self._next.done():
            self._next = asyncio.ensure_future(self._read_next())
        return self._next

    async def _read_next(self) -> None:
        """Read the keys in a thread, after the reading that is going on and a pause."""
        if self._reading is not None and not self._reading.done():
            await asyncio.wait([self._reading])
        await asyncio.sleep(self.keys.pause)
        self._next = None  # who asks from now on may hold a key that this reading does not see
        self._reading = asyncio.get_running_loop().run_in_executor(self._reader, self._read_keys)
        await asyncio.wait([self._reading])

    def _read_keys(self) -> None:
        close_old_connections()
        self.keys.refresh()
        try:
            self.tally.save()
        except Exception:
            log.exception("What was counted at the door could not be written down.")

    def health(self) -> Answer:
        """200 while events can be taken, 503 with the reason while they cannot."""
        try:
            service.spool.check_room()
        except (SpoolUnavailable, OSError) as reason:
            return answers.error(Problem(503, "unavailable", str(reason), RETRY_SECONDS))
        return answers.json(200, {"status": "ok", **service.state()})


def about_of(source: Source, route: Route, received: int, size: int = 0) -> dict[str, Any]:
    """What the spool keeps of a request besides its body of this size."""
    target = route.target
    about = {
        "w": source.workspace_id,
        "k": source.key_id,
        "s": source.name,
        "f": route.format.name,
        "t": target.kind if isinstance(target, Endpoint) else "",
        "r": received,
    }
    if source.limits.message and size > source.limits.message:
        about["m"] = source.limits.message
    return about


def seconds_of_day_left() -> int:
    now = clock.now()
    return 86_400 - (now.hour * 3_600 + now.minute * 60 + now.second)


def has_much(request: Request) -> bool:
    """Whether a body is worth a thread; a packed one may hold a thousand times as much as it weighs."""
    body = request.body
    is_packed = body[:2] == b"\x1f\x8b" or request.header(b"content-encoding") not in ("", "identity")
    return len(body) > (LARGE_PACKED if is_packed else LARGE)


def opened(endpoint: Endpoint, request: Request) -> tuple[bytes, Payload]:
    """The JSON text of a request and what it says. Raises BadBody."""
    text = endpoint.open(request)
    try:
        return text, decode.read_json(text)
    except decode.BadBody:
        better = decode.mended(text)
        if better is None:
            raise
        return better, decode.read_json(better)


def count_messages(route: Route, kind: str, payload: Payload) -> int:
    """How many messages a payload holds. Raises Refused where it can hold none, or holds too many."""
    try:
        count = len(route.format.items(payload, kind))
    except Refusal as refusal:
        raise Refused(Problem(400, refusal.code, refusal.detail)) from refusal
    if count > MAX_MESSAGES:
        sentence = f"A request may hold {MAX_MESSAGES} messages, this one holds {count}. Send smaller batches."
        raise Refused(Problem(413, "too_many_messages", sentence))
    return count


capture_app = Capture()
