"""An answer about stickiness as the API tells it."""

from typing import Any

from evergrow.insight import basis
from evergrow.insight.stickiness import parse
from evergrow.insight.stickiness.result import StickinessResult


def told(result: StickinessResult) -> dict[str, Any]:
    """An answer as the API tells it."""
    return {
        **basis.told(result, parse.as_data(result.question)),
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
