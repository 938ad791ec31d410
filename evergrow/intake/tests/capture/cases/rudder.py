"""RudderStack."""

from evergrow.intake.capture import answers
from evergrow.intake.tests.capture.cases import RECEIVED, Case

SHOP = "https://shop.example/"

CASES = [
    Case(
        "a batch that a leaving page sends",
        "/beacon/v1/batch?writeKey=egw_x",
        {"batch": [{"type": "track", "event": "left", "anonymousId": "a1", "userId": "", "channel": "web",
                    "messageId": "r1", "originalTimestamp": "2026-03-25T03:59:58.000Z",
                    "sentAt": "2026-03-25T03:59:59.000Z", "properties": {"depth": 0.8},
                    "context": {"library": {"name": "RudderLabs JavaScript SDK"}}}],
         "sentAt": "2026-03-25T03:59:59.000Z"},
        [{"type": "track", "event": "left", "anonymous": "a1", "user": "", "message_id": "r1", "at": RECEIVED - 1_000,
          "original": RECEIVED - 2_000,
          "properties": {"depth": "0.8", "library.name": "RudderLabs JavaScript SDK"}}],
        headers={"Content-Type": "text/plain"},
        answer=b"OK",
    ),
    Case(
        "an image that is a page",
        "/pixel/v1/page?writeKey=egw_x&anonymousId=%22a1%22&name=&context.page.url=https://shop.example/"
        "&context.library.name=Rudderstack%20AMP%20SDK&properties.path=/&messageId=p1",
        messages=[{"type": "page", "anonymous": "a1", "user": "", "message_id": "p1",
                   "properties": {"path": "/", "name": "Unknown Page", "page.url": SHOP,
                                  "library.name": "Rudderstack AMP SDK"}}],
        method="GET",
        answer=answers.PIXEL.body,
    ),
    Case(
        "an image that is a track, of somebody unnamed",
        "/pixel/v1/track?writeKey=egw_x&event=mail%20opened&properties.campaign=spring",
        messages=[{"type": "track", "event": "mail opened", "user": "", "anonymous": "visitor",
                   "properties": {"campaign": "spring"}}],
        method="GET",
        answer=answers.PIXEL.body,
    ),
    Case(
        "an image that is a track without its event",
        "/pixel/v1/track?writeKey=egw_x&userId=u1&event.is.too.deep=1&event=",
        messages=[{"code": "no_event"}],
        method="GET",
        answer=answers.PIXEL.body,
    ),
    Case(
        "a merge of a user with what they were before",
        "/v1/merge",
        {"type": "merge", "messageId": "g1",
         "mergeProperties": [{"type": "anonymousId", "value": "a1"}, {"type": "userId", "value": "u1"}]},
        [{"type": "alias", "user": "u1", "previous": "a1", "message_id": "g1"}],
        answer=b"OK",
    ),
    Case(
        "a merge by telephone",
        "/v1/merge",
        {"type": "merge", "mergeProperties": [{"type": "mobile", "value": "+86 1"}, {"type": "userId", "value": "u1"}]},
        [{"code": "unclear_merge"}],
        answer=b"OK",
    ),
    Case(
        "a merge of nothing",
        "/v1/merge",
        {"type": "merge", "userId": "u1"},
        [{"code": "unclear_merge"}],
    ),
    Case(
        "what another product posts",
        "/v1/webhook?writeKey=egw_x",
        {"id": 7, "action": "ticket.closed", "ticket": {"number": 12}},
        [{"type": "track", "event": "webhook_source_event", "user": "", "anonymous": "webhook",
          "properties": {"id": "7", "action": "ticket.closed", "ticket": '{"number":12}'}}],
        answer=b"OK",
    ),
    Case(
        "a form that another product posts",
        "/v1/webhook?writeKey=egw_x",
        messages=[{"event": "webhook_source_event", "properties": {"action": "paid", "amount": "12.50"}}],
        form={"action": "paid", "amount": "12.50"},
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    ),
    Case(
        "an address that another product calls",
        "/v1/webhook?writeKey=egw_x&action=paid&userId=u1",
        messages=[{"event": "webhook_source_event", "user": "u1", "anonymous": "",
                   "properties": {"action": "paid", "userId": "u1"}}],
        method="GET",
    ),
    Case(
        "a message that another product posts",
        "/v1/webhook?writeKey=egw_x",
        {"type": "track", "event": "paid", "userId": "u1", "properties": {"amount": 3}},
        [{"type": "track", "event": "paid", "user": "u1", "properties": {"amount": "3"}}],
    ),
]  # fmt: skip
