"""神策 (Sensors Analytics)."""

import base64
import gzip
from urllib.parse import quote

import orjson

from evergrow.intake.capture.answers import PIXEL
from evergrow.intake.tests.capture.cases import RECEIVED, Case

TIME = RECEIVED - 4_000
LIB = {"lib": {"$lib": "python", "$lib_version": "1.11.0", "$lib_method": "code"}}
LIBRARY = {"library.name": "python", "library.version": "1.11.0"}


def item(kind: str, who: str = "sa-d1", properties: dict | None = None, **more: object) -> dict:
    return {"type": kind, "time": TIME, "distinct_id": who, "properties": properties or {}, **LIB, **more}


def login(kind: str, properties: dict, **more: object) -> dict:
    return item(kind, "sa-u1", {**properties, "$is_login_id": True}, **more)


def form(*items: dict) -> dict[str, str]:
    return {"data_list": base64.b64encode(gzip.compress(orjson.dumps(items), mtime=0)).decode(), "gzip": "1"}


def one(value: dict) -> str:
    return base64.b64encode(orjson.dumps(value)).decode()


CASES = [
    Case(
        "a batch as the client for Python sends it",
        "/sa?project=default",
        messages=[
            {"type": "track", "event": "Seen", "user": "", "anonymous": "sa-d1", "at": TIME,
             "properties": LIBRARY | {"plan": "pro"}},
            {"type": "identify", "user": "sa-u1", "anonymous": "sa-d1"},
            {"type": "track", "event": "Login", "user": "sa-u1", "anonymous": "", "group": "sa-c1"},
            {"type": "identify", "user": "sa-u1", "traits": {"name": "Mei"}, "profile": None},
            {"type": "identify", "traits": {}, "profile": {"once": {"first": 1}}},
            {"type": "identify", "profile": {"add": {"n": 1}}},
            {"type": "identify", "profile": {"append": {"tags": ["x"]}}},
            {"type": "identify", "profile": {"unset": ["old"]}},
            {"type": "track", "event": "$item_set", "user": "", "anonymous": "",
             "properties": LIBRARY | {"price": "3", "item.type": "book", "item.id": "b1"}},
            {"type": "track", "event": "$item_delete", "user": "", "anonymous": ""},
            {"type": "group", "group": "sa-c1", "user": "", "traits": {"name": "Yunke"}},
            {"type": "identify", "user": "sa-u2", "anonymous": "sa-d2", "traits": {"phone": "138"}},
        ],
        form=form(
            item("track", properties={"plan": "pro"}, event="Seen"),
            item("track_signup", "sa-u1", event="$SignUp", original_id="sa-d1"),
            login("track", {"n": 1, "company_id": "sa-c1"}, event="Login"),
            login("profile_set", {"$name": "Mei"}),
            login("profile_set_once", {"first": 1}),
            login("profile_increment", {"n": 1}),
            login("profile_append", {"tags": ["x"]}),
            login("profile_unset", {"old": True}),
            {"type": "item_set", "time": TIME, "item_type": "book", "item_id": "b1", "properties": {"price": 3}} | LIB,
            {"type": "item_delete", "time": TIME, "item_type": "book", "item_id": "b1"} | LIB,
            {"type": "item_set", "time": TIME, "item_type": "company", "item_id": "sa-c1",
             "properties": {"$name": "Yunke"}} | LIB,
            item("track_id_bind", "sa-u2", event="$BindID", identities={
                "$identity_login_id": "sa-u2", "$identity_cookie_id": "sa-d2", "$identity_mobile": "138"}),
        ),
        answer=b"",
    ),
    Case(
        "an image as browsers ask for it",
        "/sa.gif?project=default&ext=crc%3D1&data=" + quote(one(item(
            "track", "sa-u1", {"$url": "https://shop.example/?x=1", "$title": "Shop"}, event="$pageview",
            login_id="sa-u1", anonymous_id="sa-d1", _track_id=7, _flush_time=RECEIVED + 60_000)), safe=""),
        messages=[{"type": "page", "user": "sa-u1", "anonymous": "sa-d1", "message_id": f"7 sa-u1 {TIME}",
                   "at": RECEIVED - 64_000, "properties": LIBRARY | {
                       "$url": "https://shop.example/?x=1", "$title": "Shop", "page.url": "https://shop.example/?x=1",
                       "page.title": "Shop", "page.path": "/", "page.search": "?x=1"}}],
        method="GET",
        answer=PIXEL.body,
    ),
    Case(
        "one item in a form",
        "/sa",
        messages=[{"event": "Seen", "message_id": f"8 sa-d3 {TIME}", "at": TIME}],
        form={"data": one(item("track", "sa-d3", event="Seen", _track_id=8, _flush_time=RECEIVED + 9, time_free=True))},
    ),
    Case(
        "what 神策 would not take either",
        "/sa",
        [
            item("track", event="1st"), item("track", event="time"), item("track", event="x" * 101), item("track"),
            item("track", event="x", properties={"my name": 1}), item("track", "d" * 256, event="x"),
            item("track", "", event="x"), item("track", event="x", time="now"), item("profile_delete"),
            item("profile_increment", properties={"n": "1"}), item("track_signup"), item("track_id_bind"),
            item("track_id_unbind", identities={"$identity_login_id": "u"}), item("guess"),
            {"type": "item_set", "item_type": "no name"}, {"type": "item_set", "item_type": "book"}, 7,
            {"type": "track", "properties": 7},
        ],
        [{"code": code} for code in (
            "invalid_name", "invalid_name", "invalid_name", "no_event", "invalid_name", "id_too_long", "no_id",
            "invalid_time", "not_followed", "invalid_field", "missing_field", "missing_field", "not_followed",
            "unknown_type", "invalid_name", "missing_field", "not_an_object", "invalid_field")],
    ),
]  # fmt: skip
