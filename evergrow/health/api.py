"""Operations on health: how an account is now, how it was, and why."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import Http404
from ninja import Query, Router, Schema
from pydantic import Field

from evergrow.customers.access import account_or_404
from evergrow.health import explanation, queries
from evergrow.health.models import AccountHealth, HealthBand, Trend
from evergrow.workspaces.api import ApiRequest, Number, Page, Window, page, token

router = Router(tags=["health"])


class HealthOut(Schema):
    """An account's health now: score 0–100, null where the data does not suffice; ``coverage`` is a share (0–1)."""

    account: int = Field(alias="account.number")
    score: float | None
    band: HealthBand
    band_before: str = Field(description="Last week's band; empty where there was no score.")
    change_7d: float | None
    change_30d: float | None
    trend: Trend
    coverage: float
    reasons: list[dict[str, Any]]
    as_of: date
    computed_at: datetime


class HealthWindow(Window):
    band: HealthBand | None = None


class PointOut(Schema):
    day: date
    score: float | None
    band: str


class HistoryDays(Schema):
    days: int = Field(90, ge=1, le=1000)


class Since(Schema):
    days: int = Field(30, ge=1, le=365, description="Compared with the latest score at least so many days old.")


@dataclass(frozen=True, slots=True)
class Effect:
    """What one measure did to the score, in points."""

    measure: str
    value: float
    null: float
    weight: float
    scoring: float


class MeasureOut(Schema):
    """A measure now: ``weight`` is its share of the score (0–1), ``cost`` the points lost to it."""

    key: str = Field(alias="measure.key")
    value: float | None
    before: float | None
    points: float | None
    weight: float
    cost: float
    age: int = Field(description="Days since it was observed.")


class EffectOut(Schema):
    """What a measure did to the change, in points: by its value, by appearing or missing, by the scorecard."""

    measure: str
    value: float
    null: float
    weight: float
    scoring: float


class HealthExplanationOut(Schema):
    """Why the score is what it is; ``before`` plus all effects is ``score``."""

    score: float | None
    band: str
    coverage: float
    as_of: date
    before: float | None
    before_on: date | None
    change: float | None
    measures: list[MeasureOut]
    effects: list[EffectOut]


@router.get("/health", auth=token("view"), response=Page[HealthOut], summary="Health of accounts")
def states(request: ApiRequest, window: Query[HealthWindow]) -> dict[str, Any]:
    """The health of the paying accounts that the token may see."""
    rows = queries.states(request.workspace, queries.portfolio(request.member)).select_related("account")
    return page(rows if window.band is None else rows.filter(band=window.band), window)


@router.get("/accounts/{number}/health", auth=token("view"), response=HealthOut, summary="Health of an account")
def health(request: ApiRequest, number: Number) -> AccountHealth:
    account = account_or_404(request.member, number)
    found = AccountHealth.objects.select_related("account").filter(account=account).first()
    if found is None:
        raise Http404
    return found


@router.get(
    "/accounts/{number}/health/history", auth=token("view"), response=list[PointOut], summary="History of health"
)
def history(request: ApiRequest, number: Number, window: Query[HistoryDays]) -> list[Any]:
    """The scores of the last days, oldest first; weekly where daily ones are not kept."""
    return explanation.history(account_or_404(request.member, number), window.days)


@router.get(
    "/accounts/{number}/health/explanation", auth=token("view"), response=HealthExplanationOut, summary="Why it moved"
)
def explain(request: ApiRequest, number: Number, since: Query[Since]) -> dict[str, Any]:
    """The measures behind the score, and effects that add up to its change exactly."""
    told = explanation.explain(account_or_404(request.member, number), since.days)
    if told is None:
        raise Http404
    return {
        "score": told.now.score,
        "band": told.now.band,
        "coverage": told.now.coverage,
        "as_of": told.now.day,
        "before": told.then.score if told.then else None,
        "before_on": told.then.day if told.then else None,
        "change": told.change,
        "measures": told.measures,
        "effects": _effects(told),
    }


def _effects(told: explanation.Explanation) -> list[Effect]:
    found = told.effects
    if found is None or told.change is None:
        return []
    kinds = (found.value, found.null, found.weight, found.scoring)
    return [Effect(key, *(float(kind[0, place]) for kind in kinds)) for place, key in enumerate(found.keys)]
