"""Funnels: three steps within seven days."""

from typing import Any

from evergrow.insight.bench.days import FIRST, LAST, RANGE

QUESTION: dict[str, Any] = {
    "kind": "funnel",
    "subject": "people",
    "steps": [{"event": f"event_{place}"} for place in range(3)],
    "window": {"count": 7, "unit": "day"},
    "range": RANGE,
}
TOLERANCE = 0.005  # the raw yardstick knows whole seconds only


def _same(answer: Any, rows: list[tuple[Any, ...]]) -> bool:
    """As many came to each step, but for those of one second."""
    reached = dict(rows)
    raw = [sum(people for step, people in reached.items() if step >= place) for place in (1, 2, 3)]
    return all(
        abs(ours - theirs) <= TOLERANCE * theirs + 1 for ours, theirs in zip(answer.whole.counts, raw, strict=True)
    )


LINES: tuple[tuple[Any, ...], ...] = (
    (
        "funnel: three steps, 7 days",
        "funnel",
        QUESTION,
        "bench_raw_funnel",
        250.0,
        {"first": FIRST, "last": LAST, "one": "event_0", "two": "event_1", "three": "event_2", "window": 7 * 86_400},
        _same,
    ),
)
