"""What holds at every address that takes messages, in whatever format: asked of all of them, one after the other."""

import gzip
import zlib
from collections.abc import Iterator
from typing import Any

import brotli
import orjson
import pytest

from evergrow import warehouse
from evergrow.intake.capture import decode
from evergrow.intake.capture.formats import FORMATS, ROUTES, Endpoint, Page
from evergrow.intake.capture.formats.format import usual_keys, usual_refusal
from evergrow.intake.capture.formats.routes import HOLE
from evergrow.intake.capture.limits import Rate
from evergrow.intake.models import Reject, SourceSettings
from evergrow.intake.tests.capture import cases
from evergrow.intake.tests.capture.cases import Case
from evergrow.intake.tests.capture.stage import Door, Reply
from evergrow.lib import clock
from evergrow.workspaces.models import Key

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen"), pytest.mark.once]
BOMB = gzip.compress(b" " * (decode.LIMIT + 1), 1)


def addresses(kind: type[Endpoint | Page] = Endpoint) -> Iterator[tuple[str, Any]]:
    """Every address of this kind, with what listens there."""
    for each in FORMATS.values():
        for address, target in each.routes.items():
            if isinstance(target, kind):
                yield address.replace(HOLE, "egw_hole"), target


def plain(case: Case) -> bool:
    """Whether a case's body is what it is, so that it can be packed in other ways."""
    return case.method == "POST" and not any("encoding" in name.lower() for name in case.headers)


def send(door: Door, case: Case, body: bytes | None = None, **headers: str) -> Reply:
    sent = {**case.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return door.ask(case.method, case.path, case.data if body is None else body, sent)


def refusal_is_understood(target: Endpoint, reply: Reply, status: int) -> bool:
    """The usual refusal: a status, and JSON that stops clients from trying again. Some formats have their own."""
    if target.refused is not usual_refusal:
        return reply.status < 500
    return reply.status == status and set(reply.json) == {"code", "message", "detail"} and all(reply.json.values())


def test_every_case_is_answered_as_its_client_expects(door: Door) -> None:
    for _, case in cases.EVERY:
        reply = send(door, case)
        assert reply.status == case.status, (case.name, reply.body)
        if case.answer is not None:
            told = reply.body if isinstance(case.answer, bytes) else reply.json
            assert told == case.answer, case.name
    counted = door.drain()
    wanted = [message for _, case in cases.EVERY for message in case.messages if "code" not in message]
    assert counted == len(wanted)


def test_the_same_request_counts_once_where_something_tells_it_from_another(door: Door) -> None:
    named = [case for _, case in cases.EVERY if any("message_id" in message for message in case.messages)]
    for case in named:
        send(door, case)
    door.drain()
    ids = "select message_id from events where not startsWith(message_id, 'auto-') order by message_id"
    before = warehouse.rows(ids)
    assert before
    for case in named:
        send(door, case)
    door.drain()
    assert warehouse.rows(ids) == before


@pytest.mark.parametrize(
    ("pack", "encoding"),
    [
        (gzip.compress, "gzip"),
        (gzip.compress, ""),  # found by its first bytes
        (zlib.compress, "deflate"),
        (brotli.compress, "br"),
    ],
    ids=["gzip", "gzip unsaid", "deflate", "br"],
)
def test_every_body_may_be_packed(door: Door, pack: Any, encoding: str) -> None:
    said = {"Content-Encoding": encoding} if encoding else {}
    for _, case in cases.EVERY:
        if plain(case):
            assert send(door, case, pack(case.data), **said).status == case.status, case.name
    wanted = [m for _, case in cases.EVERY if plain(case) for m in case.messages if "code" not in m]
    assert door.drain() == len(wanted)


def test_no_content_type_is_refused(door: Door) -> None:
    for _, case in cases.EVERY:
        if case.form is None:
            for name in ("text/plain", "application/octet-stream", "application/x-www-form-urlencoded"):
                assert send(door, case, Content_Type=name).status == case.status, (case.name, name)


def test_every_page_may_ask_before_it_sends_and_reads_every_answer(door: Door) -> None:
    asked = {
        "Origin": "https://shop.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization, anonymousid, sentat, x-tomorrow",
    }
    for address, target in [*addresses(Endpoint), *addresses(Page)]:
        preflight = door.ask("OPTIONS", address, headers=asked, key="")
        assert preflight.status == 200, address
        heard = {name.removeprefix("access-control-"): value for name, value in preflight.headers.items()}
        assert heard["allow-origin"] == "https://shop.example", address
        assert heard["allow-headers"] == asked["Access-Control-Request-Headers"], address
        assert heard["allow-methods"] == "GET, POST, OPTIONS", address
        assert heard["max-age"] == "86400", address
        refused = door.ask(target.methods[0], address, headers={"Origin": "https://shop.example"}, key="egw_wrong")
        assert refused.headers["access-control-allow-origin"] == "https://shop.example", address
        assert "retry-after" in refused.headers["access-control-expose-headers"].lower(), address


def test_a_method_that_is_not_expected_is_405(door: Door) -> None:
    for address, target in addresses():
        assert door.ask("HEAD", address).status == 405, f"{address}: who only looks sends nothing"
        reply = door.ask("DELETE", address)
        assert reply.status == 405, address
        assert target.methods[0] in reply.json["message"], address


def test_without_a_working_key_nothing_is_taken(door: Door) -> None:
    for _, case in cases.EVERY:
        target = target_of(case)
        for key in ("", "egw_wrong"):
            reply = door.ask(case.method, case.path, case.data, case.headers, key=key)
            assert refusal_is_understood(target, reply, 401), (case.name, key, reply)
    assert door.drain() == 0


def test_a_key_is_found_in_each_place_and_the_header_comes_first(door: Door) -> None:
    event = {"userId": "u1", "event": "e"}
    for address, target in addresses():
        if target.keys is not usual_keys or "POST" not in target.methods or target.kind not in ("track", "batch"):
            continue
        for body, query, headers in [
            ({"writeKey": "egw_wrong"}, "?writeKey=egw_wrong", {"Authorization": f"Bearer {door.key}"}),
            ({"writeKey": door.key}, "?writeKey=egw_wrong", {"Authorization": "Basic bm9ib2R5Og=="}),
            ({"api_key": door.key}, "", {}),
            ({"token": door.key}, "", {}),
            ({"batch": [event | {"properties": {"token": door.key}}]}, "?project=egw_wrong", {}),
            ({}, f"?writeKey={door.key}", {}),
            ({}, f"?api_key={door.key}", {}),
            ({}, f"?project={door.key}", {}),
        ]:
            whole = (event if target.kind == "track" else {"batch": [event]}) | body
            reply = door.post(address + query, whole, headers, key="")
            assert reply.status == 200, (address, body, query)


def test_a_body_that_is_none_is_400(door: Door) -> None:
    for address, target in addresses():
        if "POST" in target.methods:
            for body in (b"", b"{", b"7", b"\xff\xfe", b"\x1f\x8bnothing", b"data=%%%"):
                reply = door.post(address, body)
                assert refusal_is_understood(target, reply, 400), (address, body, reply)


def test_a_bomb_is_413_before_it_is_unpacked(door: Door) -> None:
    for address, target in addresses():
        if "POST" in target.methods:
            reply = door.post(address, BOMB, {"Content-Encoding": "gzip"})
            assert refusal_is_understood(target, reply, 413), (address, reply)


def test_who_sends_too_fast_is_told_when_to_come_back(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Rate, "wait", lambda self, key, count, limits: 7)
    for _, case in cases.EVERY:
        reply = send(door, case)
        assert reply.status == 429, case.name
        assert reply.headers["retry-after"] == "7", case.name
    assert door.drain() == 0


def test_who_is_paused_is_told_so_that_no_client_tries_for_ever(door: Door) -> None:
    SourceSettings.objects.create(key=Key.objects.get(name="Web"), paused_at=clock.now())
    for _, case in cases.EVERY:
        reply = send(door, case)
        assert reply.status in (204, 400, 401, 403), case.name  # 204: who always hears that
        assert "retry-after" not in reply.headers, case.name
    assert door.drain() == 0
    assert not Reject.objects.exists()


def test_a_nearly_full_disk_is_503_with_nothing_written(door: Door) -> None:
    door.spool.min_free, door.spool._looked_at = 1 << 60, 0
    for _, case in cases.EVERY:
        if case.messages:
            reply = send(door, case)
            assert reply.status == 503, case.name
            assert int(reply.headers["retry-after"]) > 0, case.name
    door.spool.min_free, door.spool._looked_at = 0, 0
    assert door.drain() == 0


def test_what_is_neither_an_item_nor_a_list_of_them_never_stops_anything(door: Door) -> None:
    strange = [{}, [], [[]], [None], {"batch": {}}, {"batch": [None, 7, [], {}]}, [{"properties": 7, "context": []}]]
    for address, target in addresses():
        if "POST" in target.methods:
            for body in strange:
                assert door.post(address, orjson.dumps(body)).status < 500, (address, body)
    door.drain()
    assert door.spool.segments() == []


def target_of(case: Case) -> Endpoint:
    route = ROUTES.find(case.path.partition("?")[0].rstrip("/"))
    assert route is not None
    assert isinstance(route.target, Endpoint)
    return route.target
