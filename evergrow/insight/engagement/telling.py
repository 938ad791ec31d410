"""An answer about engagement groups as the API tells it."""

from typing import Any

from evergrow.insight import basis
from evergrow.insight.engagement import parse
from evergrow.insight.engagement.definition import Definition, as_data
from evergrow.insight.engagement.question import AWAY, NEW
from evergrow.insight.engagement.result import EngagementResult

CODES = {AWAY: "away", NEW: "new"}


def told(result: EngagementResult) -> dict[str, Any]:
    """An answer as the API tells it. Levels are 0 (below every group) up to the number of groups."""
    return {
        **basis.told(result, parse.as_data(result.question)),
        "definition": definition(result.definition),
        "periods": [
            bucket.told() | {"levels": list(sizes)} for bucket, sizes in zip(result.buckets, result.sizes, strict=True)
        ],
        "moves_from": {"first": result.since.first, "last": result.since.last, "is_complete": True},
        "moves_into": result.until.told(),
        "moves": [
            {"was": _code(was), "now": _code(now), "count": count}
            for (was, now), count in sorted(result.moves.items(), reverse=True)
        ],
        "rose": result.rose,
        "fell": result.fell,
        "stayed": result.stayed,
        "came_new": result.came_new,
        "came_back": result.came_back,
        "left": result.left,
    }


def definition(found: Definition) -> dict[str, Any]:
    """A definition with its version; 0 is the built-in one."""
    return {"version": found.version, **as_data(found)}


def _code(level: int) -> str:
    return CODES.get(level, str(level))
