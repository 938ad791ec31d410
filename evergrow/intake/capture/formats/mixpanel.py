"""Mixpanel: events, profiles, groups and history, by form or JSON; clients read ``1`` or a small JSON object."""

import re
from typing import Any

import orjson

from evergrow.intake.capture import answers, decode
from evergrow.intake.capture.answers import Answer, Problem
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
from evergrow.intake.capture.formats.groups import account_among, account_of
from evergrow.intake.capture.formats.taught import account_traits, profile
from evergrow.intake.capture.requests import Request

DEVICE = "$device:"
MAX_LINES = 20_000
PAGE_VIEWS = ("$mp_web_page_view", "mp_page_view")
NOT_PROPERTIES = {
    "token", "distinct_id", "time", "ip", "$ip", "$insert_id", "$device_id", "$user_id", "$had_persisted_distinct_id",
    "mp_lib", "$lib_version", "$anon_distinct_id", "$anon_id", "$identified_id",
}  # fmt: skip
# Mixpanel's names for what a person's page shows.
TRAITS = {
    "$email": "email", "$name": "name", "$first_name": "firstName", "$last_name": "lastName", "$phone": "phone",
    "$avatar": "avatar", "$created": "createdAt",
}  # fmt: skip


def open_body(request: Request) -> bytes:
    """The JSON text of a form, a JSON body, JSON lines (imports) or the field ``data`` of an address."""
    if request.method == "GET":
        return decode.unpack(request.query.encode(), "", "application/x-www-form-urlencoded")
    text = body_text(request)
    if request.path != "/import" or not _is_json(text.split(b"\n", 1)[0]) or _is_json(text):
        return text
    if text.count(b"\n") > MAX_LINES:
        raise decode.TooLarge("too_many_messages", f"A request may hold {MAX_LINES} lines. Send smaller batches.")
    return b"[" + b",".join(_line(line) for line in text.split(b"\n") if line.strip()) + b"]"


def _is_json(text: bytes) -> bool:
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:
        return False
    return True


def _line(line: bytes) -> bytes:
    """A line that is not JSON becomes a string, so that it is refused alone."""
    return line if _is_json(line) else orjson.dumps(line.decode("utf-8", "replace"))


def keys(request: Request, payload: Payload) -> list[str]:
    """The project token, which stands in every item."""
    first = payload[0] if isinstance(payload, list) and payload else payload
    token = first.get("$token") if isinstance(first, dict) else None
    return [token if isinstance(token, str) else "", *usual_keys(request, payload)]


def translate(item: Any, envelope: Envelope) -> dict[str, Any]:
    """An event, a change of a person or a change of a group in the normal form."""
    if not isinstance(item, dict):
        raise Refusal("not_an_object")
    if envelope.kind == "engage":
        return _person(item)
    if envelope.kind == "groups":
        return _group(item)
    return _event(item, envelope.kind)


def _event(item: dict[str, Any], kind: str) -> dict[str, Any]:
    name, properties = item.get("event"), item.get("properties")
    if not isinstance(properties, dict):
        raise Refusal("missing_field", "properties")
    if not isinstance(name, str) or not name.strip():
        raise Refusal("no_event")
    common = {"messageId": _message_id(properties), "timestamp": properties.get("time")}
    if name in ("$create_alias", "$merge"):
        return common | {"type": "alias"} | _joined(name, properties)
    if kind == "import" and not isinstance(properties.get("time"), int | float):
        raise Refusal("missing_field", "properties.time")
    if name == "$identify":
        return common | {"type": "identify"} | _identified(properties)
    message = common | {
        "type": "track",
        "event": name,
        "properties": {key: value for key, value in properties.items() if key not in NOT_PROPERTIES},
        "context": _context(properties),
    }
    if name in PAGE_VIEWS:
        message["type"] = "page"
    return message | _ids(properties)


def _message_id(properties: dict[str, Any]) -> str | None:
    """Mixpanel counts once what has the same insert id of the same person."""
    insert_id = properties.get("$insert_id")
    return f"{properties.get('distinct_id', '')} {insert_id}" if insert_id else None


def _ids(properties: dict[str, Any]) -> dict[str, Any]:
    """Who: ``$user_id`` and ``$device_id`` where there are (simplified ids), else what the distinct id says."""
    user, device = properties.get("$user_id"), properties.get("$device_id")
    distinct = properties.get("distinct_id", properties.get("$distinct_id"))
    if isinstance(distinct, str) and distinct.startswith(DEVICE):
        device = device or distinct
    elif not user and distinct != device:
        user = distinct
    return {"userId": user, "anonymousId": _bare(device)}


def _bare(device: Any) -> Any:
    return device.removeprefix(DEVICE) if isinstance(device, str) else device


def _identified(properties: dict[str, Any]) -> dict[str, Any]:
    user = properties.get("$identified_id") or properties.get("$user_id") or properties.get("distinct_id")
    device = properties.get("$anon_distinct_id") or properties.get("$anon_id") or properties.get("$device_id")
    return {"userId": user, "anonymousId": _bare(device)}


def _joined(name: str, properties: dict[str, Any]) -> dict[str, Any]:
    """An alias names the id from now on; of two that are merged, a device's is the one before."""
    if name == "$create_alias":
        return {"userId": properties.get("alias"), "previousId": _bare(properties.get("distinct_id"))}
    both = properties.get("$distinct_ids")
    if not isinstance(both, list) or len(both) != 2:
        raise Refusal("missing_field", "$distinct_ids")
    kept, given = sorted(both, key=lambda each: str(each).startswith(DEVICE))
    return {"userId": kept, "previousId": _bare(given)}


def _context(properties: dict[str, Any]) -> dict[str, Any]:
    groups = properties.get("$groups")
    return web.context(properties.get("$current_url"), None, properties.get("$referrer")) | {
        "groupId": account_of(groups) or account_among(properties),
        "library": {"name": properties.get("mp_lib"), "version": properties.get("$lib_version")},
        "os": {"name": properties.get("$os"), "version": properties.get("$os_version")},
        "device": {"model": properties.get("$model")},
    }


def _person(item: dict[str, Any]) -> dict[str, Any]:
    taught = profile(_operations(item))
    who = _ids(item)
    if not who["userId"] and not who["anonymousId"]:
        raise Refusal("missing_field", "$distinct_id")
    message = who | {"type": "identify", "timestamp": item.get("$time")}
    known = {
        step: [TRAITS.get(name, name) for name in values]
        if step == "unset"
        else {TRAITS.get(name, name): value for name, value in values.items()}
        for step, values in taught.items()
    }
    return message | {"traits": known.pop("set", {}), "profile": known}


def _group(item: dict[str, Any]) -> dict[str, Any]:
    named = account_of({str(item.get("$group_key", "")): item.get("$group_id")})
    traits = account_traits(_operations(item))
    traits = {TRAITS.get(name, name): value for name, value in traits.items()}
    return {
        "type": "group",
        "groupId": named,
        "traits": traits,
        "timestamp": item.get("$time"),
        "aboutAccount": True,
    }


OPERATIONS = {
    "$set", "$set_once", "$add", "$append", "$union", "$unset", "$remove", "$delete", "$prepend", "$increment",
}  # fmt: skip


def _operations(item: dict[str, Any]) -> dict[str, Any]:
    found = {name: value for name, value in item.items() if name in OPERATIONS}
    if not found:
        raise Refusal("missing_field", "$set")
    return found


def accepted(taken: Taken) -> Answer:
    """``1``, or JSON for ``verbose=1``, or a picture for ``img=1``; of an import that is strict, what failed."""
    if taken.request.path == "/import":
        return _imported(taken)
    if _says(taken.request, "img"):
        return answers.PIXEL
    if _says(taken.request, "verbose"):
        return answers.json(200, {"status": 1, "error": None})
    return Answer(200, b"1", ((b"content-type", b"text/plain"),))


def _imported(taken: Taken) -> Answer:
    if _says(taken.request, "verbose"):
        return answers.json(200, {"status": 1, "error": None})
    failed = _failed(taken) if taken.request.fields.get("strict", "1") != "0" else []
    if not failed:
        return answers.json(200, {"code": 200, "num_records_imported": taken.count, "status": "OK"})
    said = {
        "code": 400,
        "error": "some data points in the request failed validation",
        "failed_records": failed,
        "num_records_imported": taken.count - len(failed),
        "status": "Bad Request",
    }
    return answers.json(400, said)


def _failed(taken: Taken) -> list[dict[str, Any]]:
    """The records of an import that will be refused, with what is wrong."""
    failed = []
    for index, item in enumerate(FORMAT.items(taken.payload, "import")):
        try:
            translate(item, Envelope("import", taken.received))
        except Refusal as refusal:
            properties = item.get("properties") if isinstance(item, dict) else None
            insert_id = properties.get("$insert_id", "") if isinstance(properties, dict) else ""
            field = refusal.detail if refusal.code == "missing_field" else "event"
            failed.append({"index": index, "$insert_id": insert_id, "field": field, "message": refusal.code})
    return failed


def _says(request: Request, name: str) -> bool:
    """Whether an option is on, in the address or in the form."""
    if name in request.fields:
        return request.fields[name] in ("1", "true")
    return re.search(rb"(^|&)%s=(1|true)(&|$)" % name.encode(), request.body) is not None


def refused(request: Request, problem: Problem) -> Answer:
    """Mixpanel's shapes of a refusal, which its clients raise as errors."""
    said = {"status": 0, "error": problem.sentence, "code": problem.code, "message": problem.sentence}
    if request.path == "/import":
        said |= {"status": problem.code, "code": problem.status}
    return answers.json(problem.status, said, *problem.headers)


def _endpoint(kind: str, *methods: str) -> Endpoint:
    return Endpoint(kind=kind, methods=methods, open=open_body, keys=keys, accepted=accepted, refused=refused)


FORMAT = Format(
    name="mixpanel",
    translate=translate,
    routes={
        "/track": _endpoint("track", "POST", "GET"),
        "/engage": _endpoint("engage", "POST", "GET"),
        "/groups": _endpoint("groups", "POST", "GET"),
        "/import": _endpoint("import", "POST"),
    },
)
