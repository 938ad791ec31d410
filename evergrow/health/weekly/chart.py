"""The area under the curve week by week as ECharts options, with its interval and the value at publishing."""

import math
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext

from evergrow.health.weekly.queries import Watch

UNSEEN = {"opacity": 0}


def weeks(watch: Watch) -> dict[str, Any] | None:
    """None where fewer than two readings had data enough for an area."""
    known = [each for each in watch.readings if each.area is not None]
    if len(known) < 2:
        return None
    least = min([0.5, *(each.low for each in known if each.low is not None)])
    reference = watch.reference.area if watch.reference else None
    names = [gettext("AUC"), gettext("95% interval")]
    series = [
        *_band(names[1], watch),
        _line(names[0], "--series-1", [each.area for each in watch.readings], dots=True),
        _line(gettext("Interval, low end"), "--series-1", [each.low for each in watch.readings], style=UNSEEN),
        _line(gettext("Interval, high end"), "--series-1", [each.high for each in watch.readings], style=UNSEEN),
    ]
    if reference is not None:
        names.append(gettext("At publishing"))
        series.append(
            _line(names[2], "--text-3", [reference] * len(watch.readings), style={"type": "dashed", "width": 1})
        )
    return {
        "grid": {"right": 20, "bottom": 46},
        "xAxis": {"type": "category", "data": [each.week.isoformat() for each in watch.readings]},
        "yAxis": {"type": "value", "min": math.floor(least * 10) / 10, "max": 1},
        "unit": "number",
        "legend": {"data": names},
        "tooltip": {"trigger": "axis"},
        "series": series,
    }


def _band(name: str, watch: Watch) -> list[dict[str, Any]]:
    """The interval as one area; its ends are lines that are not seen, for the tip and the table."""
    ends = [(None, None) if each.low is None or each.high is None else (each.low, each.high) for each in watch.readings]
    low = [None if below is None else round(below, 4) for below, _above in ends]
    width = [None if below is None or above is None else round(above - below, 4) for below, above in ends]
    base = {
        "type": "line",
        "silent": True,
        "stack": "band",
        "color": "--series-1",
        "symbol": "none",
        "lineStyle": UNSEEN,
    }
    return [{**base, "data": low}, {**base, "name": name, "data": width, "areaStyle": {"opacity": 0.18}}]


def _line(
    name: str, colour: str, values: list[float | None], *, style: Mapping[str, Any] | None = None, dots: bool = False
) -> dict[str, Any]:
    return {
        "type": "line",
        "name": name,
        "color": colour,
        "symbol": "circle" if dots else "none",
        "symbolSize": 5,
        "lineStyle": style or {"type": "solid", "width": 2},
        "data": [None if value is None else round(value, 4) for value in values],
    }
