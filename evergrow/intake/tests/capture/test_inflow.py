"""Slow, half and large bodies: nobody holds the door shut for the others, and half a body is never a whole one."""

import asyncio
import gzip
import threading
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import orjson
import pytest

from evergrow.intake.capture import app as doors
from evergrow.intake.capture import inflow
from evergrow.intake.capture.formats import segment
from evergrow.intake.capture.inflow import Inflow, TooMuchAtOnce
from evergrow.intake.tests.capture.stage import Door

pytestmark = [pytest.mark.django_db, pytest.mark.once]
Parts = Callable[[], Awaitable[dict[str, Any]]]
EVENT = b'{"userId": "u1", "event": "x"}'


def part(body: bytes, more: bool = True) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


def said(door: Door, receive: Parts) -> tuple[int, Any]:
    """What the door says to a track message that arrives in these parts."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/v1/track", "query_string": f"writeKey={door.key}".encode()}
    door.app.keys.refresh()
    asyncio.run(door.app(scope | {"headers": []}, receive, send))  # type: ignore[arg-type]
    return sent[0]["status"], orjson.loads(sent[1]["body"])


def test_half_a_body_is_not_taken_when_the_client_leaves(door: Door) -> None:
    parts = [part(EVENT), {"type": "http.disconnect"}]

    async def receive() -> dict[str, Any]:
        return parts.pop(0)

    assert said(door, receive)[0] == 400
    assert door.drain() == 0
    assert door.app.inflow.held == 0


def test_a_body_that_does_not_come_is_not_waited_for_for_ever(door: Door, monkeypatch) -> None:
    monkeypatch.setattr(inflow, "BODY_SECONDS", 0.05)
    parts = [part(EVENT)]

    async def receive() -> dict[str, Any]:
        if not parts:
            await asyncio.sleep(60)
        return parts.pop(0)

    status, body = said(door, receive)
    assert (status, body["code"]) == (408, "too_slow")
    assert door.drain() == 0
    assert door.app.inflow.held == 0


def test_large_bodies_wait_while_too_much_is_held_and_small_ones_pass(door: Door) -> None:
    door.app.inflow = Inflow(most=1_000, small=100)
    door.app.inflow.held = 950
    large = {"userId": "u1", "event": "x", "properties": {"text": "x" * 200}}
    reply = door.post("/v1/track", large)
    assert (reply.status, reply.json["code"]) == (503, "unavailable")
    assert "retry-after" in reply.headers
    assert door.post("/v1/track", {"userId": "u1", "event": "x"}).status == 200
    assert door.app.inflow.held == 950
    door.app.inflow.held = 0
    assert door.post("/v1/track", large).status == 200
    assert door.drain() == 2


def test_small_bodies_are_refused_too_when_twice_as_much_is_held() -> None:
    inflow = Inflow(most=1_000, small=100)
    inflow.held = 1_995

    async def receive() -> dict[str, Any]:
        return part(b"x" * 10)

    share = inflow.share(receive)
    with pytest.raises(TooMuchAtOnce):
        asyncio.run(share.receive())
    share.give_back()
    assert inflow.held == 1_995


@pytest.mark.parametrize("is_packed", [True, False])
def test_a_large_body_is_opened_beside_the_loop_and_a_small_one_on_it(door: Door, monkeypatch, is_packed: bool) -> None:
    where: list[bool] = []
    real = segment.items

    def items(*given: Any) -> list[Any]:
        where.append(threading.current_thread() is threading.main_thread())
        return real(*given)

    monkeypatch.setattr(doors, "LARGE", 2_000)
    monkeypatch.setattr(doors, "LARGE_PACKED", 200)
    route = doors.ROUTES.find("/v1/batch")
    assert route is not None
    changed = {"/v1/batch": route._replace(format=replace(route.format, items=items))}
    monkeypatch.setattr(doors.ROUTES, "exact", doors.ROUTES.exact | changed)
    for count in (1, 100):
        batch = [{"type": "track", "userId": f"u{number}", "event": "x"} for number in range(count)]
        body = orjson.dumps({"batch": batch})
        sent = gzip.compress(body) if is_packed else body
        assert door.post("/v1/batch", sent, {"Content-Encoding": "gzip"} if is_packed else {}).status == 200
    assert where == [True, False]
    assert door.drain() == 101
