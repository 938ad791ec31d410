"""Engagement groups through the API: the answer as on the page, and the workspace's definition."""

from datetime import date
from typing import Any, Literal

from ninja import Router, Schema
from pydantic import Field

from evergrow.insight import queries
from evergrow.insight.api.parts import AnswerOut, BetweenIn, BucketOut, FilterIn, LastIn
from evergrow.insight.conditions import MOST_CONDITIONS
from evergrow.insight.engagement import definitions, telling
from evergrow.insight.engagement.definition import LARGEST_TIMES, LONGEST_NAME, MOST_EVENTS, MOST_GROUPS
from evergrow.insight.period import Interval
from evergrow.insight.presence.source import Subject
from evergrow.workspaces.api import ApiRequest, Day, Input, Line, token

router = Router()
Subjects = Literal["accounts", "people"]


class EngagementIn(Input):
    """A question about engagement groups by the definition in force. Every part has a default.

    ``at`` is the first day of the period into which moves are counted; null is the last full one. A session happens
    once, so ``subject`` refuses sessions.
    """

    kind: Literal["engagement"] = "engagement"
    version: Literal[1] = 1
    subject: Literal["accounts", "people", "sessions"] = "people"
    range: LastIn | BetweenIn = LastIn(last=6, unit=Interval.MONTH)
    filters: list[FilterIn] = Field([], max_length=MOST_CONDITIONS)
    at: Day | None = None


class GroupIn(Input):
    """Those there on at least ``days`` days of a period who did key events at least ``key_times`` times."""

    name_zh: str = Field("", max_length=LONGEST_NAME)
    name_en: str = Field("", max_length=LONGEST_NAME)
    days: int = Field(1, ge=1, le=31)
    key_times: int = Field(0, ge=0, le=LARGEST_TIMES)


class DefinitionIn(Input):
    """Groups from the widest to the narrowest, each asking for at least what the one before asks.

    ``events`` are those that make somebody there (none: any); ``key_events`` none: those the workspace marks as key.
    """

    period: Literal["week", "month"] = "month"
    events: list[Line] = Field([], max_length=MOST_EVENTS)
    key_events: list[Line] = Field([], max_length=MOST_EVENTS)
    groups: list[GroupIn] = Field(min_length=1, max_length=MOST_GROUPS)


class EngagementGroupOut(Schema):
    name_zh: str
    name_en: str
    days: int
    key_times: int


class DefinitionOut(Schema):
    """A definition; version 0 is the one that every workspace begins with."""

    version: int
    period: Literal["week", "month"]
    events: list[str]
    key_events: list[str]
    groups: list[EngagementGroupOut]


class SizesOut(Schema):
    """A period: how many were on each level and no higher; level 0 is below all groups."""

    first: date
    last: date
    is_complete: bool
    levels: list[int]


class EngagementMoveOut(Schema):
    """How many were on one level in the period before and are on another now: a number, ``away`` or ``new``."""

    was: str
    now: str
    count: int


class EngagementOut(AnswerOut):
    """The answer, and what it rests on: definition, days, zone, moment, the table that answered, the data's version."""

    definition: DefinitionOut
    periods: list[SizesOut]
    moves_from: BucketOut
    moves_into: BucketOut
    moves: list[EngagementMoveOut]
    rose: int
    fell: int
    stayed: int
    came_new: int
    came_back: int
    left: int


@router.post(
    "/questions/engagement",
    auth=token("view"),
    response=EngagementOut,
    summary="Ask about engagement groups",
    tags=["insight"],
)
def engagement(request: ApiRequest, question: EngagementIn) -> dict[str, Any]:
    """Who is valid, active, core, and who moved between the groups, over the accounts that the token may see."""
    return telling.told(queries.answer_data(request.member, question.model_dump(mode="json", by_alias=True)))


@router.get(
    "/engagement",
    auth=token("view"),
    response=DefinitionOut,
    summary="Definition of engagement groups",
    tags=["insight"],
)
def definition(request: ApiRequest, subject: Subjects = "people") -> dict[str, Any]:
    """What makes accounts or people valid, active, core."""
    return telling.definition(definitions.current(request.workspace, Subject(subject)))


@router.put(
    "/engagement",
    auth=token("manage"),
    response=DefinitionOut,
    summary="Define engagement groups",
    tags=["insight"],
)
def define(request: ApiRequest, definition: DefinitionIn, subject: Subjects = "people") -> dict[str, Any]:
    """Say from now on what the groups are; earlier periods follow it too. Versions before stay in the audit trail."""
    definitions.define(
        workspace=request.workspace, subject=Subject(subject), data=definition.model_dump(), by=request.member
    )
    return telling.definition(definitions.current(request.workspace, Subject(subject)))
