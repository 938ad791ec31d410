"""Funnels through the API: the same JSON form that a saved question has, the same answer as on the page."""

from typing import Annotated, Any, Literal

from ninja import Router, Schema
from pydantic import ConfigDict, Field

from evergrow.insight import queries
from evergrow.insight.api.parts import AnswerOut, BetweenIn, BucketOut, FilterIn, LastIn
from evergrow.insight.conditions import MOST_CONDITIONS
from evergrow.insight.funnel import telling
from evergrow.insight.funnel.question import (
    FEWEST_STEPS,
    LARGEST_TOP,
    MOST_EXCLUSIONS,
    MOST_STEPS,
    Attribution,
    Counting,
    Order,
    Start,
    Subject,
    Unit,
)
from evergrow.insight.period import Interval
from evergrow.workspaces.api import ApiRequest, Input, Line, token

router = Router()


class StepIn(Input):
    """An event (empty: any) whose filters all hold. A step in the middle may be optional."""

    event: Line
    filters: list[FilterIn] = Field([], max_length=MOST_CONDITIONS)
    is_optional: bool = False


class ExclusionIn(Input):
    """An event that ends a try between step ``after`` and step ``before`` (1 is the first)."""

    event: Line
    filters: list[FilterIn] = Field([], max_length=MOST_CONDITIONS)
    after: int = Field(1, ge=1, le=MOST_STEPS)
    before: int = Field(2, ge=2, le=MOST_STEPS)


class WindowIn(Input):
    """How long after the first step the last one still counts, the end included."""

    count: int = Field(14, ge=1)
    unit: Unit = Unit.DAY


class FunnelSplitIn(Input):
    """The largest values of a topic. ``step``: whose value counts where ``attribution`` is ``step``."""

    by: Line
    top: int = Field(5, ge=1, le=LARGEST_TOP)
    attribution: Attribution = Attribution.FIRST
    step: int = Field(1, ge=1, le=MOST_STEPS)


class FunnelIn(Input):
    """A funnel question. Every part but ``steps`` has a default; ``against``: other filters to compare with.

    ``versus``: two groups to compare with each other, ``part:=Pro`` (a value of the breakdown; ``part:-`` not set,
    ``part:+`` all others) or ``segment:trial`` (a segment of people or accounts by its key).
    """

    kind: Literal["funnel"] = "funnel"
    version: Literal[1] = 1
    steps: list[StepIn] = Field(min_length=FEWEST_STEPS, max_length=MOST_STEPS)
    subject: Subject = Subject.PEOPLE
    order: Order = Order.ORDERED
    start: Start = Start.LATEST
    counting: Counting = Counting.UNIQUE
    window: WindowIn = WindowIn(count=14)
    range: LastIn | BetweenIn = LastIn(last=30, unit=Interval.DAY)
    exclusions: list[ExclusionIn] = Field([], max_length=MOST_EXCLUSIONS)
    drops_subject: bool = False
    hold: Line = ""
    filters: list[FilterIn] = Field([], max_length=MOST_CONDITIONS)
    split: FunnelSplitIn | None = None
    against: list[FilterIn] | None = Field(None, max_length=MOST_CONDITIONS)
    versus: list[Annotated[str, Field(max_length=600)]] | None = Field(None, min_length=2, max_length=2)
    over: Interval | None = None


class WaitsOut(Schema):
    """How long a step took since the one before it on the way, in seconds."""

    count: int
    shortest: float
    median: float
    p90: float
    longest: float


class FunnelDifferenceOut(Schema):
    """Everybody's (of two groups the first one's) conversion minus this one, with Newcombe's 95% interval."""

    value: float
    low: float
    high: float


class BranchOut(Schema):
    """One funnel: how many reached each step, the conversion with Wilson's 95% interval, and how long it took."""

    part: Literal["whole", "value", "not_set", "other"]
    value: str
    counts: list[int]
    conversion: float | None
    interval: list[float] | None
    waits: list[WaitsOut | None]
    whole_way: WaitsOut | None
    difference: FunnelDifferenceOut | None


class FunnelGroupOut(Schema):
    """A group that is compared; ``name`` is that of a segment in both languages."""

    group: str
    name: dict[str, str] | None
    counts: list[int]
    conversion: float | None
    interval: list[float] | None


class VersusOut(Schema):
    """Two groups, the first conversion minus the second with Newcombe's 95% interval, and members of both segments."""

    groups: list[FunnelGroupOut]
    difference: FunnelDifferenceOut | None
    overlap: int


class SpreadOut(Schema):
    """Bins of waits before step ``step`` (from 0; the number of steps is the whole way), ``width`` seconds wide."""

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)
    step: int
    begin: float = Field(alias="from")
    width: float
    counts: list[int]


class FunnelPeriodOut(BucketOut):
    """Those who entered in a period. Complete when the period is, and the window of all who entered has passed."""

    counts: list[int]


class FunnelOut(AnswerOut):
    """The answer, and what it rests on: the days of entry, the zone, the moment, the table, the data's version."""

    is_complete: bool = Field(description="Whether the window of all who entered has passed.")
    whole: BranchOut
    parts: list[BranchOut]
    parts_found: int
    against: BranchOut | None
    versus: VersusOut | None
    spreads: list[SpreadOut]
    periods: list[FunnelPeriodOut]


@router.post("/questions/funnel", auth=token("view"), response=FunnelOut, summary="Ask a funnel", tags=["insight"])
def funnel(request: ApiRequest, question: FunnelIn) -> dict[str, Any]:
    """How many of those who began went on, step by step, over the accounts that the token may see."""
    return telling.told(queries.answer_data(request.member, question.model_dump(mode="json", by_alias=True)))
