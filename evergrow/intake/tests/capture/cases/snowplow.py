"""Snowplow."""

import base64

import orjson

from evergrow.intake.tests.capture.cases import RECEIVED, Case

TP2 = "/com.snowplowanalytics.snowplow/tp2"
PIXEL = bytes.fromhex("47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b")


def described(schema: str, data: object) -> dict:
    return {"schema": f"iglu:{schema}", "data": data}


def packed(content: object) -> str:
    """As trackers pack JSON: base64url, here without its padding."""
    return base64.urlsafe_b64encode(orjson.dumps(content)).decode().rstrip("=")


def unstruct(schema: str, data: dict) -> dict:
    return described("com.snowplowanalytics.snowplow/unstruct_event/jsonschema/1-0-0", described(schema, data))


def post(*events: dict) -> dict:
    return described("com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4", list(events))


COMMON = {"tv": "py-1.1.0", "tna": "sp", "aid": "egw_key", "p": "pc", "uid": "sp-u1", "duid": "sp-d1", "lang": "de"}
WORDS = {"tracker": "sp", "platform": "pc", "locale": "de", "library.name": "snowplow", "library.version": "py-1.1.0"}
WHO = {"user": "sp-u1", "anonymous": "sp-d1"}
ENTITIES = described(
    "com.snowplowanalytics.snowplow/contexts/jsonschema/1-0-1",
    [described("com.acme/account/jsonschema/1-0-0", {"id": "sp-c1", "plan": "pro"}),
     described("com.acme/product/jsonschema/1-0-0", {"sku": "A", "tags": ["x", "y"]}),
     described("com.acme/product/jsonschema/1-0-0", {"sku": "B"})],
)  # fmt: skip

CASES = [
    Case(
        "a batch as snowplow-tracker for Python sends it",
        TP2,
        post(
            COMMON | {"e": "pv", "eid": "sp-e1", "url": "https://a.example/x?utm_source=mail&utm_campaign=spring",
                      "page": "X", "refr": "https://b.example", "dtm": "1774411190000", "stm": "1774411195000"},
            COMMON | {"e": "se", "eid": "sp-e2", "se_ca": "shop", "se_ac": "add", "se_la": "l", "se_pr": "p",
                      "se_va": "2.5", "dtm": "1774411190000", "stm": "1774411195000", "sid": "s1", "vid": "4"},
            COMMON | {"e": "pp", "eid": "sp-e3", "url": "https://a.example/x", "pp_mix": "0", "pp_max": "10",
                      "dtm": "1774411194000", "stm": "1774411195000"},
            COMMON | {"e": "zz", "eid": "sp-e4"},
        ),
        [
            WHO | {"type": "page", "event": "$page", "message_id": "sp-e1", "at": RECEIVED - 5_000,
                   "original": RECEIVED - 10_000, "properties": WORDS | {
                       "name": "X", "page.url": "https://a.example/x?utm_source=mail&utm_campaign=spring",
                       "page.path": "/x", "page.search": "?utm_source=mail&utm_campaign=spring", "page.title": "X",
                       "page.referrer": "https://b.example", "campaign.name": "spring", "campaign.source": "mail"}},
            WHO | {"type": "track", "event": "add", "message_id": "sp-e2", "properties": WORDS | {
                "category": "shop", "action": "add", "label": "l", "property": "p", "value": "2.5", "session_id": "s1",
                "session_number": "4"}},
            WHO | {"type": "track", "event": "page_ping", "at": RECEIVED - 1_000, "properties": WORDS | {
                "min_x": "0", "max_x": "10", "page.url": "https://a.example/x", "page.path": "/x"}},
            {"code": "unknown_type"},
        ],
        headers={"Content-Type": "application/json; charset=utf-8"},
        answer=b"ok",
    ),
    Case(
        "self-describing events with entities, packed and plain",
        TP2,
        post(
            COMMON | {"e": "ue", "eid": "sp-e5", "cx": packed(ENTITIES),
                      "ue_px": packed(unstruct("com.acme/button_click/jsonschema/1-0-0", {"id": 7, "at": {"x": 1}}))},
            COMMON | {"e": "ue", "eid": "sp-e6", "ue_pr": orjson.dumps(unstruct(
                "com.snowplowanalytics.mobile/screen_view/jsonschema/1-0-0", {"id": "6c1b", "name": "main"})).decode()},
            COMMON | {"e": "ue", "eid": "sp-e7", "ue_px": "###"},
            COMMON | {"e": "ue", "eid": "sp-e8"},
        ),
        [
            WHO | {"event": "button_click", "group": "sp-c1", "message_id": "sp-e5", "properties": WORDS | {
                "id": "7", "at": '{"x":1}', "account.id": "sp-c1", "account.plan": "pro", "product.sku": "A",
                "product.tags": '["x","y"]', "product_2.sku": "B"}},
            WHO | {"type": "screen", "event": "$screen", "properties": WORDS | {"id": "6c1b", "name": "main"}},
            {"code": "invalid_field"},
            {"code": "no_event"},
        ],
    ),
    Case(
        "a shop's transaction with its item, and a time that is true",
        TP2,
        post(
            COMMON | {"e": "tr", "eid": "sp-e9", "tr_id": "o1", "tr_tt": "30.5", "tr_cu": "EUR",
                      "ttm": "1774400000000", "dtm": "1774411190000", "stm": "1774411195000"},
            COMMON | {"e": "ti", "eid": "sp-e10", "ti_id": "o1", "ti_sk": "A", "ti_pr": "30.5", "ti_qu": "1"},
        ),
        [
            {"event": "transaction", "at": 1_774_400_000_000, "properties": WORDS | {
                "order_id": "o1", "total": "30.5", "currency": "EUR"}},
            {"event": "transaction_item", "properties": WORDS | {
                "order_id": "o1", "sku": "A", "price": "30.5", "quantity": "1"}},
        ],
    ),
    Case("nobody's event", TP2, post({"e": "pv", "eid": "sp-e11", "url": "https://a.example"}), [{"code": "no_id"}]),
    Case(
        "a pixel of somebody who is not known by name",
        "/i?e=pv&eid=sp-e12&duid=sp-d2&url=https%3A%2F%2Fa.example%2F&page=Home&dtm=1774411190000&stm=1774411195000",
        b"",
        [{"type": "page", "user": "", "anonymous": "sp-d2", "message_id": "sp-e12", "at": RECEIVED - 5_000}],
        method="GET",
        answer=PIXEL,
    ),
]  # fmt: skip
