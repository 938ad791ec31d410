"""Kinds of values: what a property may be, and what one was."""

from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

TEXT, NUMBER, BOOLEAN, DATETIME, LIST, OBJECT = 1, 2, 4, 8, 16, 32
BITS = {"text": TEXT, "number": NUMBER, "boolean": BOOLEAN, "datetime": DATETIME, "list": LIST, "object": OBJECT}
ANY = "any"
KINDS: dict[str, Promise] = {
    ANY: pgettext_lazy("kind of value", "Any"),
    "text": pgettext_lazy("kind of value", "Text"),
    "number": pgettext_lazy("kind of value", "Number"),
    "boolean": pgettext_lazy("kind of value", "Yes or no"),
    "datetime": pgettext_lazy("kind of value", "Date or time"),
    "list": pgettext_lazy("kind of value", "List"),
    "object": pgettext_lazy("kind of value", "Object"),
}


def bit_of(value: Any) -> int:
    """The kind of a JSON value; 0 for null."""
    if isinstance(value, str):
        return DATETIME if is_moment(value) else TEXT
    if isinstance(value, bool):
        return BOOLEAN
    if isinstance(value, int | float):
        return NUMBER
    if isinstance(value, list):
        return LIST
    return OBJECT if isinstance(value, dict) else 0


def is_moment(text: str) -> bool:
    """Whether a text is a day or a moment as ISO 8601 writes it."""
    if not 10 <= len(text) <= 40 or text[4] != "-":
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def fits(kind: str, value: Any) -> bool:
    """Whether a JSON value is of the kind; a day or a moment is a text as well."""
    found = bit_of(value)
    return kind == ANY or bool(found & BITS[kind]) or (kind == "text" and found == DATETIME)


def names(bits: int) -> list[str]:
    """The kinds in a set of bits."""
    return [name for name, bit in BITS.items() if bits & bit]


def of_text(text: str) -> Any:
    """A value that is known as text only, read as the kind it looks like."""
    if text in ("true", "false"):
        return text == "true"
    try:
        return float(text) if len(text) <= 32 else text
    except ValueError:
        return [] if text.startswith("[") else {} if text.startswith("{") else text
