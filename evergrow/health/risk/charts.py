"""The charts of a model's page as ECharts options."""

from typing import Any

from django.utils.translation import gettext, pgettext

from evergrow.health.risk.scores import Point
from evergrow.lib import numerals

ROUND = 4


def calibration(card: dict[str, Any], language: str) -> dict[str, Any]:
    """Bars: predicted beside observed in ten equally large groups, rising; the interval's ends as marks."""
    groups = card["reliability"]
    names = [numerals.percent(group["predicted"], language, 1) for group in groups]
    return {
        "unit": "percent",
        "xAxis": {"type": "category", "name": gettext("Predicted"), "data": names},
        "yAxis": {"type": "value", "min": 0},
        "tooltip": {"trigger": "axis"},
        "series": [
            _line(gettext("Predicted"), "--text-3", [group["predicted"] for group in groups], dashed=True),
            _line(gettext("Happened"), "--series-1", [group["observed"] for group in groups]),
            _dots(gettext("Interval, low end"), [group["low"] for group in groups]),
            _dots(gettext("Interval, high end"), [group["high"] for group in groups]),
        ],
    }


def roc(card: dict[str, Any]) -> dict[str, Any]:
    """Found beside false alarms, at every threshold; the diagonal is chance."""
    series = [
        _curve(gettext("Model"), "--series-1", card["roc"]),
        _curve(gettext("Last activity alone"), "--series-2", card["roc_last_activity"]),
        _curve(pgettext("ROC", "By chance"), "--text-3", [[0, 0], [1, 1]], dashed=True),
    ]
    return {
        "unit": "percent",
        "xAxis": {"type": "value", "unit": "percent", "min": 0, "max": 1, "name": gettext("False alarms")},
        "yAxis": {"type": "value", "unit": "percent", "min": 0, "max": 1},
        "series": [line for line in series if line["data"]],
    }


def history(points: list[Point], names: list[str]) -> dict[str, Any]:
    """An account's chance day by day with its interval."""
    return {
        "unit": "percent",
        "xAxis": {"type": "category", "data": names},
        "yAxis": {"type": "value", "min": 0},
        "tooltip": {"trigger": "axis"},
        "series": [
            _line(gettext("Chance"), "--series-1", [point.chance for point in points]),
            _dots(gettext("Interval, low end"), [point.low for point in points]),
            _dots(gettext("Interval, high end"), [point.high for point in points]),
        ],
    }


def _line(name: str, colour: str, values: list[float], *, dashed: bool = False) -> dict[str, Any]:
    style = {"lineStyle": {"type": "dashed"}} if dashed else {}
    return {
        "type": "line",
        "name": name,
        "color": colour,
        "symbol": "none" if dashed else "circle",
        "symbolSize": 5,
        "data": [round(value, ROUND) for value in values],
        **style,
    }


def _dots(name: str, values: list[float]) -> dict[str, Any]:
    return {
        "type": "line",
        "name": name,
        "color": "--series-1",
        "symbol": "none",
        "lineStyle": {"type": "dotted", "width": 1},
        "data": [round(value, ROUND) for value in values],
    }


def _curve(name: str, colour: str, points: list[list[float]], *, dashed: bool = False) -> dict[str, Any]:
    style = {"lineStyle": {"type": "dashed"}} if dashed else {}
    data = [[round(x, ROUND), round(y, ROUND)] for x, y in points]
    return {"type": "line", "name": name, "color": colour, "symbol": "none", "data": data, **style}
