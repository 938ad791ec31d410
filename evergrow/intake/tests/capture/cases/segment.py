"""Segment."""

import base64
import json
from urllib.parse import urlencode

from evergrow.intake.capture import answers
from evergrow.intake.tests.capture.cases import RECEIVED, SEGMENT_SAYS, Case

WHO = {"userId": "u1", "anonymousId": "a1"}
IDS = {"user": "u1", "anonymous": "a1"}
OPENED = {"userId": "u?1>", "event": "Mail Opened", "messageId": "m7", "properties": {"subject": "ÿ"}}
PACKED = base64.urlsafe_b64encode(json.dumps(OPENED).encode()).decode().rstrip("=")

CASES = [
    Case(
        "a track as analytics-node sends it",
        "/v1/track",
        WHO | {"type": "track", "event": "login", "properties": {"plan": "pro", "seats": 3, "tags": ["a"], "no": None},
               "messageId": "node-next-1", "timestamp": "2026-03-25T03:59:58.000Z", "integrations": {}, "_metadata": {},
               "context": {"library": {"name": "@segment/analytics-node", "version": "3.1.0"}}},
        [IDS | {"type": "track", "event": "login", "message_id": "node-next-1", "at": RECEIVED - 2_000,
                "properties": {"plan": "pro", "seats": "3", "tags": '["a"]',
                               "library.name": "@segment/analytics-node", "library.version": "3.1.0"}}],
        answer=SEGMENT_SAYS,
    ),
    Case(
        "a page with its campaign, as text/plain from a browser",
        "/v1/p",
        {"anonymousId": "a1", "userId": None, "name": "home", "category": "docs", "messageId": "ajs-next-1",
         "properties": {"url": "https://shop.example/"}, "writeKey": "egw_x", "sentAt": "2026-03-25T03:00:10.000Z",
         "timestamp": "2026-03-25T03:00:00.000Z", "integrations": {"Segment.io": True},
         "_metadata": {"bundled": ["Segment.io"]}, "context": {
             "campaign": {"name": "spring", "source": "mail"}, "locale": "en-US", "timezone": "UTC",
             "page": {"url": "https://shop.example/", "path": "/", "title": "Shop"}}},
        [{"type": "page", "event": "$page", "user": "", "anonymous": "a1", "at": RECEIVED - 10_000,
          "properties": {"url": "https://shop.example/", "name": "home", "category": "docs", "locale": "en-US",
                         "timezone": "UTC", "campaign.name": "spring", "campaign.source": "mail",
                         "page.url": "https://shop.example/", "page.path": "/", "page.title": "Shop"}}],
        headers={"Content-Type": "text/plain"},
        answer=SEGMENT_SAYS,
    ),
    Case("a screen", "/v1/screen", WHO | {"name": "main"}, [{"type": "screen", "properties": {"name": "main"}}]),
    Case(
        "an identify",
        "/v1/identify",
        WHO | {"traits": {"email": "mei@example.com", "seats": 3}},
        [IDS | {"type": "identify", "event": "$identify", "traits": {"email": "mei@example.com", "seats": 3}}],
    ),
    Case(
        "a group",
        "/v1/group",
        {"userId": "u1", "groupId": "c-1", "traits": {"name": "Yunke"}},
        [{"type": "group", "event": "$group", "group": "c-1", "traits": {"name": "Yunke"}}],
    ),
    Case("a group without its id", "/v1/g", {"userId": "u1"}, [{"code": "no_group"}]),
    Case(
        "an alias",
        "/v1/alias",
        {"userId": "u1", "previousId": "a1"},
        [{"type": "alias", "event": "$alias", "user": "u1", "previous": "a1"}],
    ),
    Case(
        "a batch as segment-analytics-python sends it, one of it bad",
        "/v1/batch",
        {"batch": [
            {"type": "track", "userId": "u1", "anonymousId": None, "event": "one", "properties": {}, "context": {},
             "timestamp": "2026-03-25T11:59:50.000000+08:00", "messageId": "m1", "integrations": {}},
            {"type": "track", "anonymousId": None, "event": "nobody's", "messageId": "m2"},
            {"type": "dance", "userId": "u1"},
            {"type": "track", "userId": "u1", "event": "two", "messageId": "m3"},
        ], "sentAt": "2026-03-25T03:59:55+00:00", "writeKey": "egw_x"},
        [{"event": "one", "message_id": "m1", "at": RECEIVED - 5_000, "original": RECEIVED - 10_000},
         {"code": "no_id"}, {"code": "unknown_type"},
         {"event": "two", "message_id": "m3", "at": RECEIVED}],
        answer=SEGMENT_SAYS,
    ),
    Case(
        "a batch whose context counts for all",
        "/v1/b",
        {"batch": [{"type": "track", "userId": "u1", "event": "login",
                    "context": {"library": {"name": "own"}, "groupId": "c-2"}},
                   {"type": "track", "userId": "u1", "event": "logout"}, "text"],
         "context": {"library": {"name": "shared"}, "campaign": {"source": "mail"}, "groupId": "c-1"},
         "integrations": {"All": True}},
        [{"group": "c-2", "properties": {"library.name": "own", "campaign.source": "mail"}},
         {"group": "c-1", "properties": {"library.name": "shared", "campaign.source": "mail"}},
         {"code": "not_an_object"}],
    ),
    Case(
        "an image in a mail",
        f"/v1/pixel/track?data={PACKED}",
        messages=[{"type": "track", "event": "Mail Opened", "user": "u?1>", "message_id": "m7",
                   "properties": {"subject": "ÿ"}}],
        method="GET",
        answer=answers.PIXEL.body,
    ),
    Case(
        "an image whose message is not packed",
        "/v1/pixel/page?" + urlencode({"data": '{"anonymousId": "a1", "name": "home"}'}),
        messages=[{"type": "page", "anonymous": "a1", "properties": {"name": "home"}}],
        method="GET",
        answer=answers.PIXEL.body,
    ),
    Case(
        "history, which keeps the times it says",
        "/v1/import",
        {"batch": [{"type": "track", "userId": "u1", "event": "bought", "messageId": "h1",
                    "timestamp": "2024-02-29T10:00:00Z"}], "sentAt": "2020-01-01T00:00:00Z"},
        [{"event": "bought", "at": 1_709_200_800_000}],
    ),
]  # fmt: skip
