"""The usual request, answered without a task of its own, is answered exactly as the application answers it."""

import asyncio
import base64
import gzip
import os
import re
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from uvicorn import Config
from uvicorn.server import ServerState

from evergrow.intake.capture import frames
from evergrow.intake.capture.limits import Rate
from evergrow.intake.capture.protocol import Protocol
from evergrow.intake.capture.spool import SpoolUnavailable
from evergrow.intake.tests.capture.stage import Door

pytestmark = [pytest.mark.django_db, pytest.mark.once]
TRACK = orjson.dumps({"userId": "u1", "event": "login", "messageId": "m1"})
BATCH = orjson.dumps({"batch": [{"type": "track", "userId": "u1", "event": "x"}] * 3})


class Wire(asyncio.Transport):
    """One connection's other end: what was said, and whether it was hung up."""

    def __init__(self) -> None:
        super().__init__()
        self.said, self.writes, self.is_closed = b"", 0, False

    def write(self, data: bytes) -> None:  # type: ignore[override]
        self.said += data
        self.writes += 1

    def is_closing(self) -> bool:
        return self.is_closed

    def close(self) -> None:
        self.is_closed = True

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...


class Line:
    """Connections to a door; ``ways`` says how each request was taken: at once, or the usual way."""

    def __init__(self, door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
        self.door, self.ways = door, []
        monkeypatch.setattr(Protocol, "door", door.app)
        taken, started = Protocol._takes, Protocol._go_usual_way
        monkeypatch.setattr(Protocol, "_takes", lambda *given: self.note("at once", taken(*given)))
        monkeypatch.setattr(Protocol, "_go_usual_way", lambda own: (self.note("usual", True), started(own))[1])
        self.config = Config(door.app, http=Protocol, log_config=None, access_log=False)
        self.config.load()

    def note(self, way: str, is_so: bool) -> bool:
        if is_so:
            self.ways.append(way)
        return is_so

    def say(self, *parts: bytes, answers: int = 1) -> Wire:
        """Send these bytes, a part a time, and wait for so many answers."""
        self.door.app.keys.refresh()
        secret = f"Basic {base64.b64encode(f'{self.door.key}:'.encode()).decode()}"
        self.door.app.keys.understand(secret, self.door.key)

        async def talk() -> Wire:
            wire, protocol = Wire(), Protocol(self.config, ServerState(), {}, asyncio.get_running_loop())
            protocol.access_log = False  # pytest listens to every log
            protocol.connection_made(wire)
            for part in parts:
                protocol.data_received(part)
                await asyncio.sleep(0)
            async with asyncio.timeout(10):
                while len(re.findall(rb"HTTP/1.1 \d\d\d", wire.said)) < answers:
                    await asyncio.sleep(0.001)
            protocol.connection_lost(None)
            return wire

        return asyncio.run(talk())

    def ask(self, path: str, body: bytes, headers: str = "", key: str | None = None) -> bytes:
        """A request as clients write it."""
        secret = base64.b64encode(f"{self.door.key if key is None else key}:".encode()).decode()
        head = f"POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Basic {secret}\r\nContent-Length: {len(body)}\r\n"
        return f"{head}{headers}\r\n".encode() + body

    def spooled(self) -> list[tuple[dict[str, Any], bytes]]:
        self.door.spool.stop()
        found = [(frame.about, frame.body) for file in self.door.spool.segments() for frame in frames.read(file)]
        for file in self.door.spool.segments():
            file.unlink()
        self.door.spool.start()
        return found


@pytest.fixture
def line(door: Door, monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    return Line(door, monkeypatch)


USUAL = {
    "a track": ("/v1/track", TRACK, ""),
    "a batch": ("/v1/batch", BATCH, ""),
    "a batch of nothing": ("/v1/batch", b'{"batch": []}', ""),
    "from a page": ("/v1/t", TRACK, "Origin: https://shop.example\r\nAccess-Control-Request-Headers: x-a\r\n"),
    "for the last time": ("/v1/t", TRACK, "Connection: close\r\n"),
    "of a value that is no JSON": ("/v1/t", b'{"userId": "u1", "event": "x", "properties": {"n": NaN}}', ""),
    "in another format": ("/capture", b'{"event": "x", "distinct_id": "u1"}', ""),
    "by PostHog's batch": ("/batch", b'{"batch": [{"event": "x", "distinct_id": "u1"}]}', ""),
}
UNUSUAL = {
    "no JSON": ("/v1/track", b"{", ""),
    "no batch": ("/v1/batch", b'{"batch": 7}', ""),
    "packed": ("/v1/batch", gzip.compress(os.urandom(9_000)), "Content-Encoding: gzip\r\n"),
    "large": ("/v1/track", b'{"userId": "u1", "event": "%s"}' % (b"x" * 300_000), ""),
}


def both(line: Line, path: str, body: bytes, headers: str, monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, Any]]:
    """What is said and what is on disk, at once and by the application alone."""
    found: list[tuple[Any, Any]] = []
    for is_asked in (True, False):
        if not is_asked:
            monkeypatch.setattr(line.door.app, "may_take_at_once", lambda path: False)
        wire = line.say(line.ask(path, body, headers))
        found.append(((wire.said.lower(), wire.is_closed), line.spooled()))
    return found


@pytest.mark.parametrize("what", USUAL)
def test_a_usual_request_is_answered_as_the_application_does(line, frozen, monkeypatch, what: str) -> None:
    at_once, application = both(line, *USUAL[what], monkeypatch)
    assert line.ways == ["at once"]
    assert at_once == application


@pytest.mark.parametrize("what", UNUSUAL)
def test_an_unusual_request_goes_the_usual_way_and_nothing_of_it_twice(line, frozen, monkeypatch, what: str) -> None:
    at_once, application = both(line, *UNUSUAL[what], monkeypatch)
    assert line.ways == ["usual"]
    assert at_once == application


def test_an_answer_leaves_in_one_piece_once_it_is_on_disk(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[bytes] = []
    real = os.fdatasync
    monkeypatch.setattr(os, "fdatasync", lambda handle: (synced.append(wires[-1].said), real(handle)))
    wires: list[Wire] = []
    made = Wire.__init__
    monkeypatch.setattr(Wire, "__init__", lambda wire: (made(wire), wires.append(wire))[0])
    wire = line.say(line.ask("/v1/track", TRACK))
    assert synced == [b""], "nothing was said before it was on disk"
    assert wire.writes == 1


def test_many_requests_in_a_line_are_answered_one_after_the_other(line: Line) -> None:
    bodies = [orjson.dumps({"userId": "u1", "event": f"step {number}"}) for number in range(5)]
    asked = b"".join(line.ask("/v1/track", body) for body in bodies)
    middle = len(asked) // 2
    wire = line.say(asked[:middle], asked[middle:], answers=5)
    assert wire.said.count(b"HTTP/1.1 200 OK") == 5
    assert [body for _, body in line.spooled()] == bodies


def test_a_body_that_comes_in_parts_is_waited_for(line: Line) -> None:
    asked = line.ask("/v1/track", TRACK)
    assert b"200 OK" in line.say(asked[:-30], asked[-30:]).said
    assert line.ways == ["usual"]
    assert [body for _, body in line.spooled()] == [TRACK]


def test_a_key_that_is_new_or_unknown_goes_the_usual_way(line: Line) -> None:
    assert b"401 Unauthorized" in line.say(line.ask("/v1/track", TRACK, key="egw_wrong")).said
    assert line.ways == ["usual"]


def test_who_sends_too_fast_is_told_and_what_was_taken_is_counted(line: Line) -> None:
    line.door.app.rate = Rate(1)
    assert b"200 OK" in line.say(line.ask("/v1/batch", BATCH)).said
    line.door.app.rate._buckets = dict.fromkeys(line.door.app.rate._buckets, (0.0, 1e18))
    assert b"429 Too Many Requests" in line.say(line.ask("/v1/track", TRACK)).said
    assert line.ways == ["at once", "usual"]
    assert line.door.app.inflow.held == 0


def test_what_cannot_be_written_is_tried_again_and_then_refused(line: Line, monkeypatch) -> None:
    def full(frame: bytes, waiting: Any) -> None:
        raise SpoolUnavailable("The disk is full.")

    monkeypatch.setattr(line.door.spool, "_add", full)
    said = line.say(line.ask("/v1/track", TRACK)).said
    assert b"503 Service Unavailable" in said
    assert b"retry-after: 10" in said
    assert said.count(b"HTTP/1.1") == 1
    assert line.ways == ["at once"]
    assert line.door.app.inflow.held == 0


def test_nobody_waits_while_the_keys_are_read_again(line: Line, monkeypatch) -> None:
    monkeypatch.setattr("evergrow.intake.capture.keys.AGING_SECONDS", -1.0)
    read: list[bool] = []
    monkeypatch.setattr(line.door.app, "_read_keys", lambda: read.append(True))
    assert b"200 OK" in line.say(line.ask("/v1/track", TRACK)).said
    assert line.ways == ["at once"]
