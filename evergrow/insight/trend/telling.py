"""A trend's answer as the API tells it."""

from typing import Any

from evergrow.insight import basis
from evergrow.insight.trend import parse
from evergrow.insight.trend.question import NAMES
from evergrow.insight.trend.result import Series, TrendResult


def told(result: TrendResult) -> dict[str, Any]:
    """An answer as the API tells it."""
    return {
        **basis.told(result, parse.as_data(result.question)),
        "buckets": [each.told() for each in result.buckets],
        "compared_buckets": [each.told() for each in result.compared_buckets],
        "whole": _series(result.whole, result),
        "wholes": [_series(series, result) for series in result.wholes],
        "series": [_series(series, result) for series in result.series],
        "lines": [_series(series, result) for series in result.lines],
        "parts": result.parts,
        "numbers": [
            {"events": each.events, "numbers": each.numbers} if each is not None else None for each in result.numbers
        ],
    }


def _series(series: Series, result: TrendResult) -> dict[str, Any]:
    known = len(result.question.series)
    is_formula = series.place >= known
    return {
        "of": f"formula {series.place - known + 1}" if is_formula else NAMES[series.place],
        "part": series.part.kind,
        "value": series.part.value,
        "breakdown": list(series.part.values),
        "values": list(series.values),
        "total": series.total,
        "compared": list(series.compared),
        "compared_total": series.compared_total,
        "is_full": list(series.is_full),
    }
