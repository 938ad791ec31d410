"""What every answer rests on, as the API tells it."""

from collections.abc import Mapping
from typing import Any


def told(result: Any, question: Mapping[str, Any]) -> dict[str, Any]:
    """The question in its JSON form; the days, the zone, the moment, the data's version, the table that answered."""
    return {
        "question": question,
        "first": result.days.first,
        "last": result.days.last,
        "zone": result.zone,
        "week_start": result.week_start,
        "as_of": result.as_of,
        "version": result.version,
        "table": result.table,
    }
