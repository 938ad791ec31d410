"""The area under the curve week by week as ECharts options, with its interval and the value at publishing."""

import math
from typing import Any

from django.utils.translation import gettext

from evergrow.health.weekly.queries import Watch


def weeks(watch: Watch) -> dict[str, Any] | None:
    """None where fewer than two readings had data enough for an area."""
    known = [each for each in watch.readings if each.area is not None]
    if len(known) < 2:
        return None
    least = min([0.5, *(each.low for each in known if each.low is not None)])
    reference = watch.reference.area if watch.reference else None
    series = [
        _line(gettext("AUC"), "--series-1", [each.area for each in watch.readings], dots=True),
        _line(gettext("Interval, low end"), "--series-1", [each.low for each in watch.readings], style="dotted"),
        _line(gettext("Interval, high end"), "--series-1", [each.high for each in watch.readings], style="dotted"),
    ]
    if reference is not None:
        series.append(_line(gettext("At publishing"), "--text-3", [reference] * len(watch.readings), style="dashed"))
    return {
        "grid": {"right": 20, "bottom": 46},
        "xAxis": {"type": "category", "data": [each.week.isoformat() for each in watch.readings]},
        "yAxis": {"type": "value", "min": math.floor(least * 10) / 10, "max": 1},
        "unit": "number",
        "legend": {},
        "tooltip": {"trigger": "axis"},
        "series": series,
    }


def _line(
    name: str, colour: str, values: list[float | None], *, style: str = "solid", dots: bool = False
) -> dict[str, Any]:
    return {
        "type": "line",
        "name": name,
        "color": colour,
        "symbol": "circle" if dots else "none",
        "symbolSize": 5,
        "lineStyle": {"type": style, "width": 2 if dots else 1},
        "data": [None if value is None else round(value, 4) for value in values],
    }
