"""A lifecycle as ECharts options: those who are there stacked up, those who are gone below the line."""

from collections.abc import Callable
from datetime import date
from typing import Any

from evergrow.insight.lifecycle import words
from evergrow.insight.lifecycle.question import State
from evergrow.insight.lifecycle.result import LifecycleResult
from evergrow.insight.period import Bucket

# From the line upwards, then downwards
STACK = (State.RETURNING, State.RESURRECTING, State.NEW, State.DORMANT)
COLOURS = {
    State.NEW: "--series-2",
    State.RETURNING: "--series-1",
    State.RESURRECTING: "--series-5",
    State.DORMANT: "--series-4",
}

Address = Callable[[date, State], str]


def options(result: LifecycleResult, language: str, address: Address) -> dict[str, Any]:
    """Options for the chart tag. ``address(bucket, state)`` is what a click on a mark opens."""
    interval = result.question.interval
    return {
        "xAxis": {
            "type": "category",
            "data": [words.axis_words(bucket, interval, language) for bucket in result.buckets],
            "axisLine": {"onZero": True},
        },
        "yAxis": {"type": "value", "minInterval": 1},
        "legend": {},
        "tooltip": {"trigger": "axis"},
        "unit": "number",
        "series": [_bars(result, state, address) for state in STACK],
    }


def _bars(result: LifecycleResult, state: State, address: Address) -> dict[str, Any]:
    sign = -1 if state is State.DORMANT else 1
    return {
        "type": "bar",
        "stack": "states",
        "name": str(words.STATES[state]),
        "color": COLOURS[state],
        "data": [
            _bar(bucket, sign * moves.of(state), address(bucket.first, state), is_told=bucket.is_complete or sign > 0)
            for bucket, moves in zip(result.buckets, result.moves, strict=True)
        ],
    }


def _bar(bucket: Bucket, value: int, url: str, *, is_told: bool) -> dict[str, Any] | None:
    """A bar; hatched while its period runs. Nothing where it is not told: the dormant of today may still come."""
    if not is_told:
        return None
    running = {} if bucket.is_complete else {"hatched": True, "note": words.short_words(bucket)}
    return {"value": value, "url": url, **running}
