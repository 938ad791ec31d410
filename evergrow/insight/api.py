"""Questions through the API: the same JSON form that a saved question has, the same answer as on the page."""

from datetime import date, datetime
from typing import Any, Literal

from ninja import Router, Schema
from pydantic import ConfigDict, Field

from evergrow.insight import event_names, queries
from evergrow.insight.conditions import MOST_CONDITIONS, MOST_VALUES, Check
from evergrow.insight.period import Bucket, Interval
from evergrow.insight.trend import parse
from evergrow.insight.trend.parse import MOST_PERIODS
from evergrow.insight.trend.question import LARGEST_TOP, Comparison, Measure
from evergrow.insight.trend.result import Series, TrendResult
from evergrow.workspaces.api import ApiRequest, Day, Input, Line, token

router = Router()


class LastIn(Input):
    """The running period and those before it: the last 12 weeks begin with a whole one."""

    last: int = Field(ge=1, le=MOST_PERIODS)
    unit: Interval = Interval.DAY


class BetweenIn(Input):
    """From one day to another, both counted."""

    model_config = ConfigDict(extra="forbid", serialize_by_alias=True)
    first: Day = Field(alias="from")
    last: Day = Field(alias="to")


class FilterIn(Input):
    """``on`` is ``property.<name>`` or ``account.<fact>``. ``is_not`` keeps what has no value, the others need one."""

    on: Line
    test: Check = Field(alias="is")
    values: list[Line] = Field([], max_length=MOST_VALUES)


class SplitIn(Input):
    """The largest values of a topic one by one, all others together."""

    by: Line
    top: int = Field(5, ge=1, le=LARGEST_TOP)


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


class BucketOut(Schema):
    """The days that were counted. Only complete buckets may be compared with each other."""

    first: date
    last: date
    is_complete: bool


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


class EventOut(Schema):
    """An event as captured, its names, how often it came, from how many accounts and people, and when."""

    event: str
    name_zh: str
    name_en: str
    is_key: bool
    times: int
    accounts: int
    people: int
    first_day: date
    last_day: date


@router.post("/questions/trend", auth=token("view"), response=TrendOut, summary="Ask a trend", tags=["insight"])
def trend(request: ApiRequest, question: TrendIn) -> dict[str, Any]:
    """How often, or by how many, something was done, period by period, over the accounts that the token may see."""
    return told(queries.answer_data(request.member, question.model_dump(mode="json", by_alias=True)))


@router.get("/events", auth=token("view"), response=list[EventOut], summary="Events", tags=["insight"])
def events(request: ApiRequest) -> list[dict[str, Any]]:
    """The events that the workspace captures, the most frequent first."""
    names = event_names.of(request.workspace)
    return [
        {
            "event": seen.event,
            "name_zh": names.name(seen.event)["zh"],
            "name_en": names.name(seen.event)["en"],
            "is_key": names.is_key(seen.event),
            "times": seen.times,
            "accounts": seen.accounts,
            "people": seen.people,
            "first_day": seen.first_day,
            "last_day": seen.last_day,
        }
        for seen in queries.events_seen(request.workspace)
    ]


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
        "buckets": [_bucket(bucket) for bucket in result.buckets],
        "compared_buckets": [_bucket(bucket) for bucket in result.compared_buckets],
        "whole": _series(result.whole),
        "series": [_series(series) for series in result.series],
        "parts": result.parts,
    }


def _bucket(bucket: Bucket) -> dict[str, Any]:
    return {"first": bucket.first, "last": bucket.last, "is_complete": bucket.is_complete}


def _series(series: Series) -> dict[str, Any]:
    return {
        "part": series.part.kind,
        "value": series.part.value,
        "values": list(series.values),
        "total": series.total,
        "compared": list(series.compared),
        "compared_total": series.compared_total,
    }
