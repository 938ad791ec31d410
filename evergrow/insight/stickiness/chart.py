"""An answer about stickiness as ECharts options: a histogram, with that of the window before, or lines of shares."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from evergrow.insight.stickiness import behind, words
from evergrow.insight.stickiness.behind import Regular, There
from evergrow.insight.stickiness.question import View
from evergrow.insight.stickiness.result import Ratio, StickinessResult
from evergrow.lib import moments

Address = Callable[[behind.Point], str]
LABEL_SPACE = 84
MOST_DOTS = 40


def options(result: StickinessResult, language: str, address: Address) -> dict[str, Any]:
    """Options for the chart tag. ``address(point)`` is what a click on a mark opens."""
    if result.question.view is View.RATIO:
        return _lines(result, language, address)
    return _histogram(result, address)


def _histogram(result: StickinessResult, address: Address) -> dict[str, Any]:
    or_more = result.question.is_cumulative
    bars = _counted(result.shown, or_more=or_more, is_before=False, address=address)
    series: list[dict[str, Any]] = [
        {"type": "bar", "name": _people(result), "color": "--series-1", "barMaxWidth": 28, "data": bars}
    ]
    if result.question.view is View.POWER:
        before = _counted(result.shown_before, or_more=or_more, is_before=True, address=address)
        series[0]["name"] = _("The last %(n)s days") % {"n": result.question.window}
        series.append(
            {
                "type": "line",
                "name": _("The %(n)s days before") % {"n": result.question.window},
                "color": "--text-3",
                "lineStyle": {"type": "dashed"},
                "data": before,
            }
        )
    return {
        "xAxis": {
            "type": "category",
            "data": [f"{place}+" if or_more else str(place) for place in range(1, len(result.counts) + 1)],
        },
        "yAxis": {"type": "value", "minInterval": 1},
        "tooltip": {"trigger": "axis"},
        "unit": "number",
        "series": series,
        **({"legend": {}} if len(series) > 1 else {}),
    }


def _people(result: StickinessResult) -> str:
    return str(words.SUBJECTS[result.question.subject])


def _counted(counts: tuple[int, ...], *, or_more: bool, is_before: bool, address: Address) -> list[dict[str, Any]]:
    return [
        {"value": count, "url": address(Regular(place, or_more=or_more, is_before=is_before))}
        for place, count in enumerate(counts, start=1)
    ]


def _lines(result: StickinessResult, language: str, address: Address) -> dict[str, Any]:
    shares: list[tuple[str, str, int, Callable[[Ratio], float | None]]] = [
        (pgettext("share of active subjects", "WAU/MAU"), "--series-5", 30, lambda ratio: ratio.week_of_month),
        (pgettext("share of active subjects", "DAU/WAU"), "--series-2", 7, lambda ratio: ratio.of_week),
        (pgettext("share of active subjects", "DAU/MAU"), "--series-1", 30, lambda ratio: ratio.of_month),
    ]
    days: list[date] = [ratio.day for ratio in result.ratios]
    return {
        "grid": {"right": LABEL_SPACE},
        "xAxis": {"type": "category", "data": [moments.axis_day(day, language) for day in days]},
        "yAxis": {"type": "value", "min": 0},
        "tooltip": {"trigger": "axis"},
        "unit": "percent",
        "series": [
            {
                "type": "line",
                "name": name,
                "color": colour,
                "symbol": "circle",
                "symbolSize": 5,
                "showSymbol": len(days) <= MOST_DOTS,
                "endLabel": {"show": True, "formatter": "{a}", "color": "inherit"},
                "labelLayout": {"moveOverlap": "shiftY"},
                "data": [
                    {"value": None if share is None else round(share, 6), "url": address(There(ratio.day, width))}
                    for ratio in result.ratios
                    for share in [of(ratio)]
                ],
            }
            for name, colour, width, of in shares
        ],
    }
