"""PostHog: its rule for times, what its clients ask besides sending, how it hears refusals."""

import json
from typing import Any

import orjson
import pytest

from evergrow import warehouse
from evergrow.customers.models import Account, Person
from evergrow.intake.capture import messages, times
from evergrow.intake.capture.frames import Frame
from evergrow.intake.tests.capture.stage import Door

pytestmark = pytest.mark.once

NOW = times.milliseconds("2023-01-01T12:00:00Z")
HOUR = 3_600_000


def at(timestamp: Any = None, sent_at: Any = None, **more: Any) -> str:
    """When an event happened that arrived on 1 January 2023 at noon."""
    event = {"event": "x", "distinct_id": "u1", "timestamp": timestamp, "properties": {}, **more}
    body = orjson.dumps({"batch": [event], "sent_at": sent_at})
    about = {"w": 1, "k": 1, "s": "", "f": "posthog", "t": "batch", "r": NOW}
    (found,) = messages.read(Frame(0, about, body, len(body)), "segment")
    assert isinstance(found, messages.Message)
    return f"{found.at / 1000 - NOW / 1000:+g}"


@pytest.mark.parametrize(
    ("given", "seconds"),
    [
        ({}, "+0"),
        ({"timestamp": "2023-01-01T11:59:55Z", "sent_at": "2023-01-01T12:00:05Z"}, "-10"),
        ({"timestamp": "2023-01-01T11:00:00Z", "sent_at": "2023-01-01T12:00:10Z"}, "-3610"),
        ({"timestamp": "2023-01-01T11:00:00Z", "sent_at": "2023-01-01T11:59:50Z"}, "-3590"),
        ({"timestamp": "2023-01-01T11:00:00Z", "sent_at": "2023-01-01T12:00:00Z"}, "-3600"),
        ({"timestamp": "2023-01-01T11:00:00Z"}, "-3600"),
        ({"sent_at": "2023-01-01T12:00:05Z"}, "+0"),
        (
            {
                "timestamp": "2023-01-01T11:00:00Z",
                "sent_at": "2023-01-01T12:00:10Z",
                "properties": {"$ignore_sent_at": True},
            },
            "-3600",
        ),
        ({"timestamp": "2023-01-01T11:00:00Z", "sent_at": "2023-01-01T12:00:10Z", "offset": 5_000}, "-5"),
        ({"offset": 60_000}, "-60"),
        ({"offset": 0}, "+0"),
        ({"timestamp": "2023-01-02T10:59:00Z"}, "+82740"),  # 22 h 59 min ahead
        ({"timestamp": "2023-01-02T11:01:00Z"}, "+0"),  # more than 23 h ahead
        ({"offset": -24 * HOUR}, "+0"),
        ({"timestamp": "not a date"}, "+0"),
        ({"timestamp": "10000-01-01T00:00:00Z"}, "+0"),
        ({"timestamp": "2023-01-01T14:00:00.000+03"}, "-3600"),  # an offset without minutes
        ({"timestamp": "2023-01-01 11:00:00"}, "-3600"),
        ({"timestamp": "2023-01-01"}, "-43200"),
        ({"timestamp": "01/01/2023"}, "-43200"),
        ({"timestamp": "2023/01/01"}, "-43200"),
        ({"timestamp": "Sun, 1 Jan 2023 13:00:00 +0200"}, "-3600"),
        ({"timestamp": "1672570800000"}, "-3600"),
        ({"timestamp": "1672570800"}, "-3600"),
        ({"timestamp": 7.5e16}, "+0"),
        ({"timestamp": {"not": "a time"}}, "+0"),
    ],
    ids=str,
)
def test_times_are_read_by_posthogs_rule(given: dict, seconds: str) -> None:
    assert at(**given) == seconds


def test_what_was_before_1970_was_in_1970() -> None:
    assert at("0001-01-01T00:00:00Z") == at(offset=10**15) == f"{-NOW / 1000:+g}"


@pytest.mark.django_db
def test_flags_are_honestly_none(door: Door) -> None:
    asked = {"token": door.key, "distinct_id": "u1", "groups": {}}
    found = door.post("/flags/?v=2", asked, key="").json
    assert (found["flags"], found["errorsWhileComputingFlags"], found["quotaLimited"]) == ({}, False, [])
    assert found["requestId"]
    assert door.post("/flags/?v=2&config=true", asked, key="").json["supportedCompression"] == ["gzip", "gzip-js"]
    old = [door.post(f"/decide/?v={version}", asked, key="").json for version in (1, 2, 3, 4)]
    assert [each.get("featureFlags") for each in old] == [[], {}, {}, None]
    assert (old[2]["featureFlagPayloads"], old[3]["flags"]) == ({}, {})


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/flags/definitions", "/api/feature_flag/local_evaluation/"])
def test_definitions_are_none_and_need_not_be_read_twice(door: Door, path: str) -> None:
    address = f"{path}?token={door.key}&send_cohorts"
    first = door.ask("GET", address, headers={"Authorization": "Bearer phx_personal"}, key="")
    assert first.json == {"flags": [], "group_type_mapping": {}, "cohorts": {}}
    again = door.ask("GET", address, headers={"If-None-Match": first.headers["etag"]}, key="")
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", first.headers["etag"])


@pytest.mark.django_db
def test_settings_come_as_json_and_as_a_script(door: Door) -> None:
    found = door.ask("GET", f"/array/{door.key}/config", key="").json
    assert (found["token"], found["sessionRecording"], found["surveys"]) == (door.key, False, False)
    script = door.ask("GET", f"/array/{door.key}/config.js", key="")
    assert script.headers["content-type"].startswith("text/javascript")
    assert orjson.dumps(door.key) in script.body
    assert door.ask("GET", f"/api/surveys/?token={door.key}", key="").json == {"surveys": []}


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/s/", "/i/v1/logs", "/i/v1/metrics"])
def test_recordings_logs_and_measurements_are_heard_and_not_kept(door: Door, path: str) -> None:
    reply = door.post(path, [{"event": "$snapshot", "properties": {"token": door.key}}])
    assert (reply.status, reply.json) == (200, {"status": 1})
    assert door.drain() == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/batch/"),
        ("POST", "/e/"),
        ("POST", "/i/v0/e/"),
        ("POST", "/i/v1/analytics/events"),
        ("POST", "/flags/?v=2"),
        ("POST", "/decide/?v=3"),
        ("GET", "/flags/definitions"),
        ("GET", "/array/egw_wrong/config"),
        ("GET", "/array/egw_wrong/config.js"),
        ("GET", "/api/surveys"),
    ],
)
@pytest.mark.parametrize("key", ["", "egw_wrong"])
def test_a_key_that_does_not_work_is_told_as_posthog_tells_it(door: Door, method: str, path: str, key: str) -> None:
    body = orjson.dumps({"api_key": key, "batch": []}) if method == "POST" else b""
    reply = door.ask(method, path, body, key=key)
    assert reply.status == 401
    assert reply.json["type"] == "authentication_error"
    assert reply.json["detail"]


@pytest.mark.django_db
def test_lz64_is_refused_with_its_reason(door: Door) -> None:
    for path, body in (("/e/?compression=lz64", b"data=abc"), ("/e/", b"data=abc&compression=lz64")):
        reply = door.post(path, body)
        assert (reply.status, reply.json["code"]) == (400, "unknown_encoding")
        assert "lz64" in reply.json["detail"]
    empty = door.ask("GET", "/e/")
    assert (empty.status, empty.json["type"]) == (400, "validation_error")


@pytest.mark.django_db
def test_the_visitor_who_is_identified_is_one_person_and_belongs_to_an_account(door: Door) -> None:
    def event(name: str, who: str, **properties: Any) -> dict:
        return {"event": name, "properties": {"distinct_id": who, "$device_id": "d1", **properties}, "offset": 1}

    sent = [
        event("$pageview", "d1", **{"$is_identified": False}),
        event("$identify", "u1", **{"$anon_distinct_id": "d1", "$is_identified": True}),
        event(
            "$groupidentify", "u1", **{"$group_type": "company", "$group_key": "c1", "$group_set": {"name": "Yunke"}}
        ),
        event("after", "d2", **{"$is_identified": False}),
        event("$create_alias", "d2", alias="u1", **{"$is_identified": False}),
    ]
    assert door.post("/e/", {"api_key": door.key, "batch": sent}, key="").status == 200
    assert door.drain() == 5
    (person,) = Person.objects.filter(merged_into=None)
    assert not person.is_anonymous
    assert Account.objects.get().name == "Yunke"
    assert person.affiliations.get().account.external_id == "c1"
    assert warehouse.rows("select uniqExact(distinct_id) from events") == [(3,)]


@pytest.mark.parametrize("sent", ["%C2%B2", "9" * 5_000, "yesterday", "1774411200000"])
@pytest.mark.parametrize("path", ["/e", "/batch"])
def test_a_strange_time_of_sending_in_the_address_is_no_mistake_of_ours(door: Door, path: str, sent: str) -> None:
    event = {"event": "x", "distinct_id": "u1", "uuid": "m1"}
    assert door.post(f"{path}?_={sent}", {"api_key": door.key, "batch": [event]}, key="").status == 200
    assert door.drain() == 1
    deep: dict = {}
    for _ in range(300):
        deep = {"a": deep}
    body = json.dumps({"api_key": door.key, "batch": [event | {"properties": deep}]}).encode()
    assert door.post(f"{path}?_={sent}", body).status == 400
    assert door.post(f"{path}?_={sent}", b"{").status == 400
