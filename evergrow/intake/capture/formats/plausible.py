"""Plausible: page views and events without ids; the sender is the same browser on the same day."""

from typing import Any

import orjson

from evergrow.intake.capture import credentials
from evergrow.intake.capture.answers import Answer
from evergrow.intake.capture.formats import web
from evergrow.intake.capture.formats.format import Endpoint, Envelope, Format, Payload, Refusal, Taken
from evergrow.intake.capture.requests import Request

OK = Answer(202, b"ok", ((b"content-type", b"text/plain"),))
# The names that its script shortens.
SHORT = {
    "name": "n", "url": "u", "domain": "d", "referrer": "r", "props": "p", "revenue": "$", "interactive": "i",
    "hash_mode": "h", "scroll_depth": "sd", "engagement_time": "e",
}  # fmt: skip


def keys(request: Request, payload: Payload) -> list[str]:
    """The key in the address, or in the place of the domain."""
    domain = _field(payload, "domain") if isinstance(payload, dict) else None
    return [credentials.from_query(request.query), domain if isinstance(domain, str) else ""]


def _field(item: dict[str, Any], name: str) -> Any:
    found = item.get(name)
    return item.get(SHORT[name]) if found is None else found


def translate(item: Any, envelope: Envelope) -> dict[str, Any]:
    """A page view or an event in the normal form."""
    if not isinstance(item, dict):
        raise Refusal("not_an_object")
    name, url = _field(item, "name"), _field(item, "url")
    for field, value in (("name", name), ("url", url)):
        if not isinstance(value, str) or not value:
            raise Refusal("missing_field", field)
    return {
        "type": "page" if name == "pageview" else "track",
        "event": name,
        "anonymousId": envelope.visitor,
        "properties": _properties(item),
        "context": web.context(url, None, _field(item, "referrer")),
    }


def _properties(item: dict[str, Any]) -> dict[str, Any]:
    """The event's own properties, and what it earned and measured."""
    found: dict[str, Any] = dict(_object(_field(item, "props")))
    found |= {"domain": _field(item, "domain")}
    revenue = _object(_field(item, "revenue"))
    if revenue:
        found |= {"revenue": revenue.get("amount"), "currency": revenue.get("currency")}
    found |= {name: _field(item, name) for name in ("scroll_depth", "engagement_time")}
    return {name: value for name, value in found.items() if value is not None}


def _object(given: Any) -> dict[str, Any]:
    """An object, or the JSON text of one."""
    if isinstance(given, str):
        try:
            given = orjson.loads(given)
        except orjson.JSONDecodeError:
            return {}
    return given if isinstance(given, dict) else {}


def accepted(taken: Taken) -> Answer:
    return OK


FORMAT = Format(
    name="plausible",
    translate=translate,
    routes={"/api/event": Endpoint(kind="event", keys=keys, accepted=accepted, asks_visitor=True)},
)
