"""Operations on back-tests of the scorecard."""

from datetime import date, datetime
from typing import Any

from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema, Status
from pydantic import Field

from evergrow.health.backtest import actions, queries
from evergrow.health.backtest.models import BackTest
from evergrow.health.backtest.outcomes import Outcome
from evergrow.health.backtest.plan import MOST_CAPACITY, Plan, Step
from evergrow.workspaces.api import ApiRequest, Input, Number, Page, Window, page, refusal, token

router = Router(tags=["health"])
refusal(actions.TooMany, 409)
refusal(actions.CannotTest, 422)


class BackTestIn(Input):
    """``within``: 30, 60, 90 or 180 days. ``capacity``: accounts that the team can look at in a week."""

    outcome: Outcome = Outcome.LOST
    within: int = Field(90, ge=1, le=1000)
    step: Step = Step.MONTHLY
    capacity: int = Field(10, ge=1, le=MOST_CAPACITY)


class BackTestOut(Schema):
    """A run; ``state`` is that of its job. ``version`` is the number of the version that was tested."""

    number: int
    version: int
    published_version: int
    is_draft: bool
    outcome: Outcome
    within: int
    step: Step
    capacity: int
    state: str
    done: int
    total: int
    rule_version: int
    created_at: datetime
    finished_at: datetime | None

    @staticmethod
    def resolve_state(one: BackTest) -> str:
        return "done" if one.is_done else one.job.state if one.job else "cancelled"

    @staticmethod
    def resolve_done(one: BackTest) -> int:
        return one.job.done_units if one.job else 0

    @staticmethod
    def resolve_total(one: BackTest) -> int:
        return one.job.total_units if one.job else 0


class ResultOut(BackTestOut):
    """``result`` is empty until the run is done; docs/health.md tells its parts."""

    result: dict[str, Any]


class RowOut(Schema):
    """An account on a past day. Scores are null where there was too little data; ``other`` is the published card's."""

    day: date
    account: int
    score: float | None
    band: str
    other: float | None
    other_band: str
    idle: float | None = Field(description="Days since the last use; null where there never was any.")
    happened: bool
    taken: bool
    mrr: float
    mrr_after: float
    ended: date | None

    @staticmethod
    def resolve_score(row: queries.Row) -> float | None:
        return _known(row.score)

    @staticmethod
    def resolve_other(row: queries.Row) -> float | None:
        return _known(row.other)

    @staticmethod
    def resolve_idle(row: queries.Row) -> float | None:
        return _known(row.idle)


class WhichRows(Schema):
    limit: int = Field(1000, ge=1, le=100_000)


@router.get("/health/back-tests", auth=token("manage"), response=Page[BackTestOut], summary="Back-tests")
def backtests(request: ApiRequest, window: Query[Window]) -> dict[str, Any]:
    """The runs whose accounts the token may see, newest first."""
    return page(queries.visible(request.member), window, by="-number")


@router.post("/health/back-tests", auth=token("manage"), response={201: BackTestOut}, summary="Run a back-test")
def request_backtest(request: ApiRequest, plan: BackTestIn) -> Status[BackTest]:
    """Test the saved draft, or the published card where there is none. Read the result when it is done."""
    asked = Plan(plan.outcome, plan.within, plan.step, plan.capacity)
    return Status(201, actions.request_backtest(workspace=request.workspace, plan=asked, by=request.member))


@router.get("/health/back-tests/{number}", auth=token("manage"), response=ResultOut, summary="A back-test")
def backtest(request: ApiRequest, number: Number) -> BackTest:
    return _found(request, number)


@router.get(
    "/health/back-tests/{number}/rows", auth=token("manage"), response=list[RowOut], summary="Rows of a back-test"
)
def rows(request: ApiRequest, number: Number, which: Query[WhichRows]) -> list[queries.Row]:
    """The accounts and days it looked at, latest day first."""
    return queries.rows(_found(request, number), request.member, limit=which.limit)


@router.post("/health/back-tests/{number}/stop", auth=token("manage"), response=BackTestOut, summary="Stop a back-test")
def stop(request: ApiRequest, number: Number) -> BackTest:
    """One that waits or runs; one that is over stays as it is."""
    actions.stop_backtest(backtest=_found(request, number), by=request.member)
    return _found(request, number)


def _found(request: ApiRequest, number: int) -> BackTest:
    return get_object_or_404(queries.visible(request.member), number=number)


def _known(value: float) -> float | None:
    return None if value != value else value
