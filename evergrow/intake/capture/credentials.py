"""Which write key a request carries: Basic, Bearer, in the body, with the first event, in the address."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

BODY_FIELDS = ("writeKey", "api_key", "token")
QUERY_FIELDS = ("writeKey", "api_key", "project")


def from_header(authorization: str) -> str:
    """The user name of Basic, or the token of Bearer; empty where there is neither."""
    scheme, _, value = authorization.strip().partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() != "basic":
        return ""
    try:
        pair = base64.b64decode(value.strip(), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return ""
    return pair.partition(":")[0]


def from_body(payload: dict[str, Any] | list[Any]) -> str:
    """The key in the body itself, or among the properties of the first event."""
    if isinstance(payload, dict):
        for name in BODY_FIELDS:
            if isinstance(payload.get(name), str) and payload[name]:
                return str(payload[name])
    events = payload if isinstance(payload, list) else payload.get("batch")
    first = events[0] if isinstance(events, list) and events else payload
    for place in (first, first.get("properties") if isinstance(first, dict) else None):
        if isinstance(place, dict):
            for name in BODY_FIELDS if place is first else ("token",):
                if isinstance(place.get(name), str) and place[name]:
                    return str(place[name])
    return ""


def from_query(query: str) -> str:
    """The key in the address; empty where there is none, or where there are more than a thousand fields."""
    try:
        fields: Mapping[str, list[str]] = parse_qs(query, max_num_fields=1_000) if query else {}
    except ValueError:
        return ""
    return next((fields[name][0] for name in QUERY_FIELDS if name in fields), "")
