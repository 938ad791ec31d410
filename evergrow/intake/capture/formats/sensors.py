"""神策 (Sensors Analytics): tracks, profiles, items and identities, in forms and images.

``distinct_id`` is a person where the message says that it is a login id, else a device.
"""

import re
from typing import Any

from evergrow.intake.capture import answers, decode
from evergrow.intake.capture.answers import Answer
from evergrow.intake.capture.decode import BadBody
from evergrow.intake.capture.formats import web
from evergrow.intake.capture.formats.format import (
    Endpoint,
    Envelope,
    Format,
    Payload,
    Refusal,
    Taken,
    body_text,
    usual_keys,
)
from evergrow.intake.capture.formats.groups import ACCOUNT_KINDS, account_among
from evergrow.intake.capture.requests import Request

NAME = re.compile(r"[a-zA-Z_$][a-zA-Z0-9_$]{0,99}")
RESERVED = {
    "distinct_id", "original_id", "time", "properties", "id", "first_id", "second_id", "users", "events", "event",
    "user_id", "date", "datetime",
}  # fmt: skip
MAX_ID = 255
STEPS = {"profile_set": "set", "profile_set_once": "once", "profile_increment": "add", "profile_append": "append"}
LOGIN, MAIL, PHONE = "$identity_login_id", "$identity_email", "$identity_mobile"
DEVICES = ("$identity_anonymous_id", "$identity_cookie_id", "$identity_distinct_id", "$identity_idfv")
PAGES = ("$pageview", "$MPViewScreen")
SCREENS = ("$AppViewScreen",)
NOT_PROPERTIES = {"$is_login_id", "$ip", "$lib", "$lib_version", "$token", "$project"}
# 神策's names for what a person's page shows.
TRAITS = {"$name": "name", "$email": "email", "$phone": "phone"}


def open_body(request: Request) -> bytes:
    """The JSON text of the field ``data`` or ``data_list`` of a form, or of an address."""
    if request.method != "GET":
        return body_text(request)
    if not {"data", "data_list"} & request.fields.keys():
        raise BadBody("empty_body", "The address holds neither “data” nor “data_list”.")
    return decode.unpack(request.query.encode(), "", "application/x-www-form-urlencoded")


def keys(request: Request, payload: Payload) -> list[str]:
    """``token`` or ``project`` of the address, or of the first item."""
    first = payload[0] if isinstance(payload, list) and payload else payload
    own = [first.get(name) for name in ("token", "project")] if isinstance(first, dict) else []
    texts = [each for each in own if isinstance(each, str)]
    return [request.fields.get("token", ""), request.fields.get("project", ""), *texts, *usual_keys(request, payload)]


def translate(item: Any, envelope: Envelope) -> dict[str, Any]:
    """An item in the normal form. Raises Refusal where it breaks 神策's own rules."""
    if not isinstance(item, dict):
        raise Refusal("not_an_object")
    kind = item.get("type")
    properties = item.get("properties", {})
    if not isinstance(properties, dict):
        raise Refusal("invalid_field", "properties")
    _check_names(properties)
    common = _common(item, properties)
    if kind in ("item_set", "item_delete"):
        return common | _item(item, properties, kind)
    common |= _who(item, properties)
    if kind == "track":
        return common | _event(item, properties)
    if kind in ("track_signup", "track_id_bind"):
        return common | _identified(item, properties, kind)
    if isinstance(kind, str) and kind.startswith("profile_"):
        return common | _profile(properties, kind)
    if kind in ("track_id_unbind",):
        raise Refusal("not_followed", kind)
    raise Refusal("unknown_type", str(kind)[:100])


def _check_names(properties: dict[str, Any]) -> None:
    for name in properties:
        if not NAME.fullmatch(name) or name.lower() in RESERVED:
            raise Refusal("invalid_name", name[:200])


def _common(item: dict[str, Any], properties: dict[str, Any]) -> dict[str, Any]:
    """Time, the clock's correction, message id and context."""
    time = item.get("time")
    if time is not None and (isinstance(time, bool) or not isinstance(time, int | float)):
        raise Refusal("invalid_time", str(time)[:100])
    found: dict[str, Any] = {"timestamp": time, "context": _context(item, properties)}
    track = item.get("_track_id")
    if track is not None:
        found["messageId"] = f"{track} {item.get('distinct_id', '')} {time}"
    flushed = item.get("_flush_time")
    if item.get("time_free") is True:
        found["sentAt"] = False
    elif isinstance(flushed, int) and not isinstance(flushed, bool):
        found["sentAt"] = flushed
    return found


def _context(item: dict[str, Any], properties: dict[str, Any]) -> dict[str, Any]:
    lib = item.get("lib")
    lib = lib if isinstance(lib, dict) else {}
    found = web.context(properties.get("$url"), properties.get("$title"), properties.get("$referrer"))
    campaign = {part: properties.get(f"$utm_{part}") for part in ("source", "medium", "term", "content")}
    campaign["name"] = properties.get("$utm_campaign")
    if any(campaign.values()):
        found["campaign"] = {part: value for part, value in campaign.items() if value}
    return found | {
        "groupId": account_among(properties),
        "library": {
            "name": lib.get("$lib") or properties.get("$lib"),
            "version": lib.get("$lib_version") or properties.get("$lib_version"),
        },
        "app": {
            "name": properties.get("$app_name"),
            "version": properties.get("$app_version") or lib.get("$app_version"),
        },
        "os": {"name": properties.get("$os"), "version": properties.get("$os_version")},
        "device": {"type": properties.get("$manufacturer"), "model": properties.get("$model")},
    }


def _who(item: dict[str, Any], properties: dict[str, Any]) -> dict[str, Any]:
    """Login id and device of a message, from whichever of the three generations of fields it has."""
    identities = item.get("identities")
    identities = identities if isinstance(identities, dict) else {}
    login = item.get("login_id") or identities.get(LOGIN)
    device = item.get("anonymous_id") or next((identities[name] for name in DEVICES if identities.get(name)), None)
    distinct = item.get("distinct_id")
    if properties.get("$is_login_id") is True:
        login = login or distinct
    elif not login:
        device = device or distinct
    for each in (login, device, distinct):
        if isinstance(each, str) and len(each) > MAX_ID:
            raise Refusal("id_too_long", f"{each[:60]}…")
    return {"userId": login, "anonymousId": device if device != login else None}


def _event(item: dict[str, Any], properties: dict[str, Any]) -> dict[str, Any]:
    name = item.get("event")
    if not isinstance(name, str) or not name:
        raise Refusal("no_event")
    if not NAME.fullmatch(name) or name.lower() in RESERVED:
        raise Refusal("invalid_name", name[:200])
    kind = "page" if name in PAGES else "screen" if name in SCREENS else "track"
    return {"type": kind, "event": name, "properties": _kept(properties)}


def _kept(properties: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in properties.items() if name not in NOT_PROPERTIES}


def _identified(item: dict[str, Any], properties: dict[str, Any], kind: str) -> dict[str, Any]:
    """A device becomes a person (``track_signup``), or ids are said to be one person's (``track_id_bind``)."""
    message: dict[str, Any] = {"type": "identify", "event": item.get("event"), "properties": _kept(properties)}
    if kind == "track_signup":
        if not item.get("original_id"):
            raise Refusal("missing_field", "original_id")
        return message | {"userId": item.get("distinct_id"), "anonymousId": item["original_id"]}
    identities = item.get("identities")
    if not isinstance(identities, dict) or not identities:
        raise Refusal("missing_field", "identities")
    traits = {name: value for name, value in identities.items() if name not in (LOGIN, *DEVICES)}
    for name, trait in ((MAIL, "email"), (PHONE, "phone")):
        if name in traits:
            traits[trait] = traits.pop(name)
    return message | {"traits": traits}


def _profile(properties: dict[str, Any], kind: str) -> dict[str, Any]:
    """A change of a person."""
    values = {TRAITS.get(name, name): value for name, value in _kept(properties).items()}
    message: dict[str, Any] = {"type": "identify"}
    if kind == "profile_set":
        return message | {"traits": values}
    if kind == "profile_unset":
        return message | {"profile": {"unset": list(values)}}
    if kind not in STEPS:
        raise Refusal("not_followed" if kind == "profile_delete" else "unknown_type", kind[:100])
    if kind == "profile_increment" and not all(_is_number(value) for value in values.values()):
        raise Refusal("invalid_field", "properties")
    return message | {"profile": {STEPS[kind]: values}}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _item(item: dict[str, Any], properties: dict[str, Any], kind: str) -> dict[str, Any]:
    """An item is nobody's: one that is an account changes it, any other is kept as an event."""
    name, key = item.get("item_type"), item.get("item_id")
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise Refusal("invalid_name", str(name)[:200])
    if not isinstance(key, str | int) or isinstance(key, bool) or key == "":
        raise Refusal("missing_field", "item_id")
    if kind == "item_set" and name.lower() in ACCOUNT_KINDS:
        values = {TRAITS.get(each, each): value for each, value in properties.items()}
        return {"type": "group", "groupId": str(key), "traits": values, "aboutAccount": True}
    kept = _kept(properties) | {"item.type": name, "item.id": key}
    return {"type": "track", "event": f"${kind}", "properties": kept, "aboutItem": True}


NOTHING = Answer(200, b"")


def accepted(taken: Taken) -> Answer:
    """Nothing, or the picture that was asked for."""
    return answers.PIXEL if taken.request.method == "GET" else NOTHING


ENDPOINT = Endpoint(kind="sa", methods=("POST", "GET"), open=open_body, keys=keys, accepted=accepted)
FORMAT = Format(name="sensors", translate=translate, routes={"/sa": ENDPOINT, "/sa.gif": ENDPOINT})
