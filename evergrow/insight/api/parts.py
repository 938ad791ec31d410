"""What questions of several kinds are told with through the API: days, filters, breakdowns, buckets."""

from datetime import date, datetime
from typing import Any

from ninja import Schema
from pydantic import ConfigDict, Field

from evergrow.insight.conditions import MOST_VALUES, Check
from evergrow.insight.period import MOST_PERIODS, Interval
from evergrow.insight.trend.question import LARGEST_TOP
from evergrow.workspaces.api import Day, Input, Line


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


class BucketOut(Schema):
    """The days that were counted. Only complete buckets may be compared with each other. An hour has its moment."""

    first: date
    last: date
    is_complete: bool
    at: datetime | None = None


class AnswerOut(Schema):
    """The question, and what its answer rests on: the days, the zone, the moment, the table, the data's version."""

    question: dict[str, Any]
    first: date
    last: date
    zone: str
    week_start: int = Field(description="0 for Monday, 6 for Sunday.")
    as_of: datetime
    version: str
    table: str
