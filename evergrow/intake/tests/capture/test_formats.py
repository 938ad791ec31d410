"""What single formats promise beyond their cases: where the key stands, what refusals say, who it was."""

from urllib.parse import urlencode

import orjson
import pytest

from evergrow import warehouse
from evergrow.customers.models import Account, Person
from evergrow.intake.capture.formats import matomo
from evergrow.intake.capture.rejects import replay
from evergrow.intake.capture.service import service
from evergrow.intake.models import Reject
from evergrow.intake.tests.capture.stage import Door

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen"), pytest.mark.once]
BROWSER = {"User-Agent": "Browser 1"}


def carrying(place: str, key: str) -> tuple[str, object]:
    """A good request with the key in this place: its address and body."""
    match place:
        case "aid of a batch":
            return "/com.snowplowanalytics.snowplow/tp2", {"data": [{"e": "pv", "uid": "u1", "aid": key}]}
        case "aid of a pixel":
            return f"/i?e=pv&uid=u1&aid={key}", b""
        case "api_key":
            return "/2/httpapi", {"api_key": key, "events": [{"user_id": "user-1", "event_type": "x"}]}
        case "token of an event":
            return "/track", [{"event": "x", "properties": {"distinct_id": "u1", "token": key}}]
        case "$token of a change":
            return "/engage", [{"$distinct_id": "u1", "$token": key, "$set": {"a": 1}}]
        case "api_secret":
            body = {"client_id": "c1", "events": [{"name": "x"}]}
            return f"/mp/collect?measurement_id=G-1&api_secret={key}", body
        case "idsite":
            return f"/matomo.php?rec=1&uid=u1&idsite={key}", b""
        case "token_auth of many":
            return "/matomo.php", {"requests": ["?rec=1&uid=u1&idsite=1"], "token_auth": key}
        case "idsite of the first of many":
            return "/matomo.php", {"requests": [f"?rec=1&uid=u1&idsite={key}"]}
        case "website":
            return "/api/send", {"type": "event", "payload": {"website": key, "url": "/", "name": "x"}}
        case "domain":
            return "/api/event", {"name": "pageview", "url": "https://a.example/", "domain": key}
        case _:
            event = {"specversion": "1.0", "id": "1", "source": "/", "type": "x", "subject": "u1"}
            return f"/v1/cloudevents?writeKey={key}", event


PLACES = [
    "aid of a batch", "aid of a pixel", "api_key", "token of an event", "$token of a change", "api_secret", "idsite",
    "token_auth of many", "idsite of the first of many", "website", "domain", "query",
]  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_the_key_is_found_where_the_format_has_it(door: Door, place: str) -> None:
    address, body = carrying(place, door.key)
    method = "POST" if body else "GET"
    assert door.ask(method, address, body, key="").status < 300
    wrong, body = carrying(place, "egw_wrong")
    assert door.ask(method, wrong, body, key="").status == (204 if place == "api_secret" else 401)
    assert door.drain() == 1


def test_a_wrong_token_is_not_made_good_by_the_site(door: Door) -> None:
    fields = {"rec": "1", "uid": "u1", "idsite": door.key, "token_auth": "wrong", "cdt": "2020-01-01 00:00:00"}
    assert door.ask("GET", f"/matomo.php?{urlencode(fields)}", key="").json["status"] == "error"
    del fields["token_auth"]
    door.ask("GET", f"/matomo.php?{urlencode(fields | {'_proven': '1'})}", key="")
    assert door.drain() == 0
    assert Reject.objects.get().code == "unproven_time"


def test_a_token_is_not_kept_with_what_was_refused(door: Door) -> None:
    door.post("/matomo.php", {"requests": ["?idsite=1&uid=u1"], "token_auth": door.key}, key="")
    door.drain()
    assert door.key not in Reject.objects.get().raw


def test_an_account_learns_from_what_is_nobodys(door: Door) -> None:
    change = {"$token": door.key, "$group_key": "company", "$group_id": "c-1", "$set": {"$name": "Yunke", "old": None}}
    door.post("/groups", [change])
    event = {"specversion": "1.0", "id": "1", "source": "/crm", "type": "invoice.paid", "accountid": "c-1"}
    door.post("/v1/cloudevents", event)
    assert door.drain() == 2
    account = Account.objects.get(external_id="c-1")
    assert (account.name, account.traits) == ("Yunke", {})
    assert not Person.objects.exists()
    events = warehouse.rows("select event, person, account from events order by sequence")
    assert events == [("$group", 0, account.number), ("invoice.paid", 0, account.number)]


def test_a_google_request_that_cannot_be_read_is_kept_for_the_key_in_its_address(door: Door) -> None:
    address = f"/mp/collect?measurement_id=G-1&api_secret={door.key}"
    assert door.post(address, b"{", key="").status == 204
    assert door.post(address, {"events": [{"name": "x" * 131_000}]}, key="").status == 204
    door.drain()
    assert [reject.code for reject in Reject.objects.order_by("pk")] == ["invalid_json", "body_too_large"]


def test_a_google_request_of_a_stranger_is_counted(door: Door) -> None:
    before = door.ask("GET", "/health", key="").json["unknown_keys"]
    assert door.post("/mp/collect?api_secret=egw_wrong", {"events": []}, key="").status == 204
    assert door.ask("GET", "/health", key="").json["unknown_keys"] == before + 1
    assert service.strangers == before + 1


def test_google_s_debug_address_says_what_is_wrong_and_keeps_nothing(door: Door) -> None:
    good = {"client_id": "c1", "events": [{"name": "login", "params": {"a": 1}}]}
    address = "/debug/mp/collect?measurement_id=G-1"
    assert door.post(address, good, key="").json == {"validationMessages": []}
    bad = {
        "user_properties": {"n" * 25: {"value": "x"}},
        "events": [{"name": "1"}, {"name": "x", "params": {"a b": "x" * 101}}, {"params": 7}] + [{"name": "x"}] * 23,
    }
    told = door.post("/debug/mp/collect", bad, key="").json["validationMessages"]
    assert [(each["fieldPath"][:21], each["validationCode"]) for each in told] == [
        ("measurement_id", "VALUE_REQUIRED"), ("client_id", "VALUE_REQUIRED"),
        ("user_properties.nnnnn", "VALUE_INVALID"), ("events", "EXCEEDED_MAX_ENTITIES"),
        ("events[0].name", "NAME_INVALID"), ("events[1].params.a b", "NAME_INVALID"),
        ("events[1].params.a b", "VALUE_OUT_OF_BOUNDS"), ("events[2].name", "VALUE_REQUIRED"),
        ("events[2].params", "VALUE_INVALID"),
    ]  # fmt: skip
    assert all(each["description"] for each in told)
    assert len(door.post(address, b"{", key="").json["validationMessages"]) == 1
    assert door.post(address, [], key="").json["validationMessages"]
    assert door.post(address, {"client_id": "c", "user_properties": 7}, key="").json["validationMessages"]
    assert door.drain() == 0


def test_amplitude_hears_its_own_answers(door: Door, frozen) -> None:
    body = {"api_key": door.key, "events": {"user_id": "user-1", "event_type": "x"}}
    said = {"events_ingested": 1, "payload_size_bytes": len(orjson.dumps(body))}
    reply = door.post("/2/httpapi", body, key="")
    assert reply.json == said | {"code": 200, "server_upload_time": int(frozen.timestamp() * 1000)}
    reply = door.post("/2/httpapi", {"api_key": "egw_wrong", "events": []}, key="")
    assert (reply.status, reply.json["code"]) == (401, 401)
    assert reply.json["error"].startswith("Invalid API key: ")
    reply = door.post("/2/httpapi", {"api_key": door.key}, key="")
    assert (reply.status, reply.json["code"], reply.json["missing_field"]) == (400, 400, "events")


def test_amplitude_hears_which_events_to_hold_back(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door.app.rate, "wait", lambda key, count, limits: 7)
    events = [{"user_id": "user-1", "event_type": "x"}] * 3
    reply = door.post("/2/httpapi", {"api_key": door.key, "events": events})
    assert (reply.status, reply.json["throttled_events"]) == (429, [0, 1, 2])
    assert door.post("/2/httpapi", {"api_key": door.key, "events": []}).json["throttled_events"] == []


def test_mixpanel_hears_its_own_refusals(door: Door) -> None:
    event = {"event": "x", "properties": {"token": "egw_wrong"}}
    reply = door.post("/track?verbose=1", event, key="")
    assert (reply.status, reply.json["status"]) == (401, 0)
    assert "write key" in reply.json["error"]
    reply = door.post("/import", [event], key="")
    assert (reply.status, reply.json["code"], reply.json["status"]) == (401, 401, "invalid_write_key")
    assert door.post("/import?strict=0", [event | {"properties": {"token": door.key}}], key="").status == 200


def test_lines_of_history_that_are_no_json_are_refused_alone(door: Door) -> None:
    good = b'{"event":"x","properties":{"distinct_id":"u1","time":1700000000,"$insert_id":"i%d"}}'
    reply = door.post("/import", good % 1 + b"\nnot json\n" + good % 2)
    assert (reply.status, reply.json["num_records_imported"]) == (400, 2)
    assert door.drain() == 2
    assert Reject.objects.get().code == "not_an_object"


def test_snowplow_hears_422_for_what_is_too_large_because_it_would_send_413_again(door: Door) -> None:
    assert door.post("/com.snowplowanalytics.snowplow/tp2", b"", {"Content-Length": "99999999"}).status == 422
    assert door.post("/com.snowplowanalytics.snowplow/tp2", {"data": 7}).status == 400


def test_umami_s_session_goes_on_with_what_the_client_was_told(door: Door, frozen) -> None:
    page = {"type": "event", "payload": {"website": door.key, "url": "/"}}
    first = door.post("/api/send", page, BROWSER, key="").json
    again = door.post("/api/send", page, BROWSER, key="").json
    assert again["sessionId"] == first["sessionId"]
    elsewhere = BROWSER | {"User-Agent": "Browser 2", "x-umami-cache": first["cache"]}
    followed = door.post("/api/send", page, elsewhere, key="").json
    assert (followed["sessionId"], followed["visitId"]) == (first["sessionId"], first["visitId"])
    forged = door.post("/api/send", page, elsewhere | {"x-umami-cache": first["cache"] + "x"}, key="").json
    assert forged["sessionId"] != first["sessionId"]
    claimed = door.post("/api/send", page | {"session": {"session": "mine"}}, BROWSER, key="").json
    assert claimed["sessionId"] == first["sessionId"]
    door.drain()
    assert Person.objects.count() == 2


def test_without_ids_the_same_browser_is_one_visitor(door: Door) -> None:
    page = {"name": "pageview", "url": "https://a.example/", "domain": door.key}
    for browser in ("1", "1", "2"):
        assert door.post("/api/event", page, {"User-Agent": browser}, key="").status == 202
    assert door.drain() == 3
    assert Person.objects.filter(is_anonymous=True).count() == 2


def test_what_was_refused_keeps_its_visitor_when_it_is_sent_again(door: Door, alice) -> None:
    door.post("/api/event", {"name": "pageview", "domain": door.key}, BROWSER, key="")
    door.drain()
    reject = Reject.objects.get()
    reject.raw = '{"name": "pageview", "url": "https://a.example/"}'
    reject.save()
    replay(reject=reject, by=alice)
    assert door.drain() == 1
    door.post("/api/event", {"name": "pageview", "url": "/", "domain": door.key}, BROWSER, key="")
    door.drain()
    assert Person.objects.count() == 1


def test_before_its_key_is_known_only_the_first_request_of_a_bulk_body_is_read(door: Door, monkeypatch) -> None:
    """Else a stranger could keep the door busy for many seconds with one body."""
    read: list[str] = []
    real = matomo._fields
    monkeypatch.setattr(matomo, "_fields", lambda text: (read.append(text), real(text))[1])
    assert door.post("/matomo.php", {"requests": ["?idsite=7&rec=1"] * 1000}, key="").status == 401
    assert len(read) == 1


def test_an_import_of_too_many_lines_is_refused_before_they_are_read(door: Door) -> None:
    assert door.post("/import", b'{"event": "x"}\n' * 20_002).status == 413
    assert door.post("/track", b"1\n" * 100_000).status == 400
