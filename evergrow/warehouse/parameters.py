"""Python values as the text that ClickHouse reads for a ``{name:Type}`` place; the same for both engines."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
from clickhouse_connect.driver.binding import format_bind_value

SPECIAL = frozenset("\\`\t\n\r\0")


class Text(str):
    """A parameter that already is the engine's text."""


def plain(value: Any) -> Any:
    """A value both engines write alike: arrays as lists, moments in UTC with milliseconds, truth as 1 and 0."""
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(f"The moment {value} has no time zone; pass an aware one.")
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | set | frozenset | range):
        return [plain(part) for part in value]
    if isinstance(value, tuple):
        return tuple(plain(part) for part in value)
    if isinstance(value, Mapping):
        return {plain(key): plain(part) for key, part in value.items()}
    return value


def bind(params: Mapping[str, Any]) -> dict[str, str]:
    """Every value as the engine's text."""
    return {name: value if isinstance(value, Text) else _text(value) for name, value in params.items()}


def _text(value: Any) -> str:
    """Long lists of whole numbers, lists of such lists, long lists of plain words are written at once."""
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, list) and all(type(part) is list and set(map(type, part)) <= {int} for part in value):
        return str(value)
    if isinstance(value, list) and len(value) > 100:
        kinds = set(map(type, value))
        if kinds == {int}:
            return str(value)
        if kinds == {str}:
            joined = "','".join(value)
            if joined.count("'") == 2 * (len(value) - 1) and not SPECIAL.intersection(joined):
                return f"['{joined}']"
    return str(format_bind_value(plain(value)))
