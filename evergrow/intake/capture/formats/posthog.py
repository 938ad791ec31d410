"""PostHog: events by every address its clients know, one by one or in batches. (What clients ask is in posthog_pages.)

Who: clients for browsers and phones say whether a person is identified; those for servers name persons. Changes of the
person may come with any event.
"""

from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any

import orjson

from evergrow.intake.capture import answers, credentials, decode, times
from evergrow.intake.capture.answers import Answer, Problem
from evergrow.intake.capture.decode import BadBody
from evergrow.intake.capture.formats import web
from evergrow.intake.capture.formats.format import Endpoint, Envelope, Format, Payload, Refusal, Taken, body_text
from evergrow.intake.capture.formats.groups import account_of
from evergrow.intake.capture.frames import Frame
from evergrow.intake.capture.requests import Request

ALIASES = ("$create_alias", "$merge_dangerously")
TYPES = {"$identify": "identify", "$set": "identify", "$set_once": "identify", "$pageview": "page", "$screen": "screen"}
NOT_PROPERTIES = {
    "token", "distinct_id", "$device_id", "$anon_distinct_id", "$set", "$set_once", "$unset", "$groups", "$ip", "$lib",
    "$lib_version", "$process_person_profile", "$is_identified", "$ignore_sent_at", "$group_set",
}  # fmt: skip
# PostHog's names for what a person's page shows.
TRAITS = {"$email": "email", "$name": "name", "$first_name": "firstName", "$last_name": "lastName", "$phone": "phone"}
ERRORS = {400: "validation_error", 401: "authentication_error", 429: "throttled_error"}


def open_body(request: Request) -> bytes:
    """The JSON text of a body, a form or an address. What the address says of the time of sending is put into it."""
    form = request.query.encode() if request.method == "GET" else request.body
    fields = decode.form_fields(form) if form.startswith(decode.FORM_FIELDS) or request.method == "GET" else {}
    if "lz64" in (request.fields.get("compression"), fields.get("compression")):
        raise BadBody("unknown_encoding", "The compression lz64 is not known. Use gzip-js or base64.")
    if request.method == "GET":
        text = decode.unpack(form, "", "application/x-www-form-urlencoded") if fields.get("data") else b""
    else:
        text = body_text(request)
    sent = request.header(b"posthog-request-timestamp") or request.fields.get("_") or fields.get("_")
    return _sent_at(text, sent) if sent else text


def _sent_at(text: bytes, sent: str) -> bytes:
    payload = decode.read_json(text)
    if not isinstance(payload, dict):
        payload = {"batch": payload}
    is_number = sent.isascii() and sent.isdigit() and len(sent) < 20
    try:
        return orjson.dumps({"sent_at": int(sent) if is_number else sent} | payload)
    except orjson.JSONEncodeError as error:
        raise BadBody("too_deep", "The body is nested too deeply.") from error


def keys(request: Request, payload: Payload) -> list[str]:
    """The project's key: in the body, with the first event, or in the address."""
    return [credentials.from_body(payload), request.fields.get("token", ""), credentials.from_query(request.query)]


def items(payload: Payload, kind: str) -> list[Any]:
    """The events of a batch, or the one event; each with what its batch says of all."""
    if isinstance(payload, list):
        return payload
    if "batch" not in payload and "event" in payload and kind != "v1":
        return [payload]
    batch = payload.get("batch")
    if not isinstance(batch, list):
        raise Refusal("invalid_batch", "The body of a batch needs the list “batch”.")
    if payload.get("historical_migration") is not True:
        return batch
    return [event | {"historical_migration": True} if isinstance(event, dict) else event for event in batch]


def sent(payload: Payload) -> Any:
    """When the client sent the body."""
    return payload.get("sent_at") if isinstance(payload, dict) else None


def translate(item: Any, envelope: Envelope) -> dict[str, Any]:
    """An event in the normal form."""
    if not isinstance(item, dict):
        raise Refusal("not_an_object")
    properties = _object(item.get("properties"))
    name, who = item.get("event"), _distinct_id(item, properties)
    if not isinstance(name, str) or not name.strip():
        raise Refusal("no_event")
    common = {"messageId": item.get("uuid") or properties.get("$insert_id")} | _time(item, properties, envelope)
    if name == "$groupidentify":
        return common | _about_account(who, item, properties)
    if name in ALIASES:
        return common | _joined(who, item, properties)
    profile = _profile(item, properties)
    message = common | _who(name, who, item, properties)
    message |= {"type": TYPES.get(name, "track"), "event": name, "context": _context(properties)}
    message["properties"] = _kept(properties)
    if message["type"] == "identify":
        message["traits"] = profile.pop("set", {})
    elif name == "$screen":
        message["name"] = properties.get("$screen_name")
    return message | {"profile": profile}


def _kept(properties: dict[str, Any]) -> dict[str, Any]:
    """What stays of the properties; the groups that are not the account among them."""
    groups = _object(properties.get("$groups"))
    account = account_of(groups)
    others = {f"groups.{kind}": key for kind, key in groups.items() if str(key) != account}
    return {key: value for key, value in properties.items() if key not in NOT_PROPERTIES} | others


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _distinct_id(item: dict[str, Any], properties: dict[str, Any]) -> Any:
    for place in (item, properties):
        for name in ("distinct_id", "$distinct_id"):
            found = place.get(name)
            if isinstance(found, dict):  # what old clients sent by mistake for {"id": …}
                found = found.get("distinct_id")
            if found not in (None, ""):
                return found
    return None


def _time(item: dict[str, Any], properties: dict[str, Any], envelope: Envelope) -> dict[str, Any]:
    """``offset`` is how long ago it was when it was sent, and needs no clock; history is believed as it is."""
    offset = item.get("offset")
    if isinstance(offset, int | float) and not isinstance(offset, bool):
        return {"timestamp": max(envelope.received - int(offset), 1), "sentAt": False}
    believed = (
        item.get("historical_migration") is True
        or properties.get("$ignore_sent_at") is True
        or _object(item.get("options")).get("disable_skew_correction") is True
    )
    return {"timestamp": _moment(item.get("timestamp"))} | ({"sentAt": False} if believed else {})


def _moment(value: Any) -> Any:
    """A time as PostHog reads it: besides ISO 8601 numbers in text, dates with slashes, and those of mails."""
    if not isinstance(value, str) or times.milliseconds(value) is not None:
        return value
    text = value.strip()
    if text.isascii() and text.isdigit() and len(text) >= 10:
        return int(text)
    month, slash, rest = text.partition("/")
    if slash:
        parts = [month, *rest.split("/")]
        if len(parts) == 3:
            year, month, day = parts if len(parts[0]) == 4 else (parts[2], parts[0], parts[1])
            return f"{year}-{month:0>2}-{day:0>2}"
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return value
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat()


def _is_anonymous(who: Any, item: dict[str, Any], properties: dict[str, Any]) -> bool:
    if _object(item.get("options")).get("process_person_profile") is False:
        return True
    if properties.get("$process_person_profile") is False or properties.get("$is_identified") is False:
        return True
    return properties.get("$is_identified") is not True and who == properties.get("$device_id")


def _who(name: str, who: Any, item: dict[str, Any], properties: dict[str, Any]) -> dict[str, Any]:
    if name == "$identify":
        before = properties.get("$anon_distinct_id") or item.get("$anon_distinct_id")
        return {"userId": who, "anonymousId": before if before != who else None}
    return {"anonymousId": who} if _is_anonymous(who, item, properties) else {"userId": who}


def _joined(who: Any, item: dict[str, Any], properties: dict[str, Any]) -> dict[str, Any]:
    """An alias is one more id of the person; of an anonymous one it is the person's name from now on.

    The client for Python calls its arguments “previous id” and “distinct id”, and sends the second as the alias.
    """
    alias = properties.get("alias") or item.get("alias")
    if alias in (None, ""):
        raise Refusal("missing_field", "properties.alias")
    if _is_anonymous(who, item, properties) or properties.get("$lib") == "posthog-python":
        return {"type": "alias", "userId": alias, "previousId": who}
    return {"type": "alias", "userId": who, "previousId": alias}


def _about_account(who: Any, item: dict[str, Any], properties: dict[str, Any]) -> dict[str, Any]:
    """Traits of an account. Servers name somebody only because an event has to; browsers name who belongs to it."""
    kind, key = properties.get("$group_type"), properties.get("$group_key")
    account = account_of({kind: key})
    if not account:
        raise Refusal("no_group", f"$group_type: {kind}")
    message = {"type": "group", "groupId": account, "traits": _object(properties.get("$group_set"))}
    if "$device_id" not in properties and "$is_identified" not in properties:
        return message | {"aboutAccount": True}
    return message | _who("$groupidentify", who, item, properties)


def _profile(item: dict[str, Any], properties: dict[str, Any]) -> dict[str, Any]:
    """What an event teaches about its person; said beside its properties or among them."""
    found: dict[str, Any] = {}
    for name, step in (("$set", "set"), ("$set_once", "once")):
        values = _object(properties.get(name)) | _object(item.get(name))
        if values:
            found[step] = {TRAITS.get(key, key): value for key, value in values.items()}
    unset = item.get("$unset") or properties.get("$unset")
    if isinstance(unset, list | dict) and unset:
        found["unset"] = [TRAITS.get(name, name) for name in unset if isinstance(name, str)]
    return found


def _context(properties: dict[str, Any]) -> dict[str, Any]:
    found = web.context(properties.get("$current_url"), properties.get("title"), properties.get("$referrer"))
    for name in ("source", "medium", "campaign", "term", "content"):
        value = properties.get(f"utm_{name}")
        if value:
            found.setdefault("campaign", {})["name" if name == "campaign" else name] = value
    return found | {
        "groupId": account_of(properties.get("$groups")),
        "library": {"name": properties.get("$lib"), "version": properties.get("$lib_version")},
        "app": {"name": properties.get("$app_name"), "version": properties.get("$app_version")},
        "os": {"name": properties.get("$os"), "version": properties.get("$os_version")},
        "device": {"type": properties.get("$device_type"), "model": properties.get("$device_model")},
        "locale": properties.get("$browser_language") or properties.get("$locale"),
        "timezone": properties.get("$timezone"),
    }


ACCEPTED = answers.json(200, {"status": 1})


def accepted(taken: Taken) -> Answer:
    """What every client takes for success; a browser that leaves reads nothing. (Servers accept 200 alone.)"""
    return answers.NO_CONTENT if taken.request.fields.get("beacon") == "1" else ACCEPTED


def accepted_each(taken: Taken) -> Answer:
    """What became of each event, by its uuid. A dropped one is kept with its reason, and must not be sent again."""
    results = {}
    for item in items(taken.payload, "v1"):
        uuid = item.get("uuid") if isinstance(item, dict) else None
        if isinstance(uuid, str):
            results[uuid] = _result(item, taken.received)
    return answers.json(200, {"results": results})


def _result(item: Any, received: int) -> dict[str, str]:
    from evergrow.intake.capture import messages  # it knows every format, this one too

    about = {"w": 0, "k": 0, "s": "", "f": "posthog", "t": "v1", "r": received, "sent": None}
    for found in messages.read(Frame(0, about, orjson.dumps(item), 0), ""):
        if isinstance(found, messages.Bad):
            return {"result": "drop", "details": f"{found.code} {found.detail}".strip()}
    return {"result": "ok"}


def refused(request: Request, problem: Problem) -> Answer:
    """A refusal in the shape that PostHog's clients and people know."""
    said = {
        "type": ERRORS.get(problem.status, "server_error" if problem.status >= 500 else "invalid_request"),
        "code": problem.code,
        "detail": problem.sentence,
        "attr": None,
        "message": problem.sentence,
    }
    return answers.json(problem.status, said, *problem.headers)


BATCH = Endpoint(kind="batch", open=open_body, keys=keys, accepted=accepted, refused=refused)
EVENT = Endpoint(kind="event", methods=("POST", "GET"), open=open_body, keys=keys, accepted=accepted, refused=refused)
EACH = Endpoint(kind="v1", open=open_body, keys=keys, accepted=accepted_each, refused=refused)
FORMAT = Format(
    name="posthog",
    items=items,
    translate=translate,
    sent=sent,
    routes={
        **dict.fromkeys(("/capture", "/e", "/i/v0/e"), EVENT),
        "/i/v0/ai/batch": BATCH,
        "/i/v1/analytics/events": EACH,
    },
)
