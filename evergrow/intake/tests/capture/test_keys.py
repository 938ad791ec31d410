"""A key that works must never hear a final 401, whatever strangers send and however the database is."""

import asyncio
import base64
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from evergrow.intake.capture import app as door
from evergrow.intake.capture import keys
from evergrow.intake.capture.app import Capture, Refused
from evergrow.intake.capture.keys import KeyRing, Source
from evergrow.lib import clock, tokens
from evergrow.workspaces.actions.keys import create_key
from evergrow.workspaces.models import Key, Workspace

NEW = "egw_new"


class Database:
    """What keys there are; a reading takes ``seconds`` and sees what was there when it began."""

    def __init__(self, app: Capture) -> None:
        self.app, self.made, self.readings, self.seconds = app, set[str](), 0, 0.0

    def read(self) -> None:
        self.readings += 1
        seen = {tokens.digest(secret): Source(1, 1, "Web") for secret in self.made}
        time.sleep(self.seconds)
        self.app.keys._keys = keys._Keys(seen, {})
        self.app.keys._read_at = time.monotonic()


def run(story: Callable[[Capture, Database], Awaitable[None]]) -> None:
    app = Capture()
    database = Database(app)
    app._read_keys = database.read  # type: ignore[method-assign]
    asyncio.run(story(app, database))  # type: ignore[arg-type]


def test_a_key_made_right_after_a_wrong_one_was_asked_for_works_at_once() -> None:
    async def story(app: Capture, database: Database) -> None:
        assert await app.known("egw_wrong") is None
        database.made.add(NEW)
        assert await app.known(NEW) is not None

    run(story)


def test_a_key_made_while_the_keys_are_being_read_works_at_once() -> None:
    async def story(app: Capture, database: Database) -> None:
        database.seconds = 0.05
        stranger = asyncio.ensure_future(app.known("egw_wrong"))
        while not database.readings:
            await asyncio.sleep(0.001)
        database.made.add(NEW)
        assert await app.known(NEW) is not None
        assert await stranger is None

    run(story)


def test_a_thousand_strangers_at_once_cost_a_reading_or_two() -> None:
    async def story(app: Capture, database: Database) -> None:
        found = await asyncio.gather(*(app.known(f"egw_{number}") for number in range(1000)))
        assert found == [None] * 1000
        assert database.readings <= 3

    run(story)


def test_what_does_not_look_like_a_key_is_not_asked_for() -> None:
    async def story(app: Capture, database: Database) -> None:
        await app.known("service account")
        readings = database.readings
        for _ in range(20):
            assert await app.known("service account") is None
        assert database.readings == readings <= 1

    run(story)


def test_a_known_key_does_not_wait_for_a_database_that_hangs_and_a_new_one_may_come_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(door, "KEYS_SECONDS", 0.05)
    monkeypatch.setattr(door, "NEW_KEY_SECONDS", 0.05)

    async def story(app: Capture, database: Database) -> None:
        database.made.add(NEW)
        database.read()
        database.seconds = 0.5
        app.keys._read_at -= 3
        begun = time.monotonic()
        assert await app.known(NEW) is not None
        with pytest.raises(Refused) as refused:
            await app.known("egw_other")
        assert refused.value.problem.status == 503
        assert time.monotonic() - begun < 0.5

    run(story)


def test_an_unknown_key_may_come_back_while_the_keys_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Such as at a start without a database: told 401, every client would throw its events away."""
    monkeypatch.setattr(Key.objects, "filter", lambda **_: (_ for _ in ()).throw(OSError("away")))
    app = Capture()
    app._read_keys = app.keys.refresh  # type: ignore[method-assign]
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b'{"userId": "u1", "event": "x"}'}

    async def send(message: Any) -> None:
        sent.append(message)

    named = base64.b64encode(f"{NEW}:".encode())
    scope = {"type": "http", "method": "POST", "path": "/v1/track", "query_string": b""}
    asyncio.run(app(scope | {"headers": [(b"authorization", b"Basic " + named)]}, receive, send))  # type: ignore[arg-type]
    assert sent[0]["status"] == 503
    assert b"retry-after" in dict(sent[0]["headers"])


@pytest.mark.django_db
def test_the_ring_is_sure_again_once_the_keys_were_read() -> None:
    ring = KeyRing()
    ring.is_unsure = True
    ring.refresh()
    assert not ring.is_unsure


@pytest.mark.django_db
def test_an_understood_header_stands_for_nobody_once_its_key_was_revoked(workspace: Workspace) -> None:
    key, secret = create_key(workspace=workspace, kind="write", name="Web", by=None)
    ring = KeyRing()
    ring.refresh()
    ring.understand("Basic xyz", secret)
    ring.understand("Basic strange", "egw_unknown")
    assert ring.of_header("Basic xyz") == ring.find(secret) is not None
    assert ring.of_header("Basic strange") is None
    Key.objects.filter(pk=key.pk).update(revoked_at=clock.now())
    ring.refresh()
    assert ring.of_header("Basic xyz") is None
