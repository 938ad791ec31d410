"""Lifecycle by week: new, returning, resurrecting and dormant people."""

from typing import Any

from evergrow.insight.bench.days import FIRST, LAST

# ---- The kind registers here: its question's JSON form in the place of None, and how its answer compares with the raw
# ---- rows of (week, state, people) in the place of the last None.
QUESTION: dict[str, Any] | None = None

LINES: tuple[tuple[Any, ...], ...] = (
    (
        "lifecycle: by week",
        "lifecycle",
        QUESTION,
        "bench_raw_lifecycle",
        60.0,
        {"first": FIRST, "last": LAST, "event": "event_0"},
        None,
    ),
)
