"""Long lists in pieces: a cursor says where the next piece begins. It is opaque: pass it back as you got it."""

import base64
import binascii
from typing import Any, Generic, TypeVar

import orjson
from django.db.models import Model, QuerySet
from ninja import Schema
from ninja.errors import ValidationError
from pydantic import Field

LIMIT = 50
MOST = 200

Item = TypeVar("Item")
Row = TypeVar("Row", bound=Model)


class Page(Schema, Generic[Item]):
    """A piece of a list."""

    items: list[Item]
    next: str | None = Field(None, description="Pass it as cursor for the next piece; null at the end.")


class Window(Schema):
    """Which piece of a list: ``cursor`` from the last answer, and at most ``limit`` items."""

    cursor: str = Field("", max_length=200, description="The next of the answer before; empty begins.")
    limit: int = Field(LIMIT, ge=1, le=MOST)


def page(rows: QuerySet[Row], window: Window, *, by: str = "pk") -> dict[str, Any]:
    """The piece of ``rows`` that begins at the cursor, in the order of the unique column ``by`` (``-`` descends).

    A row that comes or goes between two calls neither repeats nor hides another.
    """
    column = by.removeprefix("-")
    ordered = rows.order_by(by)
    if window.cursor:
        way = "lt" if by.startswith("-") else "gt"
        ordered = ordered.filter(**{f"{column}__{way}": _open(window.cursor, by)})
    found = list(ordered[: window.limit + 1])
    more = len(found) > window.limit
    items = found[: window.limit]
    return {"items": items, "next": _seal(getattr(items[-1], column), by) if more else None}


def _seal(value: int, by: str) -> str:
    return base64.urlsafe_b64encode(orjson.dumps([by, value])).decode().rstrip("=")


def _open(cursor: str, by: str) -> int:
    """The value in a cursor of this list. Raises ValidationError (422) for any other text."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        found = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, binascii.Error):
        found = None
    if (
        isinstance(found, list)
        and len(found) == 2
        and found[0] == by
        and type(found[1]) is int
        and abs(found[1]) < 2**63
    ):
        return found[1]
    message = "This is no cursor of this list. Take the “next” of an answer, or leave it out to begin."
    raise ValidationError([{"loc": ["query", "cursor"], "msg": message}])
