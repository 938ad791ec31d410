"""Google Analytics 4, Measurement Protocol. Everything is answered 204; what is wrong with it, only ``/debug`` says."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from evergrow.intake.capture import answers, decode
from evergrow.intake.capture.answers import Answer, Problem
from evergrow.intake.capture.formats import web
from evergrow.intake.capture.formats.format import (
    Door,
    Endpoint,
    Envelope,
    Format,
    Page,
    Payload,
    Refusal,
    Taken,
    body_text,
)
from evergrow.intake.capture.formats.groups import account_among
from evergrow.intake.capture.requests import Request
from evergrow.lib import clock

MAX_BODY = 130_000
MAX_EVENTS, MAX_PARAMETERS, MAX_USER_PROPERTIES = 25, 25, 25
MAX_NAME, MAX_VALUE, MAX_USER_NAME, MAX_USER_VALUE = 40, 100, 24, 36
OLDEST_MILLISECONDS = 72 * 3_600_000
NAME = re.compile(r"[^\W\d_]\w*")
PARAMETER = re.compile(r"[^\W\d]\w*")
SHARED = ("client_id", "app_instance_id", "user_id", "timestamp_micros", "user_properties", "consent")


class Flaw(NamedTuple):
    """What is wrong: where, in Google's code and ours (empty: it is told, but the event is taken), and in words."""

    path: str
    google: str
    code: str
    words: str


def open_body(request: Request) -> bytes:
    """The JSON text. Raises BadBody where it is larger than Google takes."""
    text = body_text(request)
    if len(text) > MAX_BODY:
        raise decode.BadBody("body_too_large", f"The body is larger than {MAX_BODY // 1000} kB.")
    return text


def keys(request: Request, payload: Payload) -> list[str]:
    """The API secret in the address."""
    return [request.fields.get("api_secret", "")]


def items(payload: Payload, kind: str) -> list[Any]:
    """The events, each with what the request says of all; a payload without any is one item that will be refused."""
    events = payload.get("events") if isinstance(payload, dict) else None
    if not isinstance(payload, dict) or not isinstance(events, list) or not events:
        return [payload]
    shared = {name: payload[name] for name in SHARED if name in payload}
    extra = {"beyond": MAX_EVENTS}
    return [shared | {"event": event} | ({} if index < MAX_EVENTS else extra) for index, event in enumerate(events)]


def translate(item: Any, envelope: Envelope) -> dict[str, Any]:
    """An event in the normal form. Raises Refusal with the first flaw that makes Google drop it."""
    if not isinstance(item, dict):
        raise Refusal("not_an_object")
    if "event" not in item:
        raise Refusal("missing_field", "events")
    if "beyond" in item:
        raise Refusal("too_many_events", f"more than {item['beyond']}")
    event = item["event"]
    for flaw in event_flaws(item | (event if isinstance(event, dict) else {}), event, envelope.received, "events"):
        if flaw.code:
            raise Refusal(flaw.code, f"{flaw.path}: {flaw.words}"[:300])
    return _message(item, event)


def _message(item: dict[str, Any], event: dict[str, Any]) -> dict[str, Any]:
    given = event.get("params")
    properties: dict[str, Any] = dict(given) if isinstance(given, dict) else {}
    context = web.context(
        properties.get("page_location"), properties.get("page_title"), properties.get("page_referrer")
    )
    consent = item.get("consent")
    if isinstance(consent, dict):
        properties |= {f"consent.{name}": value for name, value in consent.items()}
    message: dict[str, Any] = {
        "type": {"page_view": "page", "screen_view": "screen"}.get(event["name"], "track"),
        "event": event["name"],
        "userId": item.get("user_id"),
        "anonymousId": item.get("client_id") or item.get("app_instance_id"),
        "timestamp": _milliseconds(event.get("timestamp_micros") or item.get("timestamp_micros")),
        "properties": properties,
        "context": context | {"groupId": account_among(properties)},
    }
    if message["type"] != "track":
        message["name"] = properties.get("page_title") or properties.get("screen_name")
    taught = _user_properties(item.get("user_properties"))
    return message | ({"profile": {"set": taught}} if taught else {})


def _milliseconds(micros: Any) -> int | None:
    try:
        return int(micros) // 1000
    except (TypeError, ValueError):
        return None


def _user_properties(given: Any) -> dict[str, Any]:
    """The first 25 with names and values as Google takes them."""
    found = {}
    for name, held in list(given.items())[:MAX_USER_PROPERTIES] if isinstance(given, dict) else []:
        value = held.get("value") if isinstance(held, dict) else held
        if value is not None and len(name) <= MAX_USER_NAME and len(str(value)) <= MAX_USER_VALUE:
            found[name] = value
    return found


def event_flaws(times: dict[str, Any], event: Any, now: int, path: str) -> Iterator[Flaw]:
    """What is wrong with an event; ``times`` holds the micros that count for it, ``now`` is in milliseconds."""
    if not isinstance(event, dict):
        yield Flaw(path, "VALUE_INVALID", "not_an_object", "An event must be an object.")
        return
    name, parameters = event.get("name"), event.get("params")
    if not isinstance(name, str) or not name:
        yield Flaw(f"{path}.name", "VALUE_REQUIRED", "no_event", "An event needs a name.")
    elif len(name) > MAX_NAME or not NAME.fullmatch(name):
        words = f"A name has at most {MAX_NAME} letters, digits and underscores and begins with a letter."
        yield Flaw(f"{path}.name", "NAME_INVALID", "invalid_name", words)
    if parameters is not None and not isinstance(parameters, dict):
        yield Flaw(f"{path}.params", "VALUE_INVALID", "missing_field", "The parameters must be an object.")
        return
    yield from _parameter_flaws(parameters or {}, f"{path}.params")
    micros = times.get("timestamp_micros")
    at = _milliseconds(micros)
    if micros is not None and at is None:
        yield Flaw("timestamp_micros", "VALUE_INVALID", "invalid_time", "The time is not a number of microseconds.")
    elif at is not None and now - at > OLDEST_MILLISECONDS:
        yield Flaw("timestamp_micros", "VALUE_OUT_OF_BOUNDS", "too_old", "The event is older than 72 hours.")


def _parameter_flaws(parameters: dict[str, Any], path: str) -> Iterator[Flaw]:
    if len(parameters) > MAX_PARAMETERS:
        words = f"An event has at most {MAX_PARAMETERS} parameters."
        yield Flaw(path, "EXCEEDED_MAX_ENTITIES", "too_many_parameters", words)
    for name, value in parameters.items():
        if len(name) > MAX_NAME or not PARAMETER.fullmatch(name):
            words = f"A parameter's name has at most {MAX_NAME} letters, digits and underscores."
            yield Flaw(f"{path}.{name[:60]}", "NAME_INVALID", "invalid_name", words)
        if isinstance(value, str) and len(value) > MAX_VALUE:
            # Google cuts it; we keep it whole, so it is only told.
            yield Flaw(f"{path}.{name[:60]}", "VALUE_OUT_OF_BOUNDS", "", f"A value has at most {MAX_VALUE} characters.")


def payload_flaws(request: Request, payload: Payload) -> Iterator[Flaw]:
    """Everything that is wrong with a request, as the debug address tells it."""
    if not any(request.fields.get(name) for name in ("measurement_id", "firebase_app_id")):
        yield Flaw("measurement_id", "VALUE_REQUIRED", "", "The address needs measurement_id or firebase_app_id.")
    if not isinstance(payload, dict):
        yield Flaw("", "VALUE_INVALID", "", "The body must be a JSON object.")
        return
    if not any(payload.get(name) for name in ("client_id", "app_instance_id")):
        yield Flaw("client_id", "VALUE_REQUIRED", "", "The body needs client_id or app_instance_id.")
    yield from _user_property_flaws(payload.get("user_properties"))
    events = payload.get("events")
    if not isinstance(events, list) or not events:
        yield Flaw("events", "VALUE_REQUIRED", "", "The body needs at least one event.")
        return
    if len(events) > MAX_EVENTS:
        yield Flaw("events", "EXCEEDED_MAX_ENTITIES", "", f"A request holds at most {MAX_EVENTS} events.")
    now = int(clock.now().timestamp() * 1000)
    for index, event in enumerate(events[:MAX_EVENTS]):
        times = payload | (event if isinstance(event, dict) else {})
        yield from event_flaws(times, event, now, f"events[{index}]")


def _user_property_flaws(given: Any) -> Iterator[Flaw]:
    if given is None:
        return
    if not isinstance(given, dict):
        yield Flaw("user_properties", "VALUE_INVALID", "", "User properties must be an object.")
        return
    if len(given) > MAX_USER_PROPERTIES:
        words = f"A request sets at most {MAX_USER_PROPERTIES} user properties."
        yield Flaw("user_properties", "EXCEEDED_MAX_ENTITIES", "", words)
    taken = _user_properties(given)
    for name in list(given)[:MAX_USER_PROPERTIES]:
        if name not in taken:
            words = f"A name has at most {MAX_USER_NAME} characters, its value 1 to {MAX_USER_VALUE}."
            yield Flaw(f"user_properties.{name[:60]}", "VALUE_INVALID", "", words)


async def debug(request: Request, door: Door) -> Answer:
    """What is wrong with a request; nothing is kept of it."""
    try:
        flaws = list(payload_flaws(request, decode.read_json(open_body(request))))
    except decode.BadBody as bad:
        flaws = [Flaw("", "VALUE_INVALID", "", str(bad))]
    messages = [{"fieldPath": each.path, "description": each.words, "validationCode": each.google} for each in flaws]
    return answers.json(200, {"validationMessages": messages})


def accepted(taken: Taken) -> Answer:
    return answers.NO_CONTENT


def refused(request: Request, problem: Problem) -> Answer:
    """Google answers 204 to whatever is wrong with a request; only what may be sent again is said."""
    return answers.error(problem) if problem.status in (429, 500, 503) else answers.NO_CONTENT


FORMAT = Format(
    name="ga4",
    items=items,
    translate=translate,
    routes={
        "/mp/collect": Endpoint(kind="collect", open=open_body, keys=keys, accepted=accepted, refused=refused),
        "/debug/mp/collect": Page(answer=debug, methods=("POST",)),
    },
)
