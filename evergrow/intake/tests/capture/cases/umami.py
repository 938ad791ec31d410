"""Umami."""

import uuid

from evergrow.intake.tests.capture.cases import Case

VISITOR = uuid.uuid5(uuid.NAMESPACE_OID, "visitor")
PAGE = {"website": "egw_wrong", "hostname": "a.example", "screen": "800x600", "language": "de", "title": "X",
        "url": "https://a.example/x?utm_source=mail", "referrer": "https://b.example/"}  # fmt: skip
CONTEXT = {"page.url": PAGE["url"], "page.path": "/x", "page.search": "?utm_source=mail", "page.title": "X",
           "page.referrer": "https://b.example/", "campaign.source": "mail", "locale": "de"}  # fmt: skip
BESIDE = {"hostname": "a.example", "screen": "800x600"}

CASES = [
    Case(
        "a page view",
        "/api/send",
        {"type": "event", "payload": PAGE},
        [{"type": "page", "user": "", "anonymous": str(VISITOR), "properties": CONTEXT | BESIDE | {"name": "X"}}],
    ),
    Case(
        "an event of somebody who has a name",
        "/api/send",
        {"type": "event", "payload": PAGE | {"name": "signup", "id": "um-u1", "data": {"plan": "pro", "seats": 3}}},
        [{"type": "track", "event": "signup", "user": "um-u1", "anonymous": str(VISITOR),
          "properties": CONTEXT | BESIDE | {"plan": "pro", "seats": "3"}}],
    ),
    Case(
        "an identify",
        "/api/send",
        {"type": "identify", "payload": PAGE | {"id": "um-u1", "data": {"email": "mei@um.example"}}},
        [{"type": "identify", "user": "um-u1", "traits": {"email": "mei@um.example"}}],
    ),
    Case(
        "a measurement",
        "/api/send",
        {"type": "performance", "payload": PAGE | {"lcp": 1200.5, "cls": 0.1}},
        [{"type": "track", "event": "performance", "properties": CONTEXT | BESIDE | {"lcp": "1200.5", "cls": "0.1"}}],
    ),
    Case("another type", "/api/send", {"type": "dance", "payload": PAGE}, [{"code": "unknown_type"}]),
    Case("no payload", "/api/send", {"type": "event"}, [{"code": "missing_field"}]),
]  # fmt: skip
