"""A trend as ECharts options: bars for one line, lines for several; what is not a full observation is hatched.

That is a period that is not over or cut by the range, and a moving average whose window is not full.
"""

from collections.abc import Callable
from typing import Any

from evergrow.insight.event_names import EventNames
from evergrow.insight.trend import words
from evergrow.insight.trend.question import Formula, Unit
from evergrow.insight.trend.result import Series, TrendResult, Value
from evergrow.insight.trend.sheet import is_full

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

Address = Callable[[int, Series, bool], str]


def options(result: TrendResult, names: EventNames, language: str, address: Address) -> dict[str, Any]:
    """Options for the chart tag. ``address(place of the bucket, series, is_compared)`` is what a click opens."""
    interval = result.question.interval
    has_labels = len(result.series) > 1 or bool(result.compared_buckets)
    units = {made.unit for made in map(result.made_of, result.drawn_places) if isinstance(made, Formula)}
    is_percent = units == {Unit.PERCENT}
    return {
        "grid": {"right": LABEL_SPACE if has_labels else 12},
        "xAxis": {
            "type": "category",
            "data": [words.axis_words(bucket, interval, language) for bucket in result.buckets],
        },
        "yAxis": {"type": "value", **({} if units else {"minInterval": 1})},
        "tooltip": {"trigger": "axis"},
        "unit": "percent" if is_percent else "number",
        "series": _one(result, names, language, address)
        if len(result.series) == 1
        else _several(result, names, language, address),
    }


def _one(result: TrendResult, names: EventNames, language: str, address: Address) -> list[dict[str, Any]]:
    series = result.series[0]
    name = words.line(series, result, names, language)
    question = result.question
    is_line = len(result.buckets) > MOST_BARS or question.is_cumulative or question.smoothing or question.formulas
    drawn = [_line(series, name, COLOURS[0], result, address), *_short(series, name, result, address)]
    found = drawn if is_line else [_bars(series, name, result, address)]
    return [*found, *_compared(series, result, address)]


def _bars(series: Series, name: str, result: TrendResult, address: Address) -> dict[str, Any]:
    return {
        "type": "bar",
        "name": name,
        "color": COLOURS[0],
        "data": [
            _item(series, place, result, address) | ({} if _is_whole(series, place, result) else {"hatched": True})
            for place in range(len(result.buckets))
        ],
    }


def _several(result: TrendResult, names: EventNames, language: str, address: Address) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for place, series in enumerate(result.series):
        colour = "--text-3" if series.part.kind == "other" else COLOURS[place % len(COLOURS)]
        name = words.line(series, result, names, language)
        line = _line(series, name, colour, result, address)
        if place >= len(COLOURS) and series.part.kind != "other":
            line["lineStyle"] = {"type": "dashed" if place < 2 * len(COLOURS) else "dotted"}
        found += [line, _end_label(series, name, colour, result)]
    return [*_unfinished(result), *found]


def _end_label(series: Series, name: str, colour: str, result: TrendResult) -> dict[str, Any]:
    """The line's name at the right edge, clear of the hatched bar of a running period."""
    data: list[Any] = [None] * len(result.buckets)
    full = [place for place in result.complete if series.values[place] is not None]
    data[-1] = series.values[full[-1]] if full else series.values[-1]
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
    """Behind several lines: how high the highest stands so far where a point is not a full observation."""
    places = range(len(result.buckets))
    short = [not _is_whole(result.series[0], place, result) for place in places]
    if not any(short):
        return []
    heights = [max((series.values[place] or 0 for series in result.series), default=0) for place in places]
    data = [
        {"value": _rounded(height), "hatched": True} if is_short else None
        for is_short, height in zip(short, heights, strict=True)
    ]
    return [{"type": "bar", "silent": True, "barMaxWidth": HATCH_WIDTH, "data": data}]


def _is_whole(series: Series, place: int, result: TrendResult) -> bool:
    return result.buckets[place].is_complete and is_full(series, place)


def _line(series: Series, name: str, colour: str, result: TrendResult, address: Address) -> dict[str, Any]:
    """A line over the full observations only."""
    return {
        "type": "line",
        "name": name,
        "color": colour,
        "symbol": "circle",
        "symbolSize": 5,
        "showSymbol": len(result.buckets) <= MOST_DOTS,
        "data": [
            _item(series, place, result, address) if _is_whole(series, place, result) else None
            for place in range(len(result.buckets))
        ],
    }


def _short(series: Series, name: str, result: TrendResult, address: Address) -> list[dict[str, Any]]:
    """Hatched bars for the points where a line says nothing yet."""
    data = [
        None if _is_whole(series, place, result) else _item(series, place, result, address) | {"hatched": True}
        for place in range(len(result.buckets))
    ]
    if not any(data):
        return []
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
                {"value": _rounded(value), "url": address(place, series, True)}
                for place, value in enumerate(series.compared)
            ],
        }
    ]


def _item(series: Series, place: int, result: TrendResult, address: Address) -> dict[str, Any]:
    note = words.short_words(result.buckets[place], is_full=is_full(series, place))
    found = {"value": _rounded(series.values[place]), "url": address(place, series, False)}
    return found | ({"note": note} if note else {})


def _rounded(value: Value) -> Value:
    """Few enough digits to be read; the table has the rest."""
    return round(value, 6) if isinstance(value, float) else value
