"""Lifecycles through the API: the same JSON form that a saved question has, the same answer as on the page."""

from datetime import date
from typing import Any, Literal

from ninja import Router, Schema
from pydantic import Field

from evergrow.insight import queries
from evergrow.insight.api.parts import AnswerOut, BetweenIn, FilterIn, LastIn
from evergrow.insight.conditions import MOST_CONDITIONS
from evergrow.insight.lifecycle import telling
from evergrow.insight.period import Interval
from evergrow.workspaces.api import ApiRequest, Input, Line, token

router = Router()


class LifecycleIn(Input):
    """A lifecycle question. Every part has a default; an empty ``event`` is any event.

    A session happens once and never comes back, so ``subject`` refuses sessions. The range is widened to whole periods.
    """

    kind: Literal["lifecycle"] = "lifecycle"
    version: Literal[1] = 1
    event: Line = ""
    subject: Literal["accounts", "people", "sessions"] = "accounts"
    interval: Literal["day", "week", "month"] = "week"
    range: LastIn | BetweenIn = LastIn(last=12, unit=Interval.WEEK)
    filters: list[FilterIn] = Field([], max_length=MOST_CONDITIONS)


class LifecycleMovesOut(Schema):
    """A period: how many were new (first time ever), returning (there in the period before too), resurrecting (back
    after a pause), dormant (there in the period before, not in this one: a count, not negative).

    ``quick_ratio`` is (new + resurrecting) ÷ dormant, null where nobody is dormant.
    """

    first: date
    last: date
    is_complete: bool
    new: int
    returning: int
    resurrecting: int
    dormant: int
    active: int
    quick_ratio: float | None


class LifecycleOut(AnswerOut):
    """The answer, and what it rests on: the days, the zone, the moment, the table that answered, the data's version."""

    periods: list[LifecycleMovesOut]


@router.post(
    "/questions/lifecycle", auth=token("view"), response=LifecycleOut, summary="Ask a lifecycle", tags=["insight"]
)
def lifecycle(request: ApiRequest, question: LifecycleIn) -> dict[str, Any]:
    """Who is new, returns, comes back or stays away, period by period, over the accounts that the token may see."""
    return telling.told(queries.answer_data(request.member, question.model_dump(mode="json", by_alias=True)))
