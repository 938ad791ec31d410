"""A funnel as ECharts options: bars of those who came, with those lost hatched on top; its other pictures."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from evergrow.insight.event_names import EventNames
from evergrow.insight.funnel import words
from evergrow.insight.funnel.point import Point
from evergrow.insight.funnel.result import FunnelResult, Spread
from evergrow.insight.trend import words as trend
from evergrow.lib import numerals

Address = Callable[[Point], str]
BAR_WIDTH = 72
LABEL_SPACE, LEAST_LABEL = 900, 64


def options(result: FunnelResult, names: EventNames, language: str, address: Address) -> dict[str, Any]:
    """Options for the chart tag. ``address(point)`` is what a click on a mark opens."""
    places = range(len(result.whole.counts))
    labels = [f"{place + 1}. {words.step(result.question, place, names, language)}" for place in places]
    return {
        "grid": {"right": 12, "top": 26},
        "xAxis": {
            "type": "category",
            "data": labels,
            "axisLabel": {
                "interval": 0,
                "width": max(LEAST_LABEL, LABEL_SPACE // len(labels)),
                "overflow": "truncate",
                "hideOverlap": False,
            },
        },
        "yAxis": {"type": "value", "minInterval": 1},
        "unit": "number",
        "series": [_came(result, language, address), _lost(result, language, address)],
    }


def _came(result: FunnelResult, language: str, address: Address) -> dict[str, Any]:
    whole = result.whole
    data = [
        {
            "value": count,
            "url": address(Point(place + 1)),
            "note": words.share(count / whole.entered, language) if whole.entered else "",
        }
        for place, count in enumerate(whole.counts)
    ]
    return {
        "type": "bar",
        "name": _("Came there"),
        "stack": "step",
        "color": "--series-1",
        "barMaxWidth": BAR_WIDTH,
        "data": data,
    }


def _lost(result: FunnelResult, language: str, address: Address) -> dict[str, Any]:
    whole = result.whole
    data: list[Any] = [None]
    for place in range(1, len(whole.counts)):
        before, lost = whole.counts[result.before(place)], result.lost(whole, place)
        data.append(
            {
                "value": lost,
                "hatched": True,
                "url": address(Point(place + 1, is_lost=True)),
                "note": words.share(lost / before, language) if before else "",
            }
        )
    return {"type": "bar", "name": _("Lost before it"), "stack": "step", "barMaxWidth": BAR_WIDTH, "data": data}


def over_time(result: FunnelResult, language: str, address: Address) -> dict[str, Any]:
    """The conversion of each period of entry; where some still have time to go on, a hatched bar."""
    interval = result.question.over
    assert interval is not None
    last = len(result.whole.counts)
    full: list[Any] = []
    open_ones: list[Any] = []
    for period in result.periods:
        item = {
            "value": period.share,
            "url": address(Point(last, entered=period.bucket.first)),
            "note": _("{converted} of {entered}").format(
                converted=numerals.number(period.counts[-1], language),
                entered=numerals.number(period.counts[0], language),
            ),
        }
        is_told = period.share is not None
        full.append(item if is_told and period.is_complete else None)
        open_ones.append(item | {"hatched": True} if is_told and not period.is_complete else None)
    axis = [trend.axis_words(period.bucket, interval, language) for period in result.periods]
    line = {"type": "line", "name": _("Conversion"), "color": "--series-1", "symbol": "circle", "symbolSize": 5}
    return {
        "xAxis": {"type": "category", "data": axis},
        "yAxis": {"type": "value", "unit": "percent", "min": 0},
        "unit": "percent",
        "series": [
            line | {"data": full, "showSymbol": True},
            {"type": "bar", "name": _("Window still open"), "color": "--series-1", "data": open_ones},
        ],
    }


def spread(found: Spread, language: str) -> dict[str, Any]:
    """How many took how long."""
    begins = [found.shortest + place * found.width for place in range(len(found.counts))]
    return {
        "xAxis": {"type": "category", "data": [words.length(each, language) for each in begins]},
        "yAxis": {"type": "value", "minInterval": 1},
        "unit": "number",
        "series": [{"type": "bar", "name": _("How many"), "color": "--series-1", "data": list(found.counts)}],
    }
