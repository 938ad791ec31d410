"""The chart of usage over time, as plain ECharts options for the ``chart`` tag."""

from typing import Any

from django.utils.translation import gettext as _

from evergrow.customers.queries.usage import Usage
from evergrow.lib.moments import axis_day


def usage_chart(usage: Usage, language: str) -> dict[str, Any]:
    """A line over the full periods, the running one hatched, the tier's median dashed."""
    line: list[Any] = [None if period.is_running else period.events for period in usage.periods]
    running = [{"value": p.events, "hatched": True} if p.is_running else None for p in usage.periods]
    series: list[dict[str, Any]] = [
        {
            "name": _("Events"),
            "type": "line",
            "data": line,
            "areaStyle": {},
            "lineStyle": {"color": "--series-1"},
            "itemStyle": {"color": "--series-1"},
        },
        {"name": _("Running, not over yet"), "type": "bar", "data": running, "barWidth": "100%", "hatched": True},
    ]
    if usage.reference is not None:
        series[0]["markLine"] = _median_line(usage.reference)
    return {
        "grid": {"right": 16},
        "xAxis": {
            "type": "category",
            "boundaryGap": True,
            "data": [axis_day(period.first, language) for period in usage.periods],
        },
        "yAxis": {"type": "value", "min": 0, "minInterval": 1},
        "series": series,
    }


def _median_line(reference: float) -> dict[str, Any]:
    return {
        "silent": True,
        "symbol": "none",
        "data": [{"yAxis": round(reference, 1)}],
        "lineStyle": {"type": "dashed", "color": "--text-3"},
        "label": {"formatter": _("tier median"), "position": "insideEndTop", "color": "--text-2", "fontSize": 11},
    }
