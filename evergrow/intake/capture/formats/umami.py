"""Umami: events without ids; the session stands for the sender, and its client brings it back in a header."""

import uuid
from typing import Any

import orjson
from django.core import signing

from evergrow.intake.capture import answers, credentials, decode
from evergrow.intake.capture.answers import Answer
from evergrow.intake.capture.formats import web
from evergrow.intake.capture.formats.format import Endpoint, Envelope, Format, Payload, Refusal, Taken, body_text
from evergrow.intake.capture.requests import Request

SALT = "umami cache"
VISIT_MILLISECONDS = 30 * 60_000
NOT_PROPERTIES = {
    "website",
    "url",
    "title",
    "referrer",
    "language",
    "name",
    "data",
    "id",
    "timestamp",
    "ip",
    "userAgent",
}


def open_body(request: Request) -> bytes:
    """The JSON text, with the session that the client was told before."""
    text = body_text(request)
    told = _told(request.header(b"x-umami-cache"))
    payload = decode.read_json(text)
    if not isinstance(payload, dict) or (not told and "session" not in payload):
        return text
    try:
        return orjson.dumps(payload | {"session": told})
    except orjson.JSONEncodeError as error:
        raise decode.BadBody("too_deep", "The body is nested too deeply.") from error


def _told(cache: str) -> dict[str, Any]:
    """What we signed; nothing where it is not ours."""
    try:
        found = signing.loads(cache, salt=SALT) if cache else {}
    except signing.BadSignature:
        return {}
    return found if isinstance(found, dict) else {}


def keys(request: Request, payload: Payload) -> list[str]:
    """The key in the address, or in the place of the website's id."""
    inner = payload.get("payload") if isinstance(payload, dict) else None
    website = inner.get("website") if isinstance(inner, dict) else None
    return [credentials.from_query(request.query), website if isinstance(website, str) else ""]


def translate(item: Any, envelope: Envelope) -> dict[str, Any]:
    """A page view, an event, a measurement or an identify in the normal form."""
    inner = item.get("payload") if isinstance(item, dict) else None
    if not isinstance(inner, dict):
        raise Refusal("missing_field", "payload")
    given = inner.get("data")
    data: dict[str, Any] = given if isinstance(given, dict) else {}
    message: dict[str, Any] = {
        "userId": inner.get("id"),
        "anonymousId": _session(item.get("session"), envelope.visitor),
        "timestamp": inner.get("timestamp"),
        "context": web.context(inner.get("url"), inner.get("title"), inner.get("referrer"))
        | {"locale": inner.get("language")},
    }
    match item.get("type"):
        case "identify":
            return message | {"type": "identify", "traits": data}
        case "event" | "performance" as kind:
            beside = {name: value for name, value in inner.items() if name not in NOT_PROPERTIES}
            message["properties"] = beside | data
            name = inner.get("name") if kind == "event" else kind
            if name:
                return message | {"type": "track", "event": name}
            return message | {"type": "page", "name": inner.get("title")}
    raise Refusal("unknown_type", str(item.get("type"))[:100])


def _session(told: Any, visitor: str) -> str:
    if isinstance(told, dict) and isinstance(told.get("session"), str):
        return str(told["session"])
    return str(uuid.uuid5(uuid.NAMESPACE_OID, visitor)) if visitor else ""


def accepted(taken: Taken) -> Answer:
    """The session and the visit (until half an hour without an event), and both signed for the next request."""
    told = taken.payload.get("session", {}) if isinstance(taken.payload, dict) else {}
    session = _session(told, taken.visitor)
    is_going_on = taken.received - told.get("at", 0) < VISIT_MILLISECONDS
    visit = told["visit"] if is_going_on else str(uuid.uuid5(uuid.NAMESPACE_OID, f"{session} {taken.received}"))
    cache = signing.dumps({"session": session, "visit": visit, "at": taken.received}, salt=SALT)
    return answers.json(200, {"cache": cache, "sessionId": session, "visitId": visit})


FORMAT = Format(
    name="umami",
    translate=translate,
    routes={"/api/send": Endpoint(kind="send", open=open_body, keys=keys, accepted=accepted, asks_visitor=True)},
)
