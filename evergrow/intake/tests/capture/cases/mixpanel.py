"""Mixpanel."""

import base64

import orjson

from evergrow.intake.tests.capture.cases import RECEIVED, Case

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
VERBOSE = {"status": 1, "error": None}
TIME = RECEIVED / 1000 - 3
LIBRARY = {"library.name": "python", "library.version": "5.4.1"}


def event(name: str, **properties: object) -> dict:
    """An event as mixpanel for Python makes it."""
    return {"event": name, "properties": {
        "token": "egw_key", "distinct_id": "mp-u1", "time": TIME, "mp_lib": "python", "$lib_version": "5.4.1",
        **properties}}  # fmt: skip


def form(content: object, **options: str) -> dict[str, str]:
    return {"data": orjson.dumps(content).decode(), "verbose": "1", "ip": "0", **options}


def change(**operations: object) -> dict:
    """A change of a person as mixpanel for Python makes it."""
    return {"$token": "egw_key", "$time": TIME, "$distinct_id": "mp-u1"} | {
        f"${name}": value for name, value in operations.items()
    }


CASES = [
    Case(
        "an event as mixpanel for Python sends it",
        "/track",
        form=form(event("login", **{"$insert_id": "i1", "plan": "pro", "company_id": "mp-c1", "$os": "Linux"})),
        messages=[{"type": "track", "event": "login", "user": "mp-u1", "anonymous": "", "group": "mp-c1",
                   "message_id": "mp-u1 i1", "at": RECEIVED - 3_000, "properties": LIBRARY | {
                       "plan": "pro", "company_id": "mp-c1", "$os": "Linux", "os.name": "Linux"}}],
        headers=FORM,
        answer=VERBOSE,
    ),
    Case(
        "a batch in base64 from a browser, with simplified ids",
        "/track/?ip=1",
        form={"data": base64.b64encode(orjson.dumps([
            event("$mp_web_page_view", distinct_id="$device:mp-d1", **{
                "$device_id": "mp-d1", "$insert_id": "i2", "$current_url": "https://a.example/x?utm_source=mail"}),
            event("$identify", distinct_id="mp-u2", **{"$anon_distinct_id": "$device:mp-d1", "$insert_id": "i3"}),
            event("login", distinct_id="mp-u2", **{"$device_id": "mp-d1", "$user_id": "mp-u2", "$insert_id": "i4"}),
            event("old ids", distinct_id="mp-d2", **{"$device_id": "mp-d2", "$insert_id": "i5"}),
            {"event": "no properties"}, event("", **{"$insert_id": "i6"}), event("x", distinct_id=""),
        ])).decode()},
        messages=[
            {"type": "page", "user": "", "anonymous": "mp-d1", "properties": LIBRARY | {
                "$current_url": "https://a.example/x?utm_source=mail", "campaign.source": "mail", "page.path": "/x",
                "page.url": "https://a.example/x?utm_source=mail", "page.search": "?utm_source=mail"}},
            {"type": "identify", "user": "mp-u2", "anonymous": "mp-d1"},
            {"event": "login", "user": "mp-u2", "anonymous": "mp-d1"},
            {"event": "old ids", "user": "", "anonymous": "mp-d2"},
            {"code": "missing_field"}, {"code": "no_event"}, {"code": "no_id"},
        ],
        headers=FORM,
        answer=b"1",
    ),
    Case(
        "an alias, as a JSON body",
        "/track?verbose=1",
        [{"event": "$create_alias", "properties": {"distinct_id": "$device:mp-d3", "alias": "mp-u3", "token": "x"}}],
        [{"type": "alias", "user": "mp-u3", "previous": "mp-d3"}],
        answer=VERBOSE,
    ),
    Case(
        "a pixel",
        "/track?img=1&data=" + base64.b64encode(orjson.dumps(event("opened", **{"$insert_id": "i7"}))).decode(),
        messages=[{"event": "opened", "user": "mp-u1"}],
        method="GET",
    ),
    Case(
        "every change of a person, and a deletion that is not followed",
        "/engage",
        form=form([
            change(set={"$email": "mei@mp.example", "$first_name": "Mei", "plan": "pro"},
                   set_once={"$created": "2026"}),
            change(add={"logins": 2}, append={"tags": "x"}, union={"teams": ["a", "b"]}),
            change(unset=["old", "$phone"]),
            change(delete=""), change(),
            {"$token": "egw_key", "$set": {"a": 1}},
        ]),
        messages=[
            {"type": "identify", "user": "mp-u1", "at": RECEIVED - 3_000,
             "traits": {"email": "mei@mp.example", "firstName": "Mei", "plan": "pro"},
             "profile": {"once": {"createdAt": "2026"}}},
            {"profile": {"add": {"logins": 2}, "append": {"tags": "x", "teams": ["a", "b"]}}},
            {"profile": {"unset": ["old", "phone"]}},
            {"code": "not_followed"}, {"code": "missing_field"}, {"code": "missing_field"},
        ],
        headers=FORM,
        answer=VERBOSE,
    ),
    Case(
        "a group's traits, which are nobody's",
        "/groups",
        form=form([
            {"$token": "egw_key", "$time": TIME, "$group_key": "company", "$group_id": "mp-c1",
             "$set": {"$name": "Yunke", "plan": "pro"}, "$unset": ["old"]},
            {"$token": "egw_key", "$group_key": "company", "$group_id": "mp-c1", "$remove": {"tags": "x"}},
            {"$token": "egw_key", "$group_key": "company", "$set": {"a": 1}},
        ]),
        messages=[
            {"type": "group", "user": "", "anonymous": "", "group": "mp-c1",
             "traits": {"name": "Yunke", "plan": "pro", "old": None}},
            {"code": "not_followed"}, {"code": "no_group"},
        ],
        headers=FORM,
    ),
    Case(
        "history, in lines of JSON",
        "/import?strict=1&project_id=1",
        b"\n".join([orjson.dumps(event("old", time=1_700_000_000, **{"$insert_id": "i8"})),
                    orjson.dumps(event("$merge", **{"$distinct_ids": ["$device:mp-d4", "mp-u4"]}))]) + b"\n",
        [{"event": "old", "at": 1_700_000_000_000}, {"type": "alias", "user": "mp-u4", "previous": "mp-d4"}],
        headers={"Content-Type": "application/x-ndjson"},
        answer={"code": 200, "num_records_imported": 2, "status": "OK"},
    ),
    Case(
        "history of which a part is bad, said as Mixpanel says it",
        "/import?strict=1",
        [event("old", time=1_700_000_000, **{"$insert_id": "i9"}), event("x", time=None, **{"$insert_id": "i10"})],
        [{"event": "old"}, {"code": "missing_field"}],
        status=400,
        answer={"code": 400, "error": "some data points in the request failed validation", "num_records_imported": 1,
                "status": "Bad Request", "failed_records": [{
                    "index": 1, "$insert_id": "i10", "field": "properties.time", "message": "missing_field"}]},
    ),
]  # fmt: skip
