"""Stickiness: on how many days of the range people did it."""

from typing import Any

from evergrow.insight.bench.days import FIRST, LAST, RANGE

QUESTION: dict[str, Any] = {
    "kind": "stickiness",
    "subject": "people",
    "event": "event_0",
    "interval": "day",
    "range": RANGE,
}


def _same(answer: Any, rows: list[tuple[Any, ...]]) -> bool:
    """As many did it on each number of days."""
    raw = dict(rows)
    return all(raw.get(days, 0) == people for days, people in enumerate(answer.counts, 1))


LINES: tuple[tuple[Any, ...], ...] = (
    (
        "stickiness: days",
        "stickiness",
        QUESTION,
        "bench_raw_stickiness",
        60.0,
        {"first": FIRST, "last": LAST, "event": "event_0"},
        _same,
    ),
)
