"""What a client hears, and what is in the store afterwards."""

import gzip
import json
import random
from datetime import timedelta

import pytest

from evergrow import warehouse
from evergrow.customers.models import Account, Person
from evergrow.intake.capture.limits import Rate
from evergrow.intake.capture.messages import TYPES
from evergrow.intake.models import Reject
from evergrow.intake.tests.capture.stage import Door
from evergrow.lib import clock
from evergrow.workspaces.actions.keys import create_key, revoke_key

pytestmark = [pytest.mark.django_db, pytest.mark.once]
LOGIN = {"userId": "u1", "event": "login", "properties": {"plan": "pro", "seats": 3, "trial": False, "none": None}}


def stored(columns: str = "event") -> list:
    return warehouse.rows(f"select {columns} from events order by sequence")


@pytest.mark.parametrize("path", ["/v1/track", "/v1/t", "/v1/track/"])
def test_a_track_is_answered_exactly_and_counts(door: Door, path: str) -> None:
    reply = door.post(path, LOGIN)
    assert (reply.status, reply.json) == (200, {"status": 1, "success": True})
    assert reply.headers["content-type"] == "application/json"
    assert door.drain() == 1
    assert stored("event, properties, source") == [("login", {"plan": "pro", "seats": "3", "trial": "false"}, "Web")]


def test_every_kind_of_message_has_its_long_and_its_short_path(door: Door) -> None:
    who = {"userId": "u1"}
    bodies = {"identify": {}, "page": {"name": "Home"}, "screen": {"name": "Main"}, "group": {"groupId": "g1"},
              "alias": {"previousId": "a1"}, "track": {"event": "login"},
              "batch": {"batch": [LOGIN | {"type": "track"}]}}  # fmt: skip
    for kind, fields in bodies.items():
        for path in (kind, kind[0]):
            assert door.post(f"/v1/{path}", who | fields).status == 200, path
    assert door.drain() == 14
    names = sorted(name for (name,) in stored())
    assert names == sorted(["$identify", "$page", "$screen", "$group", "$alias", "login", "login"] * 2)


def test_a_batch_shares_its_context(door: Door) -> None:
    context = {"campaign": {"source": "mail", "name": "spring"}, "library": {"name": "node"}}
    own = {
        "type": "page",
        "userId": "u1",
        "context": {"page": {"url": "https://a.example/x"}, "library": {"name": "web"}},
    }
    door.post("/v1/batch", {"batch": [own], "context": context})
    door.drain()
    ((properties,),) = stored("properties")
    assert properties == {
        "campaign.source": "mail", "campaign.name": "spring", "library.name": "web", "page.url": "https://a.example/x",
    }  # fmt: skip


def test_the_key_is_found_wherever_the_client_put_it(door: Door) -> None:
    for body, path, headers in [
        (LOGIN | {"writeKey": door.key}, "/v1/track", {}),
        (LOGIN | {"api_key": door.key}, "/v1/track", {}),
        ({"batch": [LOGIN], "token": door.key}, "/v1/batch", {}),
        ({"batch": [{"userId": "u", "event": "e", "properties": {"token": door.key}}]}, "/v1/batch", {}),
        (LOGIN, f"/v1/track?writeKey={door.key}", {}),
        (LOGIN, "/v1/track", {"Authorization": f"Bearer {door.key}"}),
        (LOGIN | {"writeKey": door.key}, "/v1/track", {"Authorization": "Basic bm9ib2R5Og=="}),
    ]:
        assert door.post(path, body, headers, key="").status == 200, (body, path)


@pytest.mark.parametrize("key", ["", "egw_wrong", "ü"])
def test_without_a_working_key_nothing_is_taken(door: Door, key: str) -> None:
    reply = door.post("/v1/track", LOGIN, key=key)
    assert reply.status == 401
    assert set(reply.json) == {"code", "message", "detail"}
    assert reply.json["code"] == ("no_write_key" if not key else "invalid_write_key")
    assert door.drain() == 0


def test_an_api_token_is_no_write_key(door: Door, workspace, alice) -> None:
    _, token = create_key(workspace=workspace, kind="api", name="Script", by=alice)
    assert door.post("/v1/track", LOGIN, key=token).status == 401


def test_a_revoked_key_stops_and_a_new_one_works_at_the_next_look(door: Door, workspace) -> None:
    key, secret = create_key(workspace=workspace, kind="write", name="Old", by=None)
    assert door.post("/v1/track", LOGIN, key=secret).status == 200
    revoke_key(key=key, by=None)
    assert door.post("/v1/track", LOGIN, key=secret).status == 401


def test_the_key_says_which_workspace_and_nothing_in_the_body_can(door: Door, workspace, mallory) -> None:
    theirs = mallory.workspace
    _, their_key = create_key(workspace=theirs, kind="write", name="Theirs", by=None)
    sneaky = LOGIN | {
        "workspace": theirs.slug,
        "workspace_id": theirs.pk,
        "writeKey": their_key,
        "projectId": theirs.pk,
    }
    assert door.post(f"/v1/track?writeKey={their_key}", sneaky).status == 200
    door.drain()
    assert stored("workspace_id") == [(workspace.pk,)]
    assert not Person.objects.filter(workspace=theirs).exists()
    door.post("/v1/group", {"userId": "u1", "groupId": "g1"}, key=their_key)
    door.drain()
    assert Account.objects.get(external_id="g1").workspace == theirs
    assert warehouse.rows("select workspace_id, count() from events group by 1 order by 1") == [
        (workspace.pk, 1), (theirs.pk, 1),
    ]  # fmt: skip


def test_a_bad_event_is_kept_aside_and_its_neighbours_count(door: Door, workspace) -> None:
    batch = [
        LOGIN | {"type": "track"},
        {"type": "track", "event": "nobody"},
        {"type": "track", "userId": "null", "event": "x"},
        {"type": "track", "userId": "u1"},
        {"type": "dance", "userId": "u1"},
        {"type": "group", "userId": "u1"},
        {"type": "alias", "userId": "u1", "previousId": "undefined"},
        {"type": "track", "userId": "x" * 201, "event": "x"},
        {"type": "track", "userId": "u1", "event": "e" * 201},
        {"type": "track", "userId": "u1", "event": "x", "properties": {str(i): 1 for i in range(401)}},
        "text",
        LOGIN | {"type": "track"},
    ]
    assert door.post("/v1/batch", {"batch": batch}).json == {"status": 1, "success": True}
    assert door.drain() == 2
    rejects = Reject.objects.filter(workspace=workspace).order_by("position")
    assert [reject.code for reject in rejects] == [
        "no_id", "rejected_id", "no_event", "unknown_type", "no_group", "no_previous_id", "id_too_long",
        "name_too_long", "too_many_properties", "not_an_object",
    ]  # fmt: skip
    assert json.loads(rejects[0].raw) == batch[1]
    assert all(reject.reason != reject.code for reject in rejects)


def test_a_body_that_is_not_json_is_400_and_kept_when_we_know_whose(door: Door) -> None:
    reply = door.post("/v1/batch", b'{"batch": [')
    assert (reply.status, reply.json["code"]) == (400, "invalid_json")
    assert door.post("/v1/batch", b"nobody's", key="").status == 400
    door.drain()
    assert [(reject.code, reject.raw) for reject in Reject.objects.all()] == [("invalid_json", '{"batch": [')]


def test_a_body_that_is_too_large_is_413(door: Door) -> None:
    assert door.post("/v1/batch", gzip.compress(b" " * 21_000_000), {"Content-Encoding": "gzip"}).status == 413
    assert door.post("/v1/batch", b"", {"Content-Length": "99999999"}).status == 413
    assert door.post("/v1/batch", b" " * 21_000_000).status == 413


def test_a_batch_that_is_none_is_400_and_an_empty_one_is_fine(door: Door) -> None:
    assert door.post("/v1/batch", {"batch": 7}).json["code"] == "invalid_batch"
    assert door.post("/v1/batch", {}).json["code"] == "invalid_batch"
    assert door.post("/v1/batch", {"batch": []}).status == 200


def test_other_addresses_and_methods_are_refused(door: Door) -> None:
    assert door.post("/v1/nothing", LOGIN).status == 404
    assert door.ask("GET", "/v1/track").status == 405
    assert door.post("/v1/m", {"series": []}, key="").status == 200


def test_any_page_may_ask_before_it_sends(door: Door) -> None:
    asked = {"Origin": "https://shop.example", "Access-Control-Request-Headers": "authorization, x-new-header"}
    reply = door.ask("OPTIONS", "/v1/t", headers=asked, key="")
    assert reply.status == 200
    assert reply.headers["access-control-allow-origin"] == "https://shop.example"
    assert reply.headers["access-control-allow-headers"] == "authorization, x-new-header"
    assert reply.headers["access-control-allow-methods"] == "GET, POST, OPTIONS"
    assert reply.headers["access-control-max-age"] == "86400"
    assert door.post("/v1/t", LOGIN, {"Origin": "null"}).headers["access-control-allow-origin"] == "null"
    assert door.post("/v1/t", LOGIN).headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-origin" in door.post("/v1/t", b"", asked).headers, (
        "errors too, or the page cannot read them"
    )


def test_a_key_that_sends_too_fast_is_told_when_to_come_back(door: Door, workspace) -> None:
    door.app.rate = Rate(10)
    big = {"batch": [LOGIN | {"type": "track"}] * 90}
    assert door.post("/v1/batch", big).status == 200
    reply = door.post("/v1/batch", big)
    assert reply.status == 429
    assert reply.json["code"] == "too_many_events"
    assert 1 <= int(reply.headers["retry-after"]) <= 9
    _, other = create_key(workspace=workspace, kind="write", name="Other", by=None)
    assert door.post("/v1/batch", big, key=other).status == 200
    assert door.drain() == 180


def test_a_batch_larger_than_the_bucket_passes_when_it_is_full(door: Door) -> None:
    door.app.rate = Rate(1)
    assert door.post("/v1/batch", {"batch": [LOGIN | {"type": "track"}] * 50}).status == 200


def test_a_nearly_full_disk_is_503_with_nothing_written(door: Door) -> None:
    door.spool.min_free = 1 << 60
    door.spool._looked_at = 0
    reply = door.post("/v1/track", LOGIN)
    assert (reply.status, reply.json["code"]) == (503, "unavailable")
    assert int(reply.headers["retry-after"]) > 0
    assert door.ask("GET", "/health", key="").status == 503
    door.spool.min_free = 0
    door.spool._looked_at = 0
    assert door.post("/v1/track", LOGIN).status == 200
    assert door.ask("GET", "/health", key="").json["status"] == "ok"
    assert door.drain() == 1


def test_a_browser_is_told_where_to_send_its_batches(door: Door) -> None:
    reply = door.ask("GET", f"/v1/projects/{door.key}/settings", headers={"Host": "evergrow.example:8000"}, key="")
    assert reply.json["integrations"]["Segment.io"]["apiHost"] == "evergrow.example:8000/v1"
    assert reply.headers["cache-control"] == "no-store", "who asks another host must not be told this one"
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert door.ask("GET", "/v1/projects/egw_wrong/settings", key="").status == 404


def test_times_are_kept_as_sent_as_received_and_as_corrected(door: Door, frozen) -> None:
    fast = {
        "type": "track",
        "userId": "u1",
        "event": "x",
        "timestamp": (frozen + timedelta(hours=2, seconds=-9)).isoformat(),
    }
    door.post("/v1/batch", {"batch": [fast], "sentAt": (frozen + timedelta(hours=2)).isoformat()})
    door.drain()
    got = stored("at, original_at, received_at")
    assert got == [(frozen - timedelta(seconds=9), frozen + timedelta(hours=2, seconds=-9), frozen)]


def test_history_keeps_the_time_it_says(door: Door, frozen) -> None:
    old = {"type": "track", "userId": "u1", "event": "x", "timestamp": "2024-02-29T10:00:00Z"}
    door.post("/v1/import", {"batch": [old], "sentAt": "2020-01-01T00:00:00Z"})
    door.drain()
    assert stored("toString(at)") == [("2024-02-29 10:00:00.000",)]


def test_a_message_counts_once_however_often_it_is_sent(door: Door) -> None:
    first = {"batch": [LOGIN | {"type": "track", "messageId": "m1"}]}
    door.post("/v1/batch", first)
    door.post("/v1/batch", first)
    assert door.drain() == 1
    with clock.frozen(clock.now() + timedelta(days=40)):
        door.post("/v1/batch", first)
        assert door.drain() == 0
    assert len(stored()) == 1


def test_without_a_message_id_the_same_body_counts_once_and_another_moment_twice(door: Door) -> None:
    body = {"batch": [{"type": "track", "userId": "u1", "event": "x"}], "sentAt": "2026-03-25T04:00:00Z"}
    door.post("/v1/batch", body)
    door.post("/v1/batch", body)
    door.post("/v1/batch", body | {"sentAt": "2026-03-25T04:00:01Z"})
    door.post("/v1/track", {"userId": "u1", "event": "bare"})
    door.post("/v1/track", {"userId": "u1", "event": "bare"})
    assert door.drain() == 4


def test_sent_again_a_message_with_a_time_counts_once_although_it_says_another_time_of_sending(door: Door) -> None:
    event = {"type": "track", "userId": "u1", "event": "x", "timestamp": "2026-03-25T03:59:00.123Z"}
    for second in range(3):
        sent = f"2026-03-25T04:00:0{second}Z"
        door.post("/v1/batch", {"batch": [event], "sentAt": sent})
        door.post("/v1/track", event | {"event": "alone", "sentAt": sent})
    assert door.drain() == 2
    door.post("/v1/batch", {"batch": [event | {"event": "twice"}] * 2, "sentAt": "2026-03-25T04:00:00Z"})
    assert door.drain() == 2


def test_same_time_events_keep_the_order_they_were_sent_in(door: Door) -> None:
    stamp = "2026-03-25T04:00:00Z"
    batch = [{"type": "track", "userId": "u1", "event": f"step {i}", "timestamp": stamp} for i in range(30)]
    door.post("/v1/batch", {"batch": batch, "sentAt": stamp})
    door.drain()
    assert [name for (name,) in stored()] == [f"step {i}" for i in range(30)]


def test_strange_values_never_stop_the_spool(door: Door) -> None:
    deep: dict = {}
    for _ in range(600):
        deep = {"a": deep}
    strange = [
        {"userId": "u1", "event": "nul\x00", "properties": {"k\x00": "v\x00"}},
        {"userId": 12345, "event": "number id"},
        {"userId": "u1", "event": "deep", "properties": deep},
        {"userId": "u1", "event": "far", "timestamp": "9999-12-31T23:59:59Z"},
        {"userId": "u1", "event": "early", "timestamp": "0001-01-01T00:00:00Z"},
        {"userId": "u1", "event": "negative", "timestamp": -9e15},
        {"userId": "u1", "event": "long", "properties": {"text": "x" * 1_000_000}},
        {"userId": {"a": 1}, "event": "object id"},
        {"userId": "u1", "event": "context", "context": "text"},
        {"userId": "u1", "event": "big", "properties": {"n": 10**30}},
    ]
    for message in strange:
        assert door.post("/v1/track", json.dumps(message).encode()).status == 200
    assert door.post("/v1/identify", {"userId": "u1", "traits": {"name": "A\x00B", "tags": ["\x00"]}}).status == 200
    counted = door.drain()
    assert counted + Reject.objects.count() == len(strange) + 1
    assert door.spool.segments() == []
    assert Person.objects.get(identifiers__value="u1").name == "AB"


@pytest.mark.parametrize("value", [b"NaN", b"1e999", b'"cut \\ud83d"', b'"caf\xe9"'])
def test_a_value_that_is_no_json_does_not_cost_the_other_messages(door: Door, value: bytes) -> None:
    one = b'{"type": "track", "userId": "u1", "event": "x", "properties": {"n": %s}}'
    assert door.post("/v1/batch", b'{"batch": [%s, %s]}' % (one % b"1", one % value)).status == 200
    assert door.drain() == 2


def test_an_address_with_very_many_fields_is_no_mistake_of_ours(door: Door) -> None:
    many = "&".join(f"field{number}={number}" for number in range(500))
    assert door.ask("GET", f"/i?{many}", key="").status == 401
    assert door.ask("GET", f"/i?e=pv&uid=u1&aid={door.key}&{many}", key="").status == 200
    assert door.ask("GET", f"/i?{many}&{many}&{many}", key="").status == 401


def test_message_ids_that_are_too_long_stay_different(door: Door) -> None:
    long = "m" * 500
    batch = [LOGIN | {"type": "track", "messageId": long + end} for end in "abb"]
    door.post("/v1/batch", {"batch": batch})
    assert door.drain() == 2


def test_random_bodies_are_refused_or_kept_aside_and_never_stop_anything(door: Door, monkeypatch) -> None:
    """Real bodies with bytes changed, cut off and doubled, from a fixed seed."""
    chance = random.Random(7)
    message = {"userId": "u1", "event": "x", "groupId": "g", "previousId": "a", "traits": {"a": [1]}}
    message |= {"timestamp": "2026-03-25T04:00:00Z", "context": {"page": {"url": "x"}}}
    batch = [message | {"type": kind} for kind in sorted(TYPES)]
    whole = json.dumps({"batch": batch, "sentAt": "2026-03-25T04:00:00Z"}).encode()
    values = [b"null", b"-1", b"1e999", b"[]", b"{}", b'"\\u0000"', b"true", b'""', b"9" * 400]
    seen = set()
    for _ in range(400):
        body = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            place = chance.randrange(len(body))
            match chance.randrange(4):
                case 0:
                    body[place] = chance.randrange(256)
                case 1:
                    del body[place:]
                    body += whole[place + chance.randrange(9) :]
                case 2:
                    start = body.find(b":", place)
                    end = body.find(b",", start)
                    if 0 < start < end:
                        body[start + 1 : end] = chance.choice(values)
                case _:
                    body[place:place] = body[place : place + chance.randrange(50)]
        seen.add(door.post("/v1/batch", bytes(body)).status)
    assert seen == {200, 400}
    door.drain()
    assert door.spool.segments() == []
    assert Reject.objects.exists()
