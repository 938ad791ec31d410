"""What a source may send: speed, size, a day's worth, from which pages, and not at all while it is paused."""

import asyncio

import pytest

from evergrow import warehouse
from evergrow.intake.capture.app import Capture
from evergrow.intake.capture.limits import allows, origin_of
from evergrow.intake.models import Reject, SourceSettings, SourceTally
from evergrow.intake.tests.capture.stage import Door
from evergrow.lib import clock
from evergrow.workspaces.actions.keys import create_key
from evergrow.workspaces.models import Key, KeyKind

pytestmark = [pytest.mark.django_db, pytest.mark.once]
LOGIN = {"userId": "u1", "event": "login"}
PAGE = {"Origin": "https://shop.example.com"}


def limit(door: Door, **fields) -> Key:
    key = Key.objects.get(kind=KeyKind.WRITE, name="Web")
    SourceSettings.objects.update_or_create(key=key, defaults=fields)
    return key


def batch(count: int) -> dict:
    return {"batch": [LOGIN | {"type": "track"}] * count}


def tallies(door: Door) -> dict[str, int]:
    door.app.tally.save()
    return dict(SourceTally.objects.values_list("what", "count"))


def test_a_source_has_its_own_speed(door: Door, workspace) -> None:
    limit(door, per_second=10, burst=20)
    assert door.post("/v1/batch", batch(20)).status == 200
    reply = door.post("/v1/batch", batch(20))
    assert (reply.status, reply.json["code"]) == (429, "too_many_events")
    assert reply.headers["retry-after"] == "2"
    assert "10 events a second" in reply.json["message"]
    _, other = create_key(workspace=workspace, kind="write", name="Other", by=None)
    assert door.post("/v1/batch", batch(200), key=other).status == 200
    assert tallies(door) == {"too_many_events": 1}


def test_a_change_of_limits_needs_no_restart(door: Door) -> None:
    limit(door, per_second=1, burst=1)
    assert [door.post("/v1/track", LOGIN).status for _ in range(2)] == [200, 429]
    limit(door, per_second=0)
    assert [door.post("/v1/track", LOGIN).status for _ in range(3)] == [200, 200, 200]


def test_a_body_over_the_size_is_413_packed_or_unpacked(door: Door) -> None:
    limit(door, request_kib=1)
    assert door.post("/v1/track", LOGIN).status == 200
    reply = door.post("/v1/track", LOGIN | {"properties": {"x": "y" * 2000}})
    assert (reply.status, reply.json["code"]) == (413, "body_too_large")
    assert "1 KiB, this one holds 3" in reply.json["message"]
    assert door.drain() == 1
    assert not Reject.objects.exists()


def test_one_message_over_the_size_is_refused_and_the_rest_counts(door: Door) -> None:
    limit(door, message_kib=1)
    large = {"type": "track", "userId": "u1", "event": "huge", "properties": {"x": "y" * 2000}}
    assert door.post("/v1/batch", {"batch": [LOGIN | {"type": "track"}, large]}).status == 200
    assert door.drain() == 1
    reject = Reject.objects.get()
    assert (reject.code, reject.detail, reject.event) == ("message_too_large", "3 KiB > 1 KiB", "huge")
    assert warehouse.rows("select event from events") == [("login",)]


def test_a_day_holds_no_more_than_its_quota_also_after_a_restart(door: Door, monkeypatch) -> None:
    limit(door, per_day=3)
    assert door.post("/v1/batch", batch(2)).status == 200
    assert tallies(door) == {"taken": 2}
    app = Capture()
    app.tally.save()
    monkeypatch.setattr(app, "_refresh", door.app._refresh)
    door.app = app
    assert door.post("/v1/track", LOGIN).status == 200
    reply = door.post("/v1/track", LOGIN)
    assert (reply.status, reply.json["code"]) == (429, "quota_used_up")
    assert 0 < int(reply.headers["retry-after"]) <= 86_400
    assert tallies(door) == {"taken": 3, "quota_used_up": 1}


def test_a_paused_source_is_refused_in_a_way_that_ends_retries(door: Door) -> None:
    limit(door, paused_at=clock.now())
    reply = door.post("/v1/track", LOGIN)
    assert (reply.status, reply.json["code"]) == (403, "source_paused")
    assert "retry-after" not in reply.headers
    assert door.post("/v1/track", LOGIN | {"writeKey": door.key}, key="").status == 403
    assert door.post("/v1/track", b"{").status == 403
    limit(door, paused_at=None)
    assert door.post("/v1/track", LOGIN).status == 200
    assert tallies(door) == {"source_paused": 3}
    assert door.drain() == 1


def test_only_allowed_pages_may_send_and_servers_always(door: Door) -> None:
    limit(door, origins=["https://shop.example.com", "https://*.yunke.cn"])
    assert door.post("/v1/track", LOGIN, PAGE).status == 200
    assert door.post("/v1/track", LOGIN, {"Origin": "https://www.yunke.cn"}).status == 200
    reply = door.post("/v1/track", LOGIN, {"Origin": "https://evil.example"})
    assert (reply.status, reply.json["code"]) == (403, "origin_not_allowed")
    assert reply.headers["access-control-allow-origin"] == "https://evil.example", "or the page could not read why"
    assert door.post("/v1/track", LOGIN, {"Origin": "null"}).status == 403
    assert door.post("/v1/track", LOGIN).status == 200


@pytest.mark.parametrize(
    ("origin", "is_allowed"),
    [
        ("https://www.yunke.cn", True),
        ("https://a.b.yunke.cn", True),
        ("HTTPS://WWW.YUNKE.CN", True),
        ("https://yunke.cn", False),
        ("http://www.yunke.cn", False),
        ("https://evilyunke.cn", False),
        ("https://www.yunke.cn.evil.example", False),
    ],
)
def test_a_star_stands_for_the_hosts_below(origin: str, is_allowed: bool) -> None:
    assert allows(("https://*.yunke.cn",), origin) is is_allowed


def test_the_page_of_an_image_is_told_by_its_referrer() -> None:
    assert origin_of("https://Shop.example.com:8443/cart?x=1") == "https://shop.example.com:8443"
    assert origin_of("about:blank") == origin_of("https://[") == origin_of("") == ""


def test_a_client_that_leaves_within_its_body_leaves_nothing(door: Door) -> None:
    parts = [
        {"type": "http.request", "body": b'{"userId": "u1", ', "more_body": True},
        {"type": "http.disconnect"},
    ]
    scope = {
        "type": "http", "method": "POST", "path": "/v1/track", "query_string": b"",
        "headers": [(b"authorization", b"Bearer " + door.key.encode())],
    }  # fmt: skip
    sent = []

    async def receive() -> dict:
        return parts.pop(0)

    async def send(message: dict) -> None:
        sent.append(message)

    door.app.keys.refresh()
    asyncio.run(door.app(scope, receive, send))
    assert sent[0]["status"] == 400
    assert door.drain() == 0
    assert not Reject.objects.exists()
