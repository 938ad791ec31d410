"""PostHog."""

import base64

import orjson

from evergrow.intake.tests.capture.cases import RECEIVED, Case

SENT = RECEIVED + 60_000  # a clock that is a minute fast
LIB = {"$lib": "web", "$lib_version": "1.449.2"}
LIBRARY = {"library.name": "web", "library.version": "1.449.2"}
DEVICE = "018f-device"
OK = {"status": 1}


def event(name: str, uuid: str, who: str = DEVICE, properties: dict | None = None, **more: object) -> dict:
    known = {"$is_identified": who != DEVICE}
    own = {"token": "egw_key", "distinct_id": who, "$device_id": DEVICE, **known, **LIB, **(properties or {})}
    return {"event": name, "uuid": uuid, "properties": own, "offset": 3_000, **more}


def packed(*events: dict) -> str:
    return base64.b64encode(orjson.dumps(list(events))).decode()


CASES = [
    Case(
        "a batch as posthog-js sends it, with the milliseconds before it was sent",
        "/e/?ip=0&_=1774411260000&ver=1.449.2",
        {"api_key": "egw_key", "sent_at": SENT, "batch": [
            event("$pageview", "js-1", properties={
                "$current_url": "https://shop.example/a?utm_source=mail&utm_campaign=spring", "title": "Shop",
                "$referrer": "$direct", "$session_id": "s-1", "$os": "Linux", "$device_type": "Desktop",
                "$browser_language": "de", "$timezone": "Europe/Berlin"}),
            event("$identify", "js-2", "ph-u1", {"$anon_distinct_id": DEVICE}, **{
                "$set": {"email": "mei@ph.example", "$name": "Mei"}, "$set_once": {"first": "a"}}),
            event("buy", "js-3", "ph-u1", {"$groups": {"project": "p", "company": "ph-c1"}, "n": 2,
                                           "$set": {"plan": "pro"}, "$unset": ["old"]}),
            event("$groupidentify", "js-4", "ph-u1", {"$group_type": "company", "$group_key": "ph-c1",
                                                      "$group_set": {"name": "Yunke"}}),
        ]},
        [
            {"type": "page", "event": "$page", "user": "", "anonymous": DEVICE, "message_id": "js-1",
             "at": RECEIVED - 3_000, "properties": LIBRARY | {
                 "$current_url": "https://shop.example/a?utm_source=mail&utm_campaign=spring", "title": "Shop",
                 "$referrer": "$direct", "$session_id": "s-1", "$os": "Linux", "$device_type": "Desktop",
                 "$browser_language": "de", "$timezone": "Europe/Berlin", "page.path": "/a", "page.title": "Shop",
                 "page.url": "https://shop.example/a?utm_source=mail&utm_campaign=spring", "os.name": "Linux",
                 "page.search": "?utm_source=mail&utm_campaign=spring", "page.referrer": "$direct", "locale": "de",
                 "campaign.source": "mail", "campaign.name": "spring", "device.type": "Desktop",
                 "timezone": "Europe/Berlin"}},
            {"type": "identify", "user": "ph-u1", "anonymous": DEVICE, "message_id": "js-2",
             "traits": {"email": "mei@ph.example", "name": "Mei"}, "profile": {"once": {"first": "a"}}},
            {"type": "track", "event": "buy", "user": "ph-u1", "anonymous": "", "group": "ph-c1",
             "properties": LIBRARY | {"n": "2", "groups.project": "p"},
             "profile": {"set": {"plan": "pro"}, "unset": ["old"]}},
            {"type": "group", "user": "ph-u1", "group": "ph-c1", "traits": {"name": "Yunke"}},
        ],
        headers={"Content-Type": "text/plain"},
        answer=OK,
    ),
    Case(
        "a form with base64, as older clients for browsers send it",
        "/e/?_=1774411260000",
        messages=[{"event": "old", "anonymous": DEVICE, "message_id": "js-5", "at": RECEIVED - 5_000}],
        form={"data": packed(event("old", "js-5", offset=None, timestamp="2026-03-25T04:00:55Z")),
              "compression": "base64", "lib_version": "1.20"},
    ),
    Case(
        "an event in an address",
        "/capture/?data=" + packed(event("pixel", "js-6")).replace("+", "%2B").replace("=", "%3D"),
        messages=[{"event": "pixel", "message_id": "js-6"}],
        method="GET",
    ),
    Case(
        "a beacon of a page that is left",
        "/i/v0/e/?beacon=1",
        event("$pageleave", "js-7"),
        [{"event": "$pageleave", "anonymous": DEVICE}],
        status=204,
        answer=b"",
    ),
    Case(
        "model calls as servers send them",
        "/i/v0/ai/batch/",
        {"api_key": "egw_key", "batch": [{"event": "$ai_generation", "distinct_id": "ph-u1", "uuid": "ai-1",
                                          "timestamp": "2026-03-25T03:00:00Z",
                                          "properties": {"$ai_model": "m", "$ai_input_tokens": 7}}]},
        [{"event": "$ai_generation", "user": "ph-u1", "message_id": "ai-1", "at": RECEIVED - 3_600_000,
          "properties": {"$ai_model": "m", "$ai_input_tokens": "7"}}],
        answer=OK,
    ),
    Case(
        "capture v1, told of each event",
        "/i/v1/analytics/events",
        {"created_at": "2026-03-25T03:00:00Z", "batch": [
            {"event": "login", "uuid": "v1-1", "distinct_id": "ph-u1", "timestamp": "2026-03-25T04:00:50Z",
             "properties": {}, "options": {}},
            {"event": "seen", "uuid": "v1-2", "distinct_id": "ph-a2", "timestamp": "2026-03-25T04:00:50Z",
             "properties": {}, "options": {"process_person_profile": False, "disable_skew_correction": True}},
            {"event": "", "uuid": "v1-3", "distinct_id": "ph-u1", "properties": {}},
            {"event": "x", "uuid": "v1-4", "distinct_id": "null", "properties": {}},
            {"event": "x", "uuid": "v1-5", "properties": {}},
        ]},
        [
            {"event": "login", "user": "ph-u1", "message_id": "v1-1", "at": RECEIVED - 10_000},
            {"event": "seen", "user": "", "anonymous": "ph-a2", "at": RECEIVED + 50_000},
            {"code": "no_event"}, {"code": "rejected_id"}, {"code": "no_id"},
        ],
        headers={"PostHog-Request-Timestamp": "2026-03-25T04:01:00Z", "PostHog-Attempt": "1"},
        answer={"results": {
            "v1-1": {"result": "ok"}, "v1-2": {"result": "ok"}, "v1-3": {"result": "drop", "details": "no_event"},
            "v1-4": {"result": "drop", "details": "rejected_id null"}, "v1-5": {"result": "drop", "details": "no_id"}}},
    ),
]  # fmt: skip
