"""Trends through the API: the same JSON form that a saved question has, the same answer as on the page."""

from datetime import date, datetime
from typing import Any, Literal

from ninja import Router, Schema
from pydantic import Field

from evergrow.insight import queries
from evergrow.insight.api.parts import BetweenIn, BucketOut, FilterIn, LastIn, SplitIn
from evergrow.insight.conditions import MOST_CONDITIONS
from evergrow.insight.period import Interval
from evergrow.insight.trend import telling
from evergrow.insight.trend.question import Comparison, Measure
from evergrow.workspaces.api import ApiRequest, Input, Line, token

router = Router()


class TrendIn(Input):
    """A trend question. Every part has a default; an empty ``event`` is any event."""

    kind: Literal["trend"] = "trend"
    version: Literal[1] = 1
    event: Line = ""
    measure: Measure = Measure.ACCOUNTS
    interval: Interval = Interval.WEEK
    range: LastIn | BetweenIn = LastIn(last=12, unit=Interval.WEEK)
    filters: list[FilterIn] = Field([], max_length=MOST_CONDITIONS)
    split: SplitIn | None = None
    compare: Comparison = Comparison.NONE


class SeriesOut(Schema):
    """One line. ``part`` is whole, value, not_set or other; the total of a unique measure is a union, never a sum."""

    part: Literal["whole", "value", "not_set", "other"]
    value: str
    values: list[int]
    total: int
    compared: list[int]
    compared_total: int


class TrendOut(Schema):
    """The answer, and what it rests on: the days, the zone, the moment, the table that answered, the data's version."""

    question: dict[str, Any]
    first: date
    last: date
    zone: str
    week_start: int = Field(description="0 for Monday, 6 for Sunday.")
    as_of: datetime
    version: str
    table: str
    buckets: list[BucketOut]
    compared_buckets: list[BucketOut]
    whole: SeriesOut
    series: list[SeriesOut]
    parts: int = Field(description="How many values the breakdown has in all.")


@router.post("/questions/trend", auth=token("view"), response=TrendOut, summary="Ask a trend", tags=["insight"])
def trend(request: ApiRequest, question: TrendIn) -> dict[str, Any]:
    """How often, or by how many, something was done, period by period, over the accounts that the token may see."""
    return telling.told(queries.answer_data(request.member, question.model_dump(mode="json", by_alias=True)))
