"""Stickiness: on how many days of the range people did it."""

from typing import Any

from evergrow.insight.bench.days import FIRST, LAST

# ---- The kind registers here: its question's JSON form in the place of None, and how its answer compares with the raw
# ---- rows of (days, people) in the place of the last None.
QUESTION: dict[str, Any] | None = None

LINES: tuple[tuple[Any, ...], ...] = (
    (
        "stickiness: days",
        "stickiness",
        QUESTION,
        "bench_raw_stickiness",
        60.0,
        {"first": FIRST, "last": LAST, "event": "event_0"},
        None,
    ),
)
