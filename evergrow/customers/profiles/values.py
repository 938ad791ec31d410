"""How values of traits and fields are said, typed and compared."""

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

MAX_TEXT = 20_000


def told(value: Any) -> str:
    """A value for readers; "" for none."""
    if value is None or value == "" or value == []:
        return ""
    if value is True or value is False:
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(told(each) for each in value)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value)


def typed(text: str) -> Any:
    """What somebody typed as a trait: true, false, a number, a JSON list or object, else the text itself.

    A number that would lose its spelling (``007``, ``1e5``) or its digits stays text; quotes keep anything text.
    """
    text = text.strip()
    if text in ("true", "false"):
        return text == "true"
    if text[:1] in '[{"':
        try:
            return json.loads(text)
        except ValueError:
            return text
    try:
        number = int(text)
    except ValueError:
        try:
            real = float(text)
        except ValueError:
            return text
        return real if repr(real) == text else text
    return number if str(number) == text and abs(number) < 2**53 else text


def as_typed(value: Any) -> str:
    """The text from which ``typed`` makes this value again."""
    if isinstance(value, str):
        is_plain = typed(value) == value and not any(sign < " " for sign in value)
        return value if is_plain else json.dumps(value, ensure_ascii=False)
    return json.dumps(value, ensure_ascii=False)
