"""Snowplow: payloads of strings by POST (tp2) or as a pixel's address, with self-describing JSON inside."""

import base64
import binascii
from typing import Any

import orjson

from evergrow.intake.capture import answers
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
    query_text,
    usual_keys,
)
from evergrow.intake.capture.formats.groups import ACCOUNT_KINDS
from evergrow.intake.capture.requests import Request

OK = Answer(200, b"ok", ((b"content-type", b"text/plain"),))
KINDS = {
    "pv": "page",
    "pp": "page_ping",
    "se": "struct",
    "ue": "unstruct",
    "tr": "transaction",
    "ti": "transaction_item",
}
# The payload's short names, said in words. What is not here and not used otherwise is not kept.
WORDS = {
    "se_ca": "category", "se_ac": "action", "se_la": "label", "se_pr": "property", "se_va": "value",
    "pp_mix": "min_x", "pp_max": "max_x", "pp_miy": "min_y", "pp_may": "max_y",
    "tr_id": "order_id", "tr_af": "affiliation", "tr_tt": "total", "tr_tx": "tax", "tr_sh": "shipping",
    "tr_ci": "city", "tr_st": "state", "tr_co": "country", "tr_cu": "currency",
    "ti_id": "order_id", "ti_sk": "sku", "ti_nm": "name", "ti_na": "name", "ti_ca": "category", "ti_pr": "price",
    "ti_qu": "quantity", "ti_cu": "currency",
    "sid": "session_id", "vid": "session_number", "p": "platform", "tna": "tracker", "res": "screen_resolution",
    "vp": "viewport",
}  # fmt: skip


def items(payload: Payload, kind: str) -> list[Any]:
    """The events of a POST's ``data``; a pixel is one."""
    if kind == "pixel":
        return [payload]
    data = payload.get("data") if isinstance(payload, dict) else None
    if not isinstance(data, list):
        raise Refusal("invalid_batch", "The body needs the list “data”, as payload_data/jsonschema/1-0-4 says.")
    return data


def keys(request: Request, payload: Payload) -> list[str]:
    """The key may be the app id (``aid``) of the first event."""
    data = payload.get("data") if isinstance(payload, dict) else None
    first = data[0] if isinstance(data, list) and data else payload
    app = first.get("aid") if isinstance(first, dict) else None
    return [app if isinstance(app, str) else "", *usual_keys(request, payload)]


def translate(item: Any, envelope: Envelope) -> dict[str, Any]:
    """An event in the normal form; entities become properties (``entity.field``)."""
    if not isinstance(item, dict):
        raise Refusal("not_an_object")
    kind = KINDS.get(str(item.get("e", "")))
    if kind is None:
        raise Refusal("unknown_type", f"e={item.get('e', '')}"[:100])
    entities = _entities(_json(item, "cx", "co"))
    message: dict[str, Any] = {
        "type": "track",
        "event": kind,
        "messageId": item.get("eid"),
        "userId": item.get("uid"),
        "anonymousId": _device(item, entities),
        "originalTimestamp": _number(item.get("ttm") or item.get("dtm")),
        # The true timestamp is right as it stands; the device's is corrected by the device's clock.
        "sentAt": False if item.get("ttm") else _number(item.get("stm")) or False,
        "context": _context(item, entities),
        "properties": {WORDS[name]: value for name, value in item.items() if name in WORDS} | _flat(entities),
    }
    if kind == "page":
        message |= {"type": "page", "name": item.get("page")}
    elif kind == "struct":
        message["event"] = item.get("se_ac")
    elif kind == "unstruct":
        _describe_itself(message, item)
    return message


def _describe_itself(message: dict[str, Any], item: dict[str, Any]) -> None:
    """A self-describing event: named by its schema, with its data as properties."""
    schema, data = _self_described(_json(item, "ue_px", "ue_pr").get("data"))
    if not schema:
        raise Refusal("no_event", "The self-describing event has no Iglu schema.")
    message["event"] = schema
    message["properties"] |= data
    if schema == "screen_view":
        message |= {"type": "screen", "name": data.get("name")}


def _json(item: dict[str, Any], packed: str, plain: str) -> dict[str, Any]:
    """The JSON object of a field, in base64url or plain; empty where there is none. Raises Refusal."""
    try:
        if item.get(packed):
            text = str(item[packed])
            found = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        elif item.get(plain):
            found = orjson.loads(str(item[plain]))
        else:
            return {}
    except (binascii.Error, ValueError) as error:
        raise Refusal("invalid_field", f"{packed if item.get(packed) else plain}: {error}"[:300]) from error
    return found if isinstance(found, dict) else {}


def _self_described(found: Any) -> tuple[str, dict[str, Any]]:
    """The name in ``iglu:vendor/name/format/version``, and the data; an empty name where it is not such JSON."""
    if not isinstance(found, dict):
        return "", {}
    schema, data = found.get("schema"), found.get("data")
    parts = schema.removeprefix("iglu:").split("/") if isinstance(schema, str) else []
    return parts[1] if len(parts) == 4 else "", data if isinstance(data, dict) else {}


def _entities(context: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The entities by name; a second one of a name is ``name_2``."""
    found: dict[str, dict[str, Any]] = {}
    listed = context.get("data")
    for each in listed if isinstance(listed, list) else []:
        name, data = _self_described(each)
        number = 1
        while (known := name if number == 1 else f"{name}_{number}") in found:
            number += 1
        if name:
            found[known] = data
    return found


def _flat(entities: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return {f"{entity}.{field}": value for entity, data in entities.items() for field, value in data.items()}


def _device(item: dict[str, Any], entities: dict[str, dict[str, Any]]) -> Any:
    """The browser's id, the network's, or that of a mobile session."""
    return item.get("duid") or item.get("nuid") or item.get("tnuid") or entities.get("client_session", {}).get("userId")


def _context(item: dict[str, Any], entities: dict[str, dict[str, Any]]) -> dict[str, Any]:
    found = web.context(item.get("url"), item.get("page"), item.get("refr"))
    account = next((entities[kind].get("id") for kind in ACCOUNT_KINDS if entities.get(kind, {}).get("id")), None)
    return found | {
        "library": {"name": "snowplow", "version": item.get("tv")},
        "locale": item.get("lang"),
        "timezone": item.get("tz"),
        "groupId": account,
    }


def _number(text: Any) -> int | None:
    try:
        return int(text)
    except (TypeError, ValueError):
        return None


def accepted(taken: Taken) -> Answer:
    return answers.PIXEL if taken.request.method == "GET" else OK


def refused(request: Request, problem: Problem) -> Answer:
    """Snowplow's clients send everything but 400, 401, 403, 410 and 422 again, for ever."""
    if problem.status == 413:
        problem = Problem(422, problem.code, problem.sentence)
    return answers.error(problem)


FORMAT = Format(
    name="snowplow",
    items=items,
    translate=translate,
    routes={
        "/com.snowplowanalytics.snowplow/tp2": Endpoint(
            kind="tp2", open=body_text, keys=keys, accepted=accepted, refused=refused
        ),
        "/i": Endpoint(kind="pixel", methods=("GET",), open=query_text, keys=keys, accepted=accepted, refused=refused),
    },
)
