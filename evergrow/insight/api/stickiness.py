"""Stickiness through the API: the same JSON form that a saved question has, the same answer as on the page."""

from datetime import date
from typing import Any, Literal

from ninja import Router, Schema
from pydantic import Field

from evergrow.insight import queries
from evergrow.insight.api.parts import AnswerOut, BetweenIn, FilterIn, LastIn
from evergrow.insight.conditions import MOST_CONDITIONS
from evergrow.insight.period import Interval
from evergrow.insight.stickiness import telling
from evergrow.insight.stickiness.question import LARGEST_LEAST, View
from evergrow.workspaces.api import ApiRequest, Input, Line, token

router = Router()


class StickinessIn(Input):
    """A question about regularity. Every part has a default; an empty ``event`` is any event.

    ``view`` is intervals (how many were there in so many intervals), ratio (DAU/MAU day by day) or power (how many were
    there on so many of the last ``window`` days). Being there takes ``least`` events in an interval. ``cumulative``
    counts so many intervals or more. Intervals are whole and counted back from the end of the range, which is
    yesterday at the latest. A session happens once, so ``subject`` refuses sessions.
    """

    kind: Literal["stickiness"] = "stickiness"
    version: Literal[1] = 1
    event: Line = ""
    subject: Literal["accounts", "people", "sessions"] = "people"
    view: View = View.INTERVALS
    interval: Literal["day", "week", "month"] = "day"
    range: LastIn | BetweenIn = LastIn(last=30, unit=Interval.DAY)
    filters: list[FilterIn] = Field([], max_length=MOST_CONDITIONS)
    least: int = Field(1, ge=1, le=LARGEST_LEAST)
    cumulative: bool = False
    window: Literal[7, 30] = 30


class RatioOut(Schema):
    """A day: who was there on it, in the 7 and 30 days that end with it; the mean day of those as a share of them."""

    day: date
    daily: int
    weekly: int
    monthly: int
    daily_of_monthly: float | None
    daily_of_weekly: float | None
    weekly_of_monthly: float | None


class StickinessOut(AnswerOut):
    """The answer, and what it rests on: the days, the zone, the moment, the table that answered, the data's version.

    ``counts[0]`` is how many were there in one interval (or more, when cumulative), ``before`` the same of the window
    before (view power). ``days`` is filled for the view ratio.
    """

    total: int
    mean: float | None
    counts: list[int]
    before: list[int]
    days: list[RatioOut]


@router.post(
    "/questions/stickiness",
    auth=token("view"),
    response=StickinessOut,
    summary="Ask about stickiness",
    tags=["insight"],
)
def stickiness(request: ApiRequest, question: StickinessIn) -> dict[str, Any]:
    """On how many days, weeks or months each was there, over the accounts that the token may see."""
    return telling.told(queries.answer_data(request.member, question.model_dump(mode="json", by_alias=True)))
