"""Funnels: three steps within seven days."""

from typing import Any

from evergrow.insight.bench.days import FIRST, LAST

# ---- The kind registers here: its question's JSON form in the place of None, and how its answer compares with the raw
# ---- rows of (step reached, people) in the place of the last None.
QUESTION: dict[str, Any] | None = None

LINES: tuple[tuple[Any, ...], ...] = (
    (
        "funnel: three steps, 7 days",
        "funnel",
        QUESTION,
        "bench_raw_funnel",
        250.0,
        {"first": FIRST, "last": LAST, "one": "event_0", "two": "event_1", "three": "event_2", "window": 7 * 86_400},
        None,
    ),
)
