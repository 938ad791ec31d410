"""What a message carries: the traits it teaches, and its properties as text."""

from typing import Any

import orjson

from evergrow.intake.capture.formats import Refusal

MAX_NAME = 200
MAX_VALUE = 8 * 1024
MAX_PROPERTIES = 400


def traits(kind: str, raw: dict[str, Any], context: dict[str, Any]) -> dict[str, Any]:
    """What is said of the account by a group, else of the person; RudderStack's clients say it in the context."""
    own = raw.get("traits") if kind in ("identify", "group") else None
    about = context.get("traits") if kind != "group" else None
    found = {**(about if isinstance(about, dict) else {}), **(own if isinstance(own, dict) else {})}
    return {str(name): value for name, value in clean(dict(list(found.items())[:MAX_PROPERTIES])).items()}


def clean(value: Any) -> Any:
    """Without NUL characters, which PostgreSQL cannot keep."""
    if isinstance(value, str):
        return value[:MAX_VALUE].replace("\x00", "")
    if isinstance(value, dict):
        return {key[:MAX_NAME].replace("\x00", ""): clean(part) for key, part in value.items()}
    if isinstance(value, list):
        return [clean(part) for part in value]
    return value


def profile(raw: dict[str, Any]) -> dict[str, Any] | None:
    """What the message teaches about its person, beyond Segment's traits."""
    given = raw.get("profile")
    if not isinstance(given, dict):
        return None
    found: dict[str, Any] = {}
    for step in ("set", "once", "add", "append"):
        values = given.get(step)
        if isinstance(values, dict) and values:
            found[step] = clean(dict(list(values.items())[:MAX_PROPERTIES]))
    names = given.get("unset")
    if isinstance(names, list) and names:
        found["unset"] = [name[:MAX_NAME] for name in names[:MAX_PROPERTIES] if isinstance(name, str)]
    return found or None


CONTEXT = {
    part: [(name, f"{part}.{name}") for name in names]
    for part, names in {
        "page": ("url", "path", "referrer", "title", "search"),
        "campaign": ("name", "source", "medium", "term", "content"),
        "library": ("name", "version"),
        "app": ("name", "version"),
        "os": ("name", "version"),
        "device": ("type", "model"),
    }.items()
}

PLAIN_CONTEXT = {"locale", "timezone"}


def properties(kind: str, raw: dict[str, Any], context: dict[str, Any]) -> dict[str, str]:
    """The event's properties and the useful parts of its context (``page.url``, ``campaign.source``…) as text."""
    found: dict[str, str] = {}
    given = raw.get("properties")
    if isinstance(given, dict):
        if len(given) > MAX_PROPERTIES:
            raise Refusal("too_many_properties", str(len(given)))
        for name, value in given.items():
            if type(value) is str:
                if len(value) > MAX_VALUE:
                    value = value[:MAX_VALUE]
            elif value is None:
                continue
            else:
                value = str(value) if type(value) is int else as_text(value)
            if len(name) > MAX_NAME:
                name = name[:MAX_NAME]
            found[name] = value
    if kind == "page" or kind == "screen":
        for name in ("name", "category"):
            if isinstance(raw.get(name), str):
                found.setdefault(name, raw[name][:MAX_VALUE])
    for part, inner in context.items():
        names = CONTEXT.get(part)
        if names is not None and isinstance(inner, dict):
            for key, name in names:
                if (value := inner.get(key)) and type(value) is str:
                    found[name] = value if len(value) <= MAX_VALUE else value[:MAX_VALUE]
        elif part in PLAIN_CONTEXT and isinstance(inner, str):
            found[part] = inner[:MAX_VALUE]
    return found


def as_text(value: Any) -> str:
    """A property's value in text form: numbers and truth as in JSON, lists and objects as JSON."""
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, str):
        return value[:MAX_VALUE]
    if isinstance(value, int):
        return str(value)
    return orjson.dumps(value).decode()[:MAX_VALUE]
