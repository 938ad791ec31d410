"""Operations on events: which there are, and the trend question."""

from datetime import date, datetime
from typing import Annotated, Any

from ninja import Router, Schema
from ninja.errors import ValidationError
from pydantic import Field

from evergrow.insight import queries
from evergrow.insight.conditions import Check
from evergrow.insight.errors import BadQuestion
from evergrow.insight.period import Interval
from evergrow.insight.trend.question import Comparison, Measure
from evergrow.insight.trend.result import TrendResult
from evergrow.workspaces.api import ApiRequest, Day, Input, Line, token

router = Router(tags=["insight"])


class EventOut(Schema):
    """An event name with how often it came, from how many accounts and people, and its first and last day."""

    event: str
    times: int
    accounts: int
    people: int
    first_day: date
    last_day: date


class LastPeriods(Input):
    """The running period and those before it."""

    last: int = Field(ge=1, le=1000)
    unit: Interval


class Days(Input):
    """From one day to another, both counted."""

    first: Day = Field(alias="from")
    last: Day = Field(alias="to")


class FilterIn(Input):
    on: Line = Field(description="property.<name>, or a fact of accounts such as account.tier.")
    test: Check = Field(alias="is")
    values: list[Line] = Field([], max_length=100)


class SplitIn(Input):
    by: Line = Field(description="property.<name>, or a fact of accounts such as account.tier.")
    top: int = Field(5, ge=1, le=20)


class TrendIn(Input):
    """A trend question. What is left out takes its default: active accounts by week over twelve weeks."""

    event: Line = Field("", description="The name of an event; empty for every event.")
    measure: Measure = Measure.ACCOUNTS
    interval: Interval = Interval.WEEK
    range: Annotated[LastPeriods | Days, Field(description="Some last periods, or days.")] = LastPeriods(
        last=12, unit=Interval.WEEK
    )
    filters: list[FilterIn] = Field([], max_length=20)
    split: SplitIn | None = None
    compare: Comparison = Comparison.NONE


class BucketOut(Schema):
    """Days that were counted together; an incomplete one still runs or is cut by the range."""

    first: date
    last: date
    is_complete: bool


class SeriesOut(Schema):
    """A line: one value for each bucket. ``part`` is whole, value (then ``value`` says which), not_set or other."""

    part: str = Field(alias="part.kind")
    value: str = Field(alias="part.value")
    values: list[int]
    total: int
    compared: list[int]
    compared_total: int


class TrendOut(Schema):
    """The answer; ``whole`` is everything together, ``series`` the whole alone or one line for each part."""

    first: date = Field(alias="days.first")
    last: date = Field(alias="days.last")
    buckets: list[BucketOut]
    compared_buckets: list[BucketOut]
    whole: SeriesOut
    series: list[SeriesOut]
    parts: int
    zone: str
    week_start: int
    as_of: datetime


@router.get("/events", auth=token("view"), response=list[EventOut], summary="Events")
def events(request: ApiRequest) -> list[Any]:
    """The events that this workspace captures, the most frequent first."""
    return queries.events_seen(request.workspace)


@router.post("/questions/trend", auth=token("view"), response=TrendOut, summary="Ask for a trend")
def trend(request: ApiRequest, question: TrendIn) -> TrendResult:
    """How often an event came, or from how many accounts or people, over time."""
    try:
        return queries.answer_data(request.member, question.model_dump(mode="json", by_alias=True))
    except BadQuestion as error:
        raise ValidationError([{"loc": ["body", "question", error.part], "msg": error.sentence}]) from error
