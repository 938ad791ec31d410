"""Matomo: the tracking address, one request by GET or POST, or many in a JSON body."""

import hashlib
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

import orjson

from evergrow.intake.capture import answers, credentials, decode
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
)
from evergrow.intake.capture.formats.groups import account_among
from evergrow.intake.capture.requests import Request

MAX_FIELDS = 1_000
BACKDATED_MILLISECONDS = 24 * 3_600_000
GOAL_OF_SHOP = "0"
# What an item remembers of its request: there were many, and the key came as a token.
BULK, PROVEN = "_bulk", "_proven"
# The tracker's short names, said in words. What is not here and not used otherwise is not kept.
WORDS = {
    "e_c": "category", "e_a": "action", "e_n": "name", "e_v": "value", "link": "link", "download": "download",
    "search": "keyword", "search_cat": "category", "search_count": "count", "idgoal": "goal", "revenue": "revenue",
    "ec_id": "order_id", "ec_st": "subtotal", "ec_tx": "tax", "ec_sh": "shipping", "ec_dt": "discount",
    "c_n": "content", "c_p": "piece", "c_t": "target", "c_i": "interaction", "res": "screen_resolution",
    "pv_id": "page_view_id", "gt_ms": "generation_time", "country": "country", "region": "region", "city": "city",
    "pf_net": "pf_net", "pf_srv": "pf_srv", "pf_tfr": "pf_tfr", "pf_dm1": "pf_dm1", "pf_dm2": "pf_dm2",
    "pf_onl": "pf_onl",
}  # fmt: skip
ITEM = ("sku", "name", "category", "price", "quantity")


def open_body(request: Request) -> bytes:
    """The JSON text: a bulk body as it is, one request's fields from address and form."""
    if request.method != "POST":
        return query_text(request)
    text = body_text(request).strip()
    if text.startswith(b"{"):
        return text
    return orjson.dumps({**request.fields, **_fields(text.decode("utf-8", "replace"))})


def _fields(text: str) -> dict[str, str]:
    try:
        return dict(parse_qsl(text.removeprefix("?"), keep_blank_values=True, max_num_fields=MAX_FIELDS))
    except ValueError as error:
        raise decode.BadBody("invalid_form", f"The form has more than {MAX_FIELDS} fields.") from error


def keys(request: Request, payload: Payload) -> list[str]:
    """The token alone where one is given, so that it proves what only it may say; else the site's id."""
    first = _first(payload)
    for place in (payload, first):
        token = place.get("token_auth") if isinstance(place, dict) else None
        if token:
            return [str(token)]
    site = first.get("idsite") if isinstance(first, dict) else None
    return [str(site or request.fields.get("idsite", "")), credentials.from_query(request.query)]


def items(payload: Payload, kind: str) -> list[Any]:
    """The fields of each request; that it came with a token is kept, the token is not."""
    if not isinstance(payload, dict):
        raise Refusal("invalid_batch", "The body needs the list “requests”.")
    if "requests" not in payload:
        return [_without_token(payload, {})]
    if not isinstance(payload["requests"], list):
        raise Refusal("invalid_batch", "The body needs the list “requests”.")
    shared = {BULK: "1"} | ({PROVEN: "1"} if payload.get("token_auth") else {})
    return [_without_token(each, shared) for each in _requests(payload)]


def _without_token(item: Any, shared: dict[str, str]) -> Any:
    if not isinstance(item, dict):
        return item
    given = {name: value for name, value in item.items() if name not in ("token_auth", PROVEN, BULK)}
    return given | shared | ({PROVEN: "1"} if item.get("token_auth") else {})


def _first(payload: Payload) -> Any:
    """The first request: before the key is known no more of a body is looked at."""
    listed = payload.get("requests", [payload]) if isinstance(payload, dict) else []
    return next(iter(_requests({"requests": listed[:1]})), {}) if isinstance(listed, list) else {}


def _requests(payload: Payload) -> list[Any]:
    listed = payload.get("requests", [payload]) if isinstance(payload, dict) else []
    if not isinstance(listed, list):
        return []
    return [_fields(_query(each)) if isinstance(each, str) else each for each in listed]


def _query(address: str) -> str:
    """The query of an address such as ``?idsite=1`` or ``/matomo.php?idsite=1``, or what is one by itself."""
    before, _, query = address.partition("?")
    return address if "=" in before else query


def translate(item: Any, envelope: Envelope) -> dict[str, Any]:
    """A request in the normal form."""
    if not isinstance(item, dict):
        raise Refusal("not_an_object")
    if str(item.get("rec", "")) != "1":
        raise Refusal("missing_field", "rec=1")
    at = _moment(item, envelope.received)
    properties = {WORDS[name]: value for name, value in item.items() if name in WORDS and value not in ("", None)}
    properties |= _own_properties(item)
    message: dict[str, Any] = {
        "messageId": _message_id(item),
        "userId": item.get("uid"),
        "anonymousId": item.get("cid") or item.get("_id") or ("" if item.get(BULK) else envelope.visitor),
        "timestamp": at,
        "properties": properties,
        "context": _context(item) | {"groupId": account_among(properties)},
    }
    event = _event(item)
    if event:
        return message | {"type": "track", "event": event}
    return message | {"type": "page", "name": item.get("action_name")}


def _event(item: dict[str, Any]) -> str:
    """The event a request means; empty for a page view."""
    if item.get("idgoal") is not None and str(item["idgoal"]) == GOAL_OF_SHOP:
        return "order" if item.get("ec_id") else "cart update"
    if item.get("idgoal"):
        return "goal"
    if item.get("e_c") or item.get("e_a"):
        return str(item.get("e_a") or item["e_c"])
    if item.get("c_n"):
        return "content interaction" if item.get("c_i") else "content impression"
    for name, event in (("search", "search"), ("download", "download"), ("link", "outlink"), ("ping", "ping")):
        if item.get(name):
            return event
    return ""


def _moment(item: dict[str, Any], received: int) -> int | None:
    """When it happened in milliseconds, where the request says so. Raises Refusal where it must not."""
    given = item.get("cdt")
    if not given:
        return None
    text = str(given)
    try:
        moment = datetime.fromtimestamp(int(text), UTC) if text.isdigit() else datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError) as error:
        raise Refusal("invalid_time", f"cdt={text}"[:100]) from error
    at = int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
    if received - at > BACKDATED_MILLISECONDS and not item.get(PROVEN):
        raise Refusal("unproven_time", f"cdt={text}"[:100])
    return at


def _message_id(item: dict[str, Any]) -> str | None:
    """A request with a random number is itself again when it comes again."""
    if not item.get("rand"):
        return None
    text = orjson.dumps(item, option=orjson.OPT_SORT_KEYS)
    return "matomo-" + hashlib.blake2b(text, digest_size=16).hexdigest()


def _own_properties(item: dict[str, Any]) -> dict[str, Any]:
    """Custom dimensions and variables, and what was bought."""
    found = {
        name: value
        for name, value in item.items()
        if name.startswith("dimension") and name[len("dimension") :].isdigit()
    }
    for name in ("_cvar", "cvar"):
        pairs = _json(item.get(name))
        for pair in pairs.values() if isinstance(pairs, dict) else []:
            if isinstance(pair, list) and len(pair) == 2:
                found[str(pair[0])] = pair[1]
    bought = _json(item.get("ec_items"))
    if isinstance(bought, list):
        found["items"] = [dict(zip(ITEM, each, strict=False)) if isinstance(each, list) else each for each in bought]
    return found


def _json(text: Any) -> Any:
    try:
        return orjson.loads(text) if isinstance(text, str) else text
    except orjson.JSONDecodeError:
        return None


def _context(item: dict[str, Any]) -> dict[str, Any]:
    found = web.context(item.get("url"), item.get("action_name"), item.get("urlref"))
    given = {"name": item.get("_rcn"), "term": item.get("_rck")}
    if any(given.values()):
        found["campaign"] = found.get("campaign", {}) | {part: value for part, value in given.items() if value}
    return found | {"locale": item.get("lang")}


def accepted(taken: Taken) -> Answer:
    """A picture, nothing, or for a bulk body how many were taken."""
    if "requests" not in taken.payload:
        wants_picture = isinstance(taken.payload, dict) and str(taken.payload.get("send_image", "1")) != "0"
        return answers.PIXEL if wants_picture else answers.NO_CONTENT
    invalid = _invalid(taken)
    said: dict[str, Any] = {"status": "success", "tracked": taken.count - len(invalid), "invalid": len(invalid)}
    return answers.json(200, said | ({"invalid_indices": invalid} if invalid else {}))


def _invalid(taken: Taken) -> list[int]:
    """The positions of a bulk body's requests that will be refused."""
    found = []
    for index, item in enumerate(items(taken.payload, "")):
        try:
            message = translate(item, Envelope("", taken.received, taken.visitor))
            if not message["userId"] and not message["anonymousId"]:
                found.append(index)
        except (Refusal, orjson.JSONEncodeError):
            found.append(index)
    return found


def refused(request: Request, problem: Problem) -> Answer:
    said = {"status": "error", "code": problem.code, "message": problem.sentence, "detail": problem.sentence}
    return answers.json(problem.status, said, *problem.headers)


ENDPOINT = Endpoint(
    kind="track",
    methods=("GET", "POST"),
    open=open_body,
    keys=keys,
    accepted=accepted,
    refused=refused,
    asks_visitor=True,
)
FORMAT = Format(
    name="matomo", items=items, translate=translate, routes={"/matomo.php": ENDPOINT, "/piwik.php": ENDPOINT}
)
