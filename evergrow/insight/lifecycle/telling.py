"""A lifecycle as the API tells it."""

from typing import Any

from evergrow.insight.lifecycle import parse
from evergrow.insight.lifecycle.result import LifecycleResult


def told(result: LifecycleResult) -> dict[str, Any]:
    """An answer as the API tells it."""
    return {
        "question": parse.as_data(result.question),
        "first": result.days.first,
        "last": result.days.last,
        "zone": result.zone,
        "week_start": result.week_start,
        "as_of": result.as_of,
        "version": result.version,
        "table": result.table,
        "periods": [
            bucket.told()
            | {
                "new": moves.new,
                "returning": moves.returning,
                "resurrecting": moves.resurrecting,
                "dormant": moves.dormant,
                "active": moves.active,
                "quick_ratio": moves.quick_ratio,
            }
            for bucket, moves in zip(result.buckets, result.moves, strict=True)
        ],
    }
