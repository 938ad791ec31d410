"""A retention curve as ECharts options: the weighted mean with its band, cohorts pale behind it, or a line a part."""

from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from evergrow.insight.retention import words
from evergrow.insight.retention.reading import FEWEST, compared_column, outlier
from evergrow.insight.retention.result import Cohort, RetentionResult, Series

COLOURS = [f"--series-{number}" for number in range(1, 7)]
ACCENT = COLOURS[0]
LABEL_SPACE = 112
MOST_PALE = 24
UNSEEN = {"opacity": 0}
NEAR_ALL = 0.7

# What a click on a mark opens: a series, one of its cohorts or all of them, a column
Address = Callable[[Series, Cohort | None, int], str]


def options(result: RetentionResult, language: str, address: Address) -> dict[str, Any]:
    """Options for the chart tag. Only complete cells are drawn, so that no line falls where time has not come.

    Cohorts too small to say anything have no line of their own.
    """
    interval = result.question.interval
    drawn = _parts(result, language, address) if result.series else _one(result, language, address)
    return {
        "grid": {"right": LABEL_SPACE},
        "xAxis": {
            "type": "category",
            "boundaryGap": False,
            "data": [words.column(each, interval) for each in result.columns],
        },
        "yAxis": {"type": "value", "min": 0, **_top(result)},
        "tooltip": {"trigger": "axis"},
        "unit": "percent",
        "series": drawn,
    }


def _top(result: RetentionResult) -> dict[str, Any]:
    """Shares end at 100 % where they come near it; a low curve is not pressed to the ground."""
    means = [mean.high or mean.share for series in (result.whole, *result.series) for mean in series.means if mean]
    return {"max": 1} if not result.question.sum_of and means and max(means) > NEAR_ALL else {}


def _one(result: RetentionResult, language: str, address: Address) -> list[dict[str, Any]]:
    place = compared_column(result)
    standing_out = None if place is None else outlier(result, place)
    pale = [each for each in result.whole.cohorts if each.size >= FEWEST][-MOST_PALE:]
    mean = _line(result.whole, _("Weighted mean"), ACCENT, address)
    found = [*_band(result.whole), *(_cohort(each) for each in pale), mean]
    if standing_out:
        name = words.cohort(standing_out.cohort, result, language)
        found.insert(-1, _cohort(standing_out.cohort) | _coloured(name, COLOURS[1]))
    return found


def _parts(result: RetentionResult, language: str, address: Address) -> list[dict[str, Any]]:
    found = []
    for place, series in enumerate(result.series):
        colour = "--text-3" if series.part.kind == "other" else COLOURS[place % len(COLOURS)]
        found.append(_line(series, words.part(series, result, language), colour, address))
    return found


def _line(series: Series, name: str, colour: str, address: Address) -> dict[str, Any]:
    return {
        "type": "line",
        **_coloured(name, colour),
        "symbol": "circle",
        "symbolSize": 6,
        "showSymbol": True,
        "z": 3,
        "data": [
            None
            if mean is None
            else {"value": round(mean.share, 6), "url": address(series, None, place), "note": f"n = {mean.size:,}"}
            for place, mean in enumerate(series.means)
        ],
    }


def _coloured(name: str, colour: str) -> dict[str, Any]:
    label = {"show": True, "formatter": "{a}", "width": LABEL_SPACE - 12, "overflow": "truncate", "color": "inherit"}
    return {
        "name": name,
        "color": colour,
        "silent": False,
        "lineStyle": {"width": 2},
        "endLabel": label,
        "labelLayout": {"moveOverlap": "shiftY"},
    }


def _cohort(cohort: Cohort) -> dict[str, Any]:
    """A cohort's own line, pale and silent: the table below holds its numbers."""
    return {
        "type": "line",
        "silent": True,
        "color": "--edge",
        "lineStyle": {"width": 1},
        "data": [None if cell is None or not cell.is_complete else _rounded(cell.share) for cell in cohort.cells],
    }


def _band(series: Series) -> Sequence[dict[str, Any]]:
    """From the lower to the upper end of the interval: an unseen line, and what lies above it filled."""
    if not any(mean is not None and mean.low is not None for mean in series.means):
        return ()
    base = {"type": "line", "silent": True, "stack": "band", "color": ACCENT, "lineStyle": UNSEEN}
    low = [None if mean is None or mean.low is None else round(mean.low, 6) for mean in series.means]
    width = [
        None if mean is None or mean.low is None or mean.high is None else round(mean.high - mean.low, 6)
        for mean in series.means
    ]
    return ({**base, "data": low}, {**base, "data": width, "areaStyle": {"color": ACCENT, "opacity": 0.18}})


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 6)
