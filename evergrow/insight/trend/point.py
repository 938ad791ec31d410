"""A place on the chart of a trend."""

from dataclasses import dataclass
from datetime import date

from evergrow.insight.trend.result import Part

WHOLE = Part("whole")


@dataclass(frozen=True, slots=True)
class Point:
    """A place on the chart: the bucket that begins on a day (``None``: the whole range), and a part of the breakdown.

    ``is_compared`` takes the bucket of the compared days at that place.
    """

    bucket: date | None = None
    part: Part = WHOLE
    is_compared: bool = False
