"""A retention answer as the API tells it."""

from typing import Any

from evergrow.insight import basis
from evergrow.insight.retention import parse
from evergrow.insight.retention.result import Cell, Cohort, Mean, RetentionResult, Series


def told(result: RetentionResult) -> dict[str, Any]:
    """An answer as the API tells it."""
    return {
        **basis.told(result, parse.as_data(result.question)),
        "columns": [{"first": each.first, "last": each.last} for each in result.columns],
        "whole": _series(result.whole),
        "series": [_series(series) for series in result.series],
        "parts": result.parts,
    }


def _series(series: Series) -> dict[str, Any]:
    return {
        "part": series.part.kind,
        "value": series.part.value,
        "size": series.size,
        "cohorts": [_cohort(cohort) for cohort in series.cohorts],
        "means": [_mean(mean) for mean in series.means],
    }


def _cohort(cohort: Cohort) -> dict[str, Any]:
    return {
        "first": cohort.bucket.first,
        "last": cohort.bucket.last,
        "is_complete": cohort.bucket.is_complete,
        "size": cohort.size,
        "cells": [_cell(cell) for cell in cohort.cells],
    }


def _cell(cell: Cell | None) -> dict[str, Any] | None:
    if cell is None:
        return None
    return {"came": cell.came, "value": cell.value, "share": cell.share, "is_complete": cell.is_complete}


def _mean(mean: Mean | None) -> dict[str, Any] | None:
    if mean is None:
        return None
    return {
        "share": mean.share,
        "low": mean.low,
        "high": mean.high,
        "size": mean.size,
        "came": mean.came,
        "value": mean.value,
        "cohorts": mean.cohorts,
    }
