"""RudderStack: Segment's messages, and beside them addresses that only its clients know.

What its clients send to ``/v1/batch`` and the like is not told from Segment's and need not be: they want 200. One rule
differs: RudderStack believes a ``timestamp`` as it is; here the client's clock is corrected like everybody's.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import orjson

from evergrow import __version__
from evergrow.intake.capture import answers, credentials, decode
from evergrow.intake.capture.answers import Answer, Problem
from evergrow.intake.capture.formats import segment
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
    one_or_many,
)
from evergrow.intake.capture.requests import Request
from evergrow.lib import clock

OK = Answer(200, b"OK", ((b"content-type", b"text/plain; charset=utf-8"),))
TEXTS = {
    "no_write_key": "Failed to read writeKey from header",
    "invalid_write_key": "Invalid Write Key",
    "empty_body": "Request body is nil",
    "invalid_json": "Invalid JSON",
    "body_too_large": "Request size exceeds max limit",
    "too_many_events": "Max Requests Limit reached",
}
USER, ANONYMOUS = ("userId", "user_id"), ("anonymousId", "anonymous_id")
DEEPEST = 5
OTHERS_EVENT = "webhook_source_event"


def items(payload: Payload, kind: str) -> list[Any]:
    """A batch as Segment has it; a webhook and a merge are bodies of their own."""
    return segment.items(payload, kind) if kind == "batch" else one_or_many(payload, kind)


def translate(item: Any, envelope: Envelope) -> Any:
    """The message in Segment's form."""
    if not isinstance(item, dict):
        return item
    if envelope.kind == "merge":
        return _merge(item)
    if envelope.kind == "webhook":
        return _others(item)
    if envelope.kind == "pixel" and not (item.get("userId") or item.get("anonymousId")):
        return item | {"anonymousId": envelope.visitor}
    return item


def _merge(item: dict[str, Any]) -> dict[str, Any]:
    """Two ids of one person. Raises Refusal for ids of kinds that we do not join people by."""
    pairs = item.get("mergeProperties")
    pairs = [pair for pair in pairs if isinstance(pair, dict)] if isinstance(pairs, list) else []
    users = [pair.get("value") for pair in pairs if pair.get("type") in USER]
    others = [pair.get("value") for pair in pairs if pair.get("type") in ANONYMOUS]
    if len(pairs) != 2 or len(users) + len(others) != 2 or not users:
        raise Refusal("unclear_merge", str([pair.get("type") for pair in pairs])[:200])
    kept, joined = [*users, *others]
    return item | {"type": "alias", "userId": kept, "anonymousId": None, "previousId": joined}


def _others(item: dict[str, Any]) -> dict[str, Any]:
    """What another product posts: a message if it is one, else an event that holds it.

    Nobody's events have one sender, who is never named beside a person: they would be joined.
    """
    if item.get("type") in segment.KINDS and (item.get("userId") or item.get("anonymousId")):
        return item
    who = {name: item[name] for name in ("userId", "anonymousId") if item.get(name)}
    return {"type": "track", "event": OTHERS_EVENT, "properties": item, **(who or {"anonymousId": "webhook"})}


def webhook_text(request: Request) -> bytes:
    """JSON as it came; of a form or a query its fields. Raises BadBody."""
    if request.method == "GET":
        return _fields(request)
    text = body_text(request)
    is_form = request.header(b"content-type").startswith("application/x-www-form-urlencoded")
    if is_form and text.lstrip()[:1] not in (b"{", b"["):
        return orjson.dumps(decode.form_fields(text))
    return text


def page_text(request: Request) -> bytes:
    """A page message from an image's address."""
    return _message("page", request)


def track_text(request: Request) -> bytes:
    """A track message from an image's address."""
    return _message("track", request)


def _message(kind: str, request: Request) -> bytes:
    """The message in an address. AMP pages put quotes around the id, and leave a name empty."""
    found = _put_together(request.fields)
    found.pop("writeKey", None)
    if isinstance(found.get("anonymousId"), str):
        found["anonymousId"] = found["anonymousId"].strip('"')
    if kind == "page" and found.get("name") == "":
        found["name"] = "Unknown Page"
    return orjson.dumps(found | {"type": kind})


def _put_together(fields: Mapping[str, str]) -> dict[str, Any]:
    """``properties.plan=pro`` as ``{"properties": {"plan": "pro"}}``; what contradicts an earlier field is left out."""
    found: dict[str, Any] = {}
    for name, value in fields.items():
        place, parts = found, name.split(".", DEEPEST)
        for part in parts[:-1]:
            inner = place.setdefault(part, {})
            if not isinstance(inner, dict):
                break
            place = inner
        else:
            place[parts[-1]] = value
    return found


def _fields(request: Request) -> bytes:
    return orjson.dumps({name: value for name, value in request.fields.items() if name != "writeKey"})


def accepted(taken: Taken) -> Answer:
    """What its clients wait for."""
    return OK


def accepted_image(taken: Taken) -> Answer:
    """Something to look at."""
    return answers.PIXEL


def refused(request: Request, problem: Problem) -> Answer:
    """RudderStack's own words where it has some, with the code that its clients need to stop trying."""
    words = TEXTS.get(problem.code, problem.sentence)
    content = {"code": problem.code, "message": words, "detail": problem.sentence}
    return answers.json(problem.status, content, *problem.headers)


async def source_config(request: Request, door: Door) -> Answer:
    """What the browser client asks before it sends: whether its source is there, and where else to send."""
    key = credentials.from_header(request.header(b"authorization")) or request.fields.get("writeKey", "")
    source = await door.known(key)
    if source is None:
        code = "invalid_write_key" if key else "no_write_key"
        return refused(request, Problem(401, code, "This write key is unknown or was revoked."))
    quiet = {"errors": {"enabled": False}, "metrics": {"enabled": False}}
    told = {
        "id": str(source.key_id),
        "name": source.name,
        "writeKey": key,
        "enabled": True,
        "workspaceId": str(source.workspace_id),
        "config": {"statsCollection": quiet},
        "destinations": [],
        "dataplanes": {},
    }
    return answers.json(200, {"source": told, "updatedAt": f"{clock.now():%Y-%m-%dT%H:%M:%S.000Z}"})


async def version(request: Request, door: Door) -> Answer:
    """Which Evergrow this is."""
    return answers.json(200, {"Version": __version__})


TAKING = Endpoint(kind="batch", accepted=accepted, refused=refused)
IMAGE = replace(TAKING, kind="pixel", methods=("GET",), accepted=accepted_image, asks_visitor=True)
FORMAT = Format(
    name="rudder",
    items=items,
    translate=translate,
    sent=segment.sent,
    routes={
        "/v1/merge": replace(TAKING, kind="merge"),
        "/v1/webhook": replace(TAKING, kind="webhook", methods=("POST", "GET"), open=webhook_text),
        "/beacon/v1/batch": TAKING,
        "/pixel/v1/page": replace(IMAGE, open=page_text),
        "/pixel/v1/track": replace(IMAGE, open=track_text),
        "/sourceConfig": Page(answer=source_config),
        "/version": Page(answer=version),
    },
)
