"""CloudEvents 1.0 over HTTP: structured, batched and binary, for systems in the back office."""

from typing import Any
from urllib.parse import unquote

import orjson

from evergrow.intake.capture import decode
from evergrow.intake.capture.formats.format import Endpoint, Envelope, Format, Refusal, body_text
from evergrow.intake.capture.requests import Request

STRUCTURED = "application/cloudevents"
REQUIRED = ("id", "source", "type")
# Attributes that become something of their own; all others, extensions too, are kept as properties.
USED = {
    "id",
    "type",
    "subject",
    "time",
    "data",
    "data_base64",
    "specversion",
    "datacontenttype",
    "accountid",
    "groupid",
}


def open_body(request: Request) -> bytes:
    """The JSON text of an event or a batch; of a binary request an event is put together from its headers."""
    text = body_text(request)
    if request.header(b"content-type").startswith(STRUCTURED) or not request.header(b"ce-specversion"):
        return text
    event: dict[str, Any] = {
        name[3:].decode("latin-1"): unquote(value) for name, value in request.headers.items() if name.startswith(b"ce-")
    }
    event["datacontenttype"] = request.header(b"content-type")
    if text:
        event["data"] = _data(text)
    try:
        return orjson.dumps(event)
    except orjson.JSONEncodeError as error:
        raise decode.BadBody("too_deep", "The event's data is nested too deeply.") from error


def _data(text: bytes) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        try:
            return text.decode()
        except UnicodeDecodeError as error:
            raise decode.BadBody("invalid_json", "The event's data is neither JSON nor text.") from error


def translate(item: Any, envelope: Envelope) -> dict[str, Any]:
    """An event in the normal form: whose it is says its subject, for which account the extension ``accountid``."""
    if not isinstance(item, dict):
        raise Refusal("not_an_object")
    for name in REQUIRED:
        if not isinstance(item.get(name), str) or not item[name]:
            raise Refusal("missing_field", name)
    if str(item.get("specversion", "")) != "1.0":
        raise Refusal("missing_field", "specversion 1.0")
    data = item.get("data")
    properties = data if isinstance(data, dict) else {} if data is None else {"data": data}
    extra = {name: value for name, value in item.items() if name not in USED}
    account = item.get("accountid") or item.get("groupid")
    message = {
        "type": "track",
        "event": item["type"],
        "messageId": f"{item['source']} {item['id']}",
        "userId": item.get("subject"),
        "timestamp": item.get("time"),
        "properties": extra | properties,
        "context": {"groupId": account},
    }
    return message | ({"aboutAccount": True} if account and not item.get("subject") else {})


FORMAT = Format(
    name="cloudevents",
    translate=translate,
    routes={"/v1/cloudevents": Endpoint(kind="event", open=open_body)},
)
