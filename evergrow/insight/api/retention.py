"""Retention through the API: the same JSON form that a saved question has, the same answer as on the page."""

from datetime import date
from typing import Annotated, Any, Literal

from ninja import Router, Schema
from pydantic import Field, StrictInt

from evergrow.insight import queries
from evergrow.insight.api.parts import AnswerOut, BetweenIn, FilterIn, LastIn, SplitIn
from evergrow.insight.conditions import MOST_CONDITIONS
from evergrow.insight.period import Interval
from evergrow.insight.retention import telling
from evergrow.insight.retention.question import MOST_BRACKETS, MOST_COLUMNS, MOST_TIMES, Clock, Cohorts, Returning
from evergrow.workspaces.api import ApiRequest, Input, Line, token

router = Router()
Pair = Annotated[list[StrictInt], Field(min_length=2, max_length=2)]


class RetentionStepIn(Input):
    """An event (empty: any) whose conditions all hold."""

    event: Line = ""
    filters: list[FilterIn] = Field(default_factory=list, max_length=MOST_CONDITIONS)


class RetentionIn(Input):
    """A retention question. Every part has a default.

    ``start`` begins a cohort, ``back`` is coming back. ``brackets`` are pairs of periods such as ``[[0, 0], [1, 3]]``,
    read where ``returning`` is ``brackets``. ``sum_of`` adds up a property of the return event. Sessions end within
    hours and have no retention: ``subject`` refuses them.
    """

    kind: Literal["retention"] = "retention"
    version: Literal[1] = 1
    subject: Literal["accounts", "people", "sessions"] = "accounts"
    start: RetentionStepIn = RetentionStepIn()
    back: RetentionStepIn = RetentionStepIn()
    cohorts: Cohorts = Cohorts.FIRST
    clock: Clock = Clock.CALENDAR
    interval: Literal["day", "week", "month"] = "week"
    range: LastIn | BetweenIn = LastIn(last=12, unit=Interval.WEEK)
    periods: StrictInt = Field(12, ge=1, le=MOST_COLUMNS)
    returning: Returning = Returning.ON
    brackets: list[Pair] | None = Field(None, max_length=MOST_BRACKETS)
    minimum: StrictInt = Field(1, ge=1, le=MOST_TIMES)
    sum_of: Line = ""
    filters: list[FilterIn] = Field([], max_length=MOST_CONDITIONS)
    split: SplitIn | None = None


class RetentionColumnOut(Schema):
    """The periods after the start that a column covers, both counted; no ``last`` is all later ones."""

    first: int
    last: int | None


class RetentionCellOut(Schema):
    """How many came back, and the value with its share of the cohort (of sums: of the first column).

    ``is_complete`` says that the column's periods are over for the whole cohort.
    """

    came: int
    value: float
    share: float | None
    is_complete: bool


class RetentionCohortOut(Schema):
    """Those who began in these days; no cell where a column has not begun."""

    first: date
    last: date
    is_complete: bool
    size: int
    cells: list[RetentionCellOut | None]


class RetentionMeanOut(Schema):
    """A column over complete cells, weighted by cohort size, with Wilson's 95 % interval on the pooled counts."""

    share: float
    low: float | None
    high: float | None
    size: int
    came: int
    value: float
    cohorts: int


class RetentionSeriesOut(Schema):
    """Everybody, or one part of the breakdown. ``part`` is whole, value, not_set or other."""

    part: Literal["whole", "value", "not_set", "other"]
    value: str
    size: int
    cohorts: list[RetentionCohortOut]
    means: list[RetentionMeanOut | None]


class RetentionOut(AnswerOut):
    """The answer, and what it rests on: the days, the zone, the moment, the table that answered, the data's version."""

    columns: list[RetentionColumnOut]
    whole: RetentionSeriesOut
    series: list[RetentionSeriesOut]
    parts: int = Field(description="How many values the breakdown has in all.")


@router.post(
    "/questions/retention", auth=token("view"), response=RetentionOut, summary="Ask for retention", tags=["insight"]
)
def retention(request: ApiRequest, question: RetentionIn) -> dict[str, Any]:
    """Of those who began, how many came back, period by period, over the accounts that the token may see."""
    return telling.told(queries.answer_data(request.member, question.model_dump(mode="json", by_alias=True)))
