"""An answer about stickiness as the API tells it."""

from typing import Any

from evergrow.insight.stickiness import parse
from evergrow.insight.stickiness.result import StickinessResult


def told(result: StickinessResult) -> dict[str, Any]:
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
        "total": result.total,
        "mean": result.mean,
        "counts": list(result.shown),
        "before": list(result.shown_before),
        "days": [
            {
                "day": ratio.day,
                "daily": ratio.daily,
                "weekly": ratio.weekly,
                "monthly": ratio.monthly,
                "daily_of_monthly": ratio.of_month,
                "daily_of_weekly": ratio.of_week,
                "weekly_of_monthly": ratio.week_of_month,
            }
            for ratio in result.ratios
        ],
    }
