"""A lifecycle as the API tells it."""

from typing import Any

from evergrow.insight import basis
from evergrow.insight.lifecycle import parse
from evergrow.insight.lifecycle.result import LifecycleResult


def told(result: LifecycleResult) -> dict[str, Any]:
    """An answer as the API tells it."""
    return {
        **basis.told(result, parse.as_data(result.question)),
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
