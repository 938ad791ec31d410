"""The pictures of a back-test as ECharts options: the curves, the lift, the area day by day."""

import math
from typing import Any

from django.utils.translation import gettext

from evergrow.health.backtest import words
from evergrow.health.backtest.curves import GRID
from evergrow.health.backtest.models import BackTest
from evergrow.health.backtest.ranking import PARTS
from evergrow.lib import numerals

COLOURS = {"tested": "--series-1", "published": "--series-2", "idle": "--series-6"}
DASHES = {"tested": "solid", "published": "dashed", "idle": "dotted"}


def roc(backtest: BackTest) -> dict[str, Any] | None:
    """Hits over false alarms, a line a ranking, and the diagonal of pure chance; None with too few data."""
    scorers = backtest.result["scorers"]
    if not backtest.result["is_enough"]:
        return None
    chance = {
        "type": "line",
        "name": gettext("By chance alone"),
        "color": "--text-3",
        "lineStyle": {"type": [2, 3], "width": 1},
        "data": [round(float(alarm), 2) for alarm in GRID],
    }
    return {
        **_frame([numerals.percent(float(alarm), words.language()) for alarm in GRID]),
        "series": [
            *(_line(backtest, name, [round(hit, 4) for hit in found["roc"]]) for name, found in scorers.items()),
            chance,
        ],
    }


def lift(backtest: BackTest) -> dict[str, Any]:
    """How many times the overall share, by tenths of the ranking."""
    scorers = backtest.result["scorers"]
    tenths = [f"{place * 10}–{place * 10 + 10}%" for place in range(PARTS)]
    return {
        "xAxis": {"type": "category", "data": tenths},
        "yAxis": {"type": "value"},
        "unit": "number",
        "legend": {},
        "tooltip": {"trigger": "axis"},
        "series": [
            {
                "type": "bar",
                "name": words.scorer(name, backtest),
                "color": COLOURS[name],
                "data": [None if value is None else round(value, 2) for value in found["lift"]],
            }
            for name, found in scorers.items()
        ],
    }


def by_day(backtest: BackTest) -> dict[str, Any] | None:
    """The area of each past day alone; None where no day had enough for one."""
    days = backtest.result["days"]
    known = [value for day in days for value in day["areas"].values() if value is not None]
    if not known:
        return None
    return {
        **_frame([day["day"] for day in days]),
        "yAxis": {"type": "value", "min": math.floor(min([0.4, *known]) * 10) / 10, "max": 1},
        "unit": "number",
        "series": [
            _line(backtest, name, [_rounded(day["areas"].get(name)) for day in days], dots=True)
            for name in backtest.result["scorers"]
        ],
    }


def _frame(categories: list[str]) -> dict[str, Any]:
    return {
        "grid": {"right": 20, "bottom": 46},
        "xAxis": {
            "type": "category",
            "data": categories,
            "boundaryGap": False,
        },
        "yAxis": {"type": "value", "min": 0, "max": 1},
        "unit": "percent",
        "legend": {},
        "tooltip": {"trigger": "axis"},
    }


def _line(backtest: BackTest, name: str, data: list[Any], *, dots: bool = False) -> dict[str, Any]:
    return {
        "type": "line",
        "name": words.scorer(name, backtest),
        "color": COLOURS[name],
        "lineStyle": {"type": DASHES[name]},
        "data": data,
        **({"symbol": "circle", "symbolSize": 5, "showSymbol": True} if dots else {}),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
