"""Amplitude: HTTP API V2. ``ENDPOINT`` and ``FORMAT`` also serve its batch address, which another format shares."""

from typing import Any

from evergrow.intake.capture import answers, decode
from evergrow.intake.capture.answers import Answer, Problem
from evergrow.intake.capture.formats.format import Endpoint, Envelope, Format, Payload, Refusal, Taken, body_text
from evergrow.intake.capture.formats.groups import account_of
from evergrow.intake.capture.formats.taught import account_traits, profile
from evergrow.intake.capture.requests import Request

MIN_ID_LENGTH = 5
PAGE_VIEW = "[Amplitude] Page Viewed"
# What stands beside an event's own properties and is kept among them.
BESIDE = (
    "session_id", "platform", "price", "quantity", "revenue", "productId", "revenueType", "currency", "country",
    "region", "city", "carrier",
)  # fmt: skip


def items(payload: Payload, kind: str) -> list[Any]:
    """The events; each with the least length of ids where the request's options name one."""
    events = payload.get("events") if isinstance(payload, dict) else None
    if isinstance(events, dict):
        events = [events]
    if not isinstance(events, list):
        raise Refusal("missing_field", "events")
    options = payload.get("options") if isinstance(payload, dict) else None
    least = options.get("min_id_length") if isinstance(options, dict) else None
    if not isinstance(least, int):
        return events
    return [event | {"min_id_length": least} if isinstance(event, dict) else event for event in events]


def translate(item: Any, envelope: Envelope) -> dict[str, Any]:
    """An event in the normal form."""
    if not isinstance(item, dict):
        raise Refusal("not_an_object")
    name = item.get("event_type")
    if name == "$groupidentify":
        return _about_account(item)
    _check_ids(item)
    message = _common(item) | {
        "type": "track",
        "event": name,
        "userId": item.get("user_id"),
        "anonymousId": item.get("device_id"),
        "properties": {key: item[key] for key in BESIDE if item.get(key) is not None} | _part(item, "event_properties"),
        "context": _context(item),
    }
    taught = profile(_part(item, "user_properties"))
    account = message["context"]["groupId"]
    if name == "$identify" and account:
        message |= {"type": "group", "groupId": account}
    elif name == "$identify":
        message |= {"type": "identify", "traits": taught.pop("set", {})}
    elif name == PAGE_VIEW:
        message |= {"type": "page", "name": message["properties"].get("[Amplitude] Page Title")}
    return message | {"profile": taught}


def _about_account(item: dict[str, Any]) -> dict[str, Any]:
    traits = account_traits(_part(item, "group_properties"))
    account = account_of(item.get("groups"))
    return _common(item) | {"type": "group", "groupId": account, "traits": traits, "aboutAccount": True}


def _check_ids(item: dict[str, Any]) -> None:
    least = item.get("min_id_length", MIN_ID_LENGTH)
    for name in ("user_id", "device_id"):
        value = item.get(name)
        if value not in (None, "") and len(str(value)) < least:
            raise Refusal("id_too_short", f"{name}: {value}")


def _common(item: dict[str, Any]) -> dict[str, Any]:
    insert_id = item.get("insert_id")
    device = item.get("device_id") or item.get("user_id") or ""
    return {"messageId": f"{device} {insert_id}" if insert_id else None, "timestamp": item.get("time")}


def _part(item: dict[str, Any], name: str) -> dict[str, Any]:
    found = item.get(name)
    return found if isinstance(found, dict) else {}


def _context(item: dict[str, Any]) -> dict[str, Any]:
    library, _, version = str(item.get("library") or "").partition("/")
    properties = _part(item, "event_properties")
    return {
        "groupId": account_of(item.get("groups")),
        "library": {"name": library, "version": version},
        "app": {"version": item.get("app_version") or item.get("version_name")},
        "os": {"name": item.get("os_name"), "version": item.get("os_version")},
        "device": {"model": item.get("device_model")},
        "locale": item.get("language"),
        "page": {
            "url": properties.get("[Amplitude] Page Location") or properties.get("[Amplitude] Page URL"),
            "title": properties.get("[Amplitude] Page Title"),
            "referrer": properties.get("referrer"),
        },
    }


def accepted(taken: Taken) -> Answer:
    size = len(taken.request.body)
    answer = {"code": 200, "events_ingested": taken.count, "payload_size_bytes": size}
    return answers.json(200, answer | {"server_upload_time": taken.received})


def refused(request: Request, problem: Problem) -> Answer:
    """A refusal in Amplitude's shape. Its clients send a 400 again that does not name what is missing."""
    said: dict[str, Any] = {"code": problem.status, "error": problem.sentence, "message": problem.sentence}
    if problem.status in (401, 403):
        said["error"] = f"Invalid API key: {problem.sentence}"
    elif problem.status == 400:
        said |= {"error": f"Request missing required field: {problem.sentence}", "missing_field": "events"}
    elif problem.status == 429:
        said |= {"throttled_events": list(range(_count(request))), "eps_threshold": 1}
    return answers.json(problem.status, said, *problem.headers)


def _count(request: Request) -> int:
    try:
        return len(items(decode.read_json(body_text(request)), ""))
    except (decode.BadBody, Refusal):
        return 0


ENDPOINT = Endpoint(kind="events", accepted=accepted, refused=refused)
FORMAT = Format(name="amplitude", items=items, translate=translate, routes={"/2/httpapi": ENDPOINT})
