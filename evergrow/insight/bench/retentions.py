"""Retention by week: who did the first event in a week and the second one so many weeks later."""

from typing import Any

from evergrow.insight.bench.days import FIRST, LAST

# ---- The kind registers here: its question's JSON form in the place of None, and how its answer compares with the raw
# ---- rows of (week of the first time, weeks later, people) in the place of the last None.
QUESTION: dict[str, Any] | None = None

LINES: tuple[tuple[Any, ...], ...] = (
    (
        "retention: by week",
        "retention",
        QUESTION,
        "bench_raw_retention",
        60.0,
        {"first": FIRST, "last": LAST, "start": "event_0", "back": "event_1"},
        None,
    ),
)
