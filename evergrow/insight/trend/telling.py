"""A trend's answer as the API tells it."""

from typing import Any

from evergrow.insight.trend import parse
from evergrow.insight.trend.result import Series, TrendResult


def told(result: TrendResult) -> dict[str, Any]:
    """An answer as the API tells it."""
    return {
        "question": parse.as_data(result.question),
        "first": result.days.first,
        "last": result.days.last,
        "zone": result.zone,
        "week_start": result.week_start,
        "as_of": result.as_of,
        "version": result.version,
        "table": result.table,
        "buckets": [each.told() for each in result.buckets],
        "compared_buckets": [each.told() for each in result.compared_buckets],
        "whole": _series(result.whole),
        "series": [_series(series) for series in result.series],
        "parts": result.parts,
    }


def _series(series: Series) -> dict[str, Any]:
    return {
        "part": series.part.kind,
        "value": series.part.value,
        "values": list(series.values),
        "total": series.total,
        "compared": list(series.compared),
        "compared_total": series.compared_total,
    }
