"""Lifecycle by week: new, returning, resurrecting and dormant people."""

from typing import Any

from evergrow.insight.bench.days import FIRST, LAST, RANGE

QUESTION: dict[str, Any] = {
    "kind": "lifecycle",
    "subject": "people",
    "event": "event_0",
    "interval": "week",
    "range": RANGE,
}
STATES = ("new", "returning", "resurrecting", "dormant")


def _same(answer: Any, rows: list[tuple[Any, ...]]) -> bool:
    """As many are in each state in every week that is over."""
    raw = {(week, state): people for week, state, people in rows}
    return all(
        raw.get((bucket.first, state), 0) == getattr(moves, state)
        for bucket, moves in zip(answer.buckets, answer.moves, strict=True)
        if bucket.is_complete
        for state in STATES
    )


LINES: tuple[tuple[Any, ...], ...] = (
    (
        "lifecycle: by week",
        "lifecycle",
        QUESTION,
        "bench_raw_lifecycle",
        60.0,
        {"first": FIRST, "last": LAST, "event": "event_0"},
        _same,
    ),
)
