"""Segment: the messages that are our normal form, one by one or in batches."""

from typing import Any

from django.conf import settings

from evergrow.intake.capture import answers, decode
from evergrow.intake.capture.answers import Answer, Problem
from evergrow.intake.capture.formats.format import Door, Endpoint, Format, Page, Payload, Refusal, Taken
from evergrow.intake.capture.requests import Request

KINDS = ("track", "identify", "page", "screen", "group", "alias")
BATCHES = ("batch", "import")
SHARED = ("context", "integrations")


def items(payload: Payload, kind: str) -> list[Any]:
    """The messages of a batch, each with the batch's context and integrations; or the one message."""
    if isinstance(payload, list):
        return payload
    if "batch" not in payload and kind not in BATCHES:
        return [payload]
    batch = payload.get("batch")
    if not isinstance(batch, list):
        raise Refusal("invalid_batch", "The body of a batch needs the list “batch”.")
    shared = {name: payload[name] for name in SHARED if isinstance(payload.get(name), dict)}
    return [_with(shared, item) for item in batch] if shared else batch


def _with(shared: dict[str, dict[str, Any]], item: Any) -> Any:
    if not isinstance(item, dict):
        return item
    own = {name: item[name] if isinstance(item.get(name), dict) else {} for name in shared}
    return item | {name: common | own[name] for name, common in shared.items()}


def sent(payload: Payload) -> Any:
    """When the client sent the batch. (A single message says so itself.)"""
    return payload.get("sentAt") if isinstance(payload, dict) else None


def image_text(request: Request) -> bytes:
    """The message in the field ``data`` of an image's address: JSON, or base64 of it. Raises BadBody."""
    return decode.unpack(request.query.encode("latin-1"), content_type="application/x-www-form-urlencoded")


def image(taken: Taken) -> Answer:
    """Something to look at."""
    return answers.PIXEL


async def browser_settings(request: Request, door: Door) -> Answer:
    """What analytics-next asks before it sends: where to, and in batches."""
    if await door.known(request.place) is None:
        return answers.error(Problem(404, "invalid_write_key", "This write key is unknown or was revoked."))
    protocol = "https" if settings.USE_HTTPS or request.header(b"x-forwarded-proto") == "https" else "http"
    ours = {
        "apiKey": request.place,
        "apiHost": f"{request.header(b'host')}/v1",
        "protocol": protocol,
        "deliveryStrategy": {"strategy": "batching", "config": {"size": 20, "timeout": 5000}},
    }
    return answers.json(
        200,
        {
            "integrations": {"Segment.io": ours},
            "plan": {"track": {"__default": {"enabled": True, "integrations": {}}}},
            "edgeFunction": {},
            "analyticsNextEnabled": True,
            "middlewareSettings": {},
            "enabledMiddleware": {},
            "metrics": {"sampleRate": 0},
            "legacyVideoPluginsEnabled": False,
            "remotePlugins": [],
        },
        answers.NOT_KEPT,  # it names the host that was asked: a cache must not tell it to those who ask another
    )


async def no_library(request: Request, door: Door) -> Answer:
    """Segment's own library is Segment's to hand out; say what to load instead of it."""
    sentence = (
        "Segment's library is not served here. Load @segment/analytics-next from npm with this address as cdnURL."
    )
    return answers.error(Problem(404, "not_served", sentence))


async def metrics(request: Request, door: Door) -> Answer:
    """The browser client's measurements of itself; heard, not kept."""
    return answers.ACCEPTED


FORMAT = Format(
    name="segment",
    items=items,
    sent=sent,
    routes={
        **{f"/v1/{path}": Endpoint(kind=kind) for kind in KINDS for path in (kind, kind[0])},
        **{
            f"/v1/pixel/{kind}": Endpoint(kind=kind, methods=("GET",), open=image_text, accepted=image)
            for kind in KINDS
        },
        "/v1/batch": Endpoint(kind="batch"),
        "/v1/b": Endpoint(kind="batch"),
        "/v1/import": Endpoint(kind="import"),
        "/v1/m": Page(answer=metrics, methods=("POST",)),
        "/v1/projects/{}/settings": Page(answer=browser_settings),
        "/analytics.js/v1/{}/analytics.min.js": Page(answer=no_library),
    },
)
