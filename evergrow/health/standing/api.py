"""Operations on the whole portfolio: moves between two days, expected losses, gaps."""

from datetime import date, timedelta

from ninja import Query, Router, Schema
from pydantic import Field

from evergrow.customers import access
from evergrow.health import queries
from evergrow.health.standing import losing, missing, moving
from evergrow.lib.bilingual import Name
from evergrow.workspaces.api import ApiRequest, Day, token

router = Router(tags=["health"])


class CellOut(Schema):
    """Accounts and monthly revenue; ``before`` is "come" for new customers, ``after`` "gone" for lost ones."""

    before: str
    after: str
    accounts: int
    mrr: float


class StandingMovementOut(Schema):
    since: date
    until: date
    fell: int
    rose: int
    stayed: int
    come: int
    gone: int
    cells: list[CellOut] = Field(description="Only cells with accounts.")


class Between(Schema):
    since: Day | None = Field(None, description="A week before until, if left out.")
    until: Day | None = Field(None, description="Today, if left out.")


class LossOut(Schema):
    """An account; ``expected`` = ``chance`` × ``yearly``, in the workspace's currency."""

    account: int
    band: str
    score: float | None
    chance: float
    low: float | None
    high: float | None
    yearly: float
    expected: float
    reasons: list[dict[str, object]]


class LossesOut(Schema):
    """``source`` says where the probabilities come from; null where there are none yet."""

    source: Name | None
    days: int | None
    as_of: date | None
    backtest: int | None
    expected: float
    unknown: int = Field(description="Accounts without a probability.")
    accounts: list[LossOut]


class Most(Schema):
    limit: int = Field(100, ge=1, le=1000)


class GapOut(Schema):
    measure: str
    known: float = Field(description="The share of accounts that have it (0–1).")
    missing: int
    accounts: int


@router.get("/health/movement", auth=token("view"), response=StandingMovementOut, summary="Moves between bands")
def movement(request: ApiRequest, between: Query[Between]) -> dict[str, object]:
    """Bands on two days, both by the published scorecard, with who came and who went."""
    until = min(between.until or request.workspace.today(), request.workspace.today())
    since = min(between.since or until - timedelta(days=7), until)
    found = moving.moves(request.workspace, access.accounts(request.member), since, until)
    return {
        "since": since,
        "until": until,
        "fell": found.count("fell"),
        "rose": found.count("rose"),
        "stayed": found.count("same"),
        "come": found.come,
        "gone": found.gone,
        "cells": [cell for _, cells in found.matrix for cell in cells if cell.accounts],
    }


@router.get("/health/expected-losses", auth=token("view"), response=LossesOut, summary="Expected losses")
def losses(request: ApiRequest, most: Query[Most]) -> dict[str, object]:
    """The accounts by probability of losing them times their yearly revenue, largest first."""
    found = losing.losses(request.workspace, queries.portfolio(request.member))
    chances = found.chances
    return {
        "source": chances.words if chances else None,
        "days": chances.days if chances else None,
        "as_of": chances.as_of if chances else None,
        "backtest": chances.backtest if chances else None,
        "expected": found.expected,
        "unknown": found.unknown,
        "accounts": [
            {
                "account": row.account.number,
                "band": row.state.band,
                "score": row.state.score,
                "chance": row.chance,
                "low": row.span[0] if row.span else None,
                "high": row.span[1] if row.span else None,
                "yearly": row.yearly,
                "expected": row.expected,
                "reasons": row.state.reasons,
            }
            for row in found.rows[: most.limit]
        ],
    }


@router.get("/health/gaps", auth=token("view"), response=list[GapOut], summary="Missing measures")
def gaps(request: ApiRequest) -> list[dict[str, object]]:
    """For each measure of the scorecard for how many accounts it is missing today, the least known first."""
    found = missing.today(request.workspace, queries.portfolio(request.member))
    return [
        {"measure": gap.measure.key, "known": gap.known, "missing": gap.accounts, "accounts": gap.of}
        for gap in (missing.gaps(found) if found else [])
    ]
