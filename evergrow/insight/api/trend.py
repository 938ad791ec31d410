"""Trends through the API: the same JSON form that a saved question has, the same answer as on the page."""

from typing import Any, Literal

from ninja import Router, Schema
from pydantic import Field

from evergrow.insight import queries
from evergrow.insight.api.parts import AnswerOut, BetweenIn, BucketOut, FilterIn, LastIn
from evergrow.insight.conditions import MOST_CONDITIONS
from evergrow.insight.period import Interval
from evergrow.insight.trend import telling
from evergrow.insight.trend.question import (
    LARGEST_TOP,
    LONGEST_SMOOTHING,
    MOST_FORMULAS,
    MOST_SERIES,
    Comparison,
    Measure,
    Statistic,
    Unit,
)
from evergrow.workspaces.api import ApiRequest, Input, Line, token

router = Router()


class SeriesIn(Input):
    """A series, called A, B, C … by its place. ``days`` (1, 7 or 30) is the window of active ones, ``statistic`` is of
    the times per subject or of the numbers of ``property``; what is no number there is left out."""

    event: Line = ""
    measure: Measure = Measure.ACCOUNTS
    filters: list[FilterIn] = Field([], max_length=MOST_CONDITIONS)
    days: int = 7
    statistic: Statistic = Statistic.AVERAGE
    property: Line = ""


class FormulaIn(Input):
    """``A / B``: letters, numbers, + − × ÷ and parentheses. A division by zero is no value."""

    text: Line
    unit: Unit = Unit.NUMBER
    name: Line = ""


class BreakdownIn(Input):
    """The largest combinations of values of one to three topics one by one, all others together. Version 1 knows one
    topic, given as a text."""

    by: Line | list[Line]
    top: int = Field(5, ge=1, le=LARGEST_TOP)


class TrendIn(Input):
    """A trend question. Every part has a default; an empty ``event`` is any event.

    Version 2 has ``series`` with ``formulas`` over them, ``cumulative`` and ``smoothing``; version 1 has one ``event``
    and one ``measure`` (count, accounts, people) by day, week or month. Where ``version`` is left out, the parts tell.
    """

    kind: Literal["trend"] = "trend"
    version: Literal[1, 2] = 2
    event: Line = ""
    measure: Measure = Measure.ACCOUNTS
    series: list[SeriesIn] = Field([SeriesIn.model_construct()], max_length=MOST_SERIES)
    formulas: list[FormulaIn] = Field([], max_length=MOST_FORMULAS)
    interval: Interval = Interval.WEEK
    range: LastIn | BetweenIn = LastIn(last=12, unit=Interval.WEEK)
    filters: list[FilterIn] = Field([], max_length=MOST_CONDITIONS)
    split: BreakdownIn | None = None
    compare: Comparison = Comparison.NONE
    cumulative: bool = False
    smoothing: int = Field(0, ge=0, le=LONGEST_SMOOTHING)


class TrendLineOut(Schema):
    """One line, ``of`` a series by its letter or a formula. ``part`` is whole, value, not_set or other; of several
    topics ``breakdown`` has a value for each, null where it is not set. The total of a unique measure is a union, never
    a sum. A null is no value. ``is_full`` tells of each point whether its moving average had a full window."""

    of: str
    part: Literal["whole", "value", "not_set", "other"]
    value: str
    breakdown: list[str | None]
    values: list[int | float | None]
    total: int | float | None
    compared: list[int | float | None]
    compared_total: int | float | None
    is_full: list[bool]


class NumbersOut(Schema):
    """Of a series over a property: how many events there were, and how many of them carried a number."""

    events: int
    numbers: int


class TrendOut(AnswerOut):
    """The answer, and what it rests on: the days, the zone, the moment, the tables that answered, the data's version.

    ``series`` are the lines of the formulas where there are any, else of the series; ``lines`` are all of both.
    """

    buckets: list[BucketOut]
    compared_buckets: list[BucketOut]
    whole: TrendLineOut
    wholes: list[TrendLineOut]
    series: list[TrendLineOut]
    lines: list[TrendLineOut]
    parts: int = Field(description="How many values the breakdown has in all.")
    numbers: list[NumbersOut | None]


@router.post("/questions/trend", auth=token("view"), response=TrendOut, summary="Ask a trend", tags=["insight"])
def trend(request: ApiRequest, question: TrendIn) -> dict[str, Any]:
    """How often, or by how many, something was done, period by period, over the accounts that the token may see."""
    asked = question.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return telling.told(queries.answer_data(request.member, asked))
