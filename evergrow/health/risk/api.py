"""Operations on models of churn and expansion: their cards, and what the one in force says of accounts."""

from datetime import date, datetime
from typing import Any, Literal

from django.http import Http404
from ninja import Query, Router, Schema, Status
from pydantic import Field

from evergrow.customers.access import account_or_404
from evergrow.health import queries as health
from evergrow.health.risk import actions, queries, scores
from evergrow.health.risk.models import LikelihoodBand, RiskModel
from evergrow.workspaces.api import ApiRequest, Number, Page, Window, page, token

router = Router(tags=["health"])
Target = Literal["churn", "expansion"]


class RiskModelOut(Schema):
    """A version of a model. ``card``: data, dates, measures on later months, baselines, features. ``watch``: drift and
    outcomes since."""

    target: Target
    number: int
    state: Literal["draft", "published", "retired"]
    horizon_days: int
    created_at: datetime
    published_at: datetime | None
    card: dict[str, Any]
    watch: dict[str, Any]


class RiskReasonOut(Schema):
    """What moves the chance: ``effect`` in log-odds, above 0 where it makes it likelier."""

    key: str
    value: float | None
    usual: float | None
    effect: float
    en: str
    zh: str


class LikelihoodOut(Schema):
    """The chance (0–1) within the model's horizon, with the 95 % interval seen among accounts with a like chance."""

    account: int = Field(alias="account.number")
    chance: float
    low: float
    high: float
    band: LikelihoodBand
    model: int = Field(alias="model.number")
    horizon_days: int = Field(alias="model.horizon_days")
    as_of: date
    reasons: list[RiskReasonOut]


class RiskEffectOut(Schema):
    feature: str
    value: float | None
    effect: float


class RiskExplanationOut(Schema):
    """The log-odds of the chance: ``base`` and all effects add up to ``log_odds``; chance = 1 / (1 + e^−log_odds)."""

    chance: float
    log_odds: float
    base: float
    effects: list[RiskEffectOut]


class RiskPointOut(Schema):
    day: date
    chance: float
    low: float
    high: float


class LikelihoodWindow(Window):
    target: Target = "churn"
    band: LikelihoodBand | None = None


class OfTarget(Schema):
    target: Target = "churn"


class RiskHistoryDays(OfTarget):
    days: int = Field(90, ge=1, le=1000)


class RiskQueued(Schema):
    job: int


@router.get("/risk/models", auth=token("view"), response=list[RiskModelOut], summary="Models of a target")
def models(request: ApiRequest, of: Query[OfTarget]) -> Any:
    """All versions, the newest first."""
    return queries.versions(request.workspace, of.target)


@router.post("/risk/training", auth=token("manage"), response={202: RiskQueued}, summary="Train a model")
def train(request: ApiRequest, of: Query[OfTarget]) -> Status[dict[str, int]]:
    """Queue a training; the model becomes the draft, where the data suffice."""
    job = actions.request_training(workspace=request.workspace, target=of.target, by=request.member)
    return Status(202, {"job": job.pk})


@router.get("/risk/accounts", auth=token("view"), response=Page[LikelihoodOut], summary="Chances of accounts")
def likelihoods(request: ApiRequest, window: Query[LikelihoodWindow]) -> dict[str, Any]:
    """What the model in force says of the customers that the token may see, the likeliest first."""
    rows = queries.likelihoods(window.target, health.portfolio(request.member))
    return page(rows if window.band is None else rows.filter(band=window.band), window)


@router.get("/accounts/{number}/risk", auth=token("view"), response=LikelihoodOut, summary="Chance of an account")
def likelihood(request: ApiRequest, number: Number, of: Query[OfTarget]) -> Any:
    return _found(request, number, of.target)


@router.get(
    "/accounts/{number}/risk/history", auth=token("view"), response=list[RiskPointOut], summary="History of a chance"
)
def history(request: ApiRequest, number: Number, window: Query[RiskHistoryDays]) -> list[Any]:
    """The chances of the last days, oldest first."""
    account = account_or_404(request.member, number)
    since = date.fromordinal(request.workspace.today().toordinal() - window.days)
    return list(scores.history(request.workspace.pk, window.target, account.number, since))


@router.get(
    "/accounts/{number}/risk/explanation",
    auth=token("view"),
    response=RiskExplanationOut,
    summary="Why a chance is what it is",
)
def explain(request: ApiRequest, number: Number, of: Query[OfTarget]) -> dict[str, Any]:
    """Every feature's effect on the log-odds; base and effects add up exactly."""
    found = _found(request, number, of.target)
    told = scores.detail(request.workspace.pk, of.target, number, found.model_id, found.as_of)
    if told is None:
        raise Http404
    model: RiskModel = found.model
    rows = zip(model.definition["features"], told["observed"], told["effects"], strict=True)
    return {
        "chance": found.chance,
        "log_odds": told["base"] + sum(told["effects"]),
        "base": told["base"],
        "effects": [
            {"feature": key, "value": None if value != value else value, "effect": effect}
            for key, value, effect in rows
        ],
    }


def _found(request: ApiRequest, number: int, target: str) -> Any:
    found = queries.of(target, account_or_404(request.member, number))
    if found is None:
        raise Http404
    return found
