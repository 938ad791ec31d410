"""Whole periods: half a period would make those who come in its other half look lost."""

from datetime import date, timedelta

from evergrow.insight import period
from evergrow.insight.period import Between, Interval


def whole(days: Between, interval: Interval, today: date, week_start: int) -> Between:
    """The days widened to whole periods, never later than today: only the last one may still run."""
    following = period.step(period.begin(days.last, interval, week_start), 1, interval)
    return Between(period.begin(days.first, interval, week_start), min(following - timedelta(days=1), today))


def before(first: date, interval: Interval) -> Between:
    """The period right before the one that begins with ``first``."""
    return Between(period.step(first, -1, interval), first - timedelta(days=1))
