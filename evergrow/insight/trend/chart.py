"""A trend as ECharts options: bars for one line, lines for several; what is not a full period is hatched."""

from collections.abc import Callable
from datetime import date
from typing import Any

from evergrow.insight.event_names import EventNames
from evergrow.insight.trend import words
from evergrow.insight.trend.result import Part, Series, TrendResult

COLOURS = [f"--series-{number}" for number in range(1, 7)]
MOST_BARS = 62
MOST_DOTS = 40
LABEL_SPACE = 112
HATCH_WIDTH = 28
LABEL = {
    "show": True,
    "formatter": "{a}",
    "width": LABEL_SPACE - 12,
    "overflow": "truncate",
    "color": "inherit",
}

Address = Callable[[date, Part, bool], str]


def options(result: TrendResult, names: EventNames, language: str, address: Address) -> dict[str, Any]:
    """Options for the chart tag. ``address(bucket, part, is_compared)`` is what a click on a mark opens."""
    interval = result.question.interval
    has_labels = len(result.series) > 1 or bool(result.compared_buckets)
    return {
        "grid": {"right": LABEL_SPACE if has_labels else 12},
        "xAxis": {
            "type": "category",
            "data": [words.axis_words(bucket, interval, language) for bucket in result.buckets],
        },
        "yAxis": {"type": "value", "minInterval": 1},
        "tooltip": {"trigger": "axis"},
        "unit": "number",
        "series": _one(result, names, language, address)
        if len(result.series) == 1
        else _several(result, names, language, address),
    }


def _one(result: TrendResult, names: EventNames, language: str, address: Address) -> list[dict[str, Any]]:
    series = result.series[0]
    name = words.part(series.part, result, names, language)
    is_line = len(result.buckets) > MOST_BARS
    drawn = [_line(series, name, COLOURS[0], result, address), *_short(series, name, result, address)]
    found = drawn if is_line else [_bars(series, name, result, address)]
    return [*found, *_compared(series, result, address)]


def _bars(series: Series, name: str, result: TrendResult, address: Address) -> dict[str, Any]:
    return {
        "type": "bar",
        "name": name,
        "color": COLOURS[0],
        "data": [
            _item(series, place, result, address) | ({} if bucket.is_complete else {"hatched": True})
            for place, bucket in enumerate(result.buckets)
        ],
    }


def _several(result: TrendResult, names: EventNames, language: str, address: Address) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for place, series in enumerate(result.series):
        colour = "--text-3" if series.part.kind == "other" else COLOURS[place % len(COLOURS)]
        name = words.part(series.part, result, names, language)
        found += [_line(series, name, colour, result, address), _end_label(series, name, colour, result)]
    return [*_unfinished(result), *found]


def _end_label(series: Series, name: str, colour: str, result: TrendResult) -> dict[str, Any]:
    """The line's name at the right edge, clear of the hatched bar of a running period."""
    data: list[Any] = [None] * len(result.buckets)
    data[-1] = series.values[result.complete[-1]] if result.complete else series.values[-1]
    distance = 8 if result.buckets[-1].is_complete else HATCH_WIDTH // 2 + 6
    return {
        "type": "line",
        "name": name,
        "silent": True,
        "color": colour,
        "data": data,
        "endLabel": LABEL | {"distance": distance},
        "labelLayout": {"moveOverlap": "shiftY"},
    }


def _unfinished(result: TrendResult) -> list[dict[str, Any]]:
    """Behind several lines: how high the highest stands so far where a period is not full."""
    if len(result.complete) == len(result.buckets):
        return []
    heights = [max(series.values[place] for series in result.series) for place in range(len(result.buckets))]
    data = [
        None if bucket.is_complete else {"value": height, "hatched": True}
        for bucket, height in zip(result.buckets, heights, strict=True)
    ]
    return [{"type": "bar", "silent": True, "barMaxWidth": HATCH_WIDTH, "data": data}]


def _line(series: Series, name: str, colour: str, result: TrendResult, address: Address) -> dict[str, Any]:
    """A line over the full periods only."""
    return {
        "type": "line",
        "name": name,
        "color": colour,
        "symbol": "circle",
        "symbolSize": 5,
        "showSymbol": len(result.buckets) <= MOST_DOTS,
        "data": [
            _item(series, place, result, address) if bucket.is_complete else None
            for place, bucket in enumerate(result.buckets)
        ],
    }


def _short(series: Series, name: str, result: TrendResult, address: Address) -> list[dict[str, Any]]:
    """Hatched bars for the periods where a line says nothing yet."""
    if len(result.complete) == len(result.buckets):
        return []
    data = [
        None if bucket.is_complete else _item(series, place, result, address) | {"hatched": True}
        for place, bucket in enumerate(result.buckets)
    ]
    return [{"type": "bar", "name": name, "color": COLOURS[0], "data": data}]


def _compared(series: Series, result: TrendResult, address: Address) -> list[dict[str, Any]]:
    if not series.compared:
        return []
    return [
        {
            "type": "line",
            "name": str(words.COMPARISONS[result.question.compare]),
            "color": "--text-3",
            "lineStyle": {"type": "dashed"},
            "endLabel": LABEL,
            "data": [
                {"value": value, "url": address(bucket.first, series.part, True)}
                for bucket, value in zip(result.compared_buckets, series.compared, strict=True)
            ],
        }
    ]


def _item(series: Series, place: int, result: TrendResult, address: Address) -> dict[str, Any]:
    bucket = result.buckets[place]
    note = {"note": words.short_words(bucket)} if bucket.short else {}
    return {"value": series.values[place], "url": address(bucket.first, series.part, False), **note}
