"""Retention by week: who did the first event in a week and the second one so many weeks later."""

from datetime import timedelta
from typing import Any

from evergrow.insight.bench.days import FIRST, LAST, RANGE

QUESTION: dict[str, Any] = {
    "kind": "retention",
    "subject": "people",
    "start": {"event": "event_0"},
    "back": {"event": "event_1"},
    "interval": "week",
    "range": RANGE,
    "periods": 12,
}


def _same(answer: Any, rows: list[tuple[Any, ...]]) -> bool:
    """As many of each whole week's cohort came back in each week.

    In the week that the range cuts, ours looks at returns before the range too.
    """
    raw = {(cohort, later): people for cohort, later, people in rows}
    return all(
        raw.get((cohort.bucket.first - timedelta(days=cohort.bucket.first.weekday()), later), 0) == cell.came
        for cohort in answer.whole.cohorts
        for later, cell in enumerate(cohort.cells)
        if cell is not None and cohort.bucket.is_complete
    )


LINES: tuple[tuple[Any, ...], ...] = (
    (
        "retention: by week",
        "retention",
        QUESTION,
        "bench_raw_retention",
        60.0,
        {"first": FIRST, "last": LAST, "start": "event_0", "back": "event_1"},
        _same,
    ),
)
