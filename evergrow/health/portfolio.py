"""The portfolio page's numbers: spread, flow, movers, gaps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from django.db.models import Max, QuerySet
from django.utils.translation import gettext

from evergrow import warehouse
from evergrow.customers.models import Account
from evergrow.health import card as cards
from evergrow.health import queries
from evergrow.health.card import INSUFFICIENT, Card, Measure
from evergrow.health.models import ScorecardVersion
from evergrow.workspaces.models import Workspace

BIN = 5


@dataclass(frozen=True, slots=True)
class MeasureCoverage:
    """How many of the accounts have a measure (share 0–1)."""

    measure: Measure
    observed: int
    share: float


@dataclass(frozen=True, slots=True)
class Portfolio:
    """``median`` of the scores with a band; ``histogram``: accounts per five points of score, by band."""

    as_of: date | None
    version: ScorecardVersion | None
    accounts: int
    shares: list[queries.BandShare]
    movement: queries.Movement
    at_risk: queries.AtRisk
    median: float | None
    histogram: list[int]
    gaps: list[MeasureCoverage]

    def count(self, band: str) -> int:
        return next(share.accounts for share in self.shares if share.band == band)


def read(workspace: Workspace, accounts: QuerySet[Account]) -> Portfolio:
    """Everything the page says about these accounts. Raises warehouse.StoreUnavailable."""
    version = queries.published(workspace)
    states = queries.states(workspace, accounts)
    as_of: date | None = states.aggregate(day=Max("as_of"))["day"]
    scores = np.array(states.exclude(band=INSUFFICIENT).values_list("score", flat=True), dtype=float)
    shares = queries.distribution(workspace, accounts)
    return Portfolio(
        as_of=as_of,
        version=version,
        accounts=sum(share.accounts for share in shares),
        shares=shares,
        movement=queries.movement(workspace, accounts),
        at_risk=queries.revenue_at_risk(workspace, accounts),
        median=float(np.median(scores)) if len(scores) else None,
        histogram=np.histogram(scores, bins=np.arange(0, 100 + BIN, BIN))[0].tolist(),
        gaps=coverage_by_measure(workspace, accounts, version, as_of) if version and as_of else [],
    )


def coverage_by_measure(
    workspace: Workspace, accounts: QuerySet[Account], version: ScorecardVersion, day: date
) -> list[MeasureCoverage]:
    """For each measure of the card how many of the accounts have it, least first."""
    rows = warehouse.rows(
        warehouse.statement("health", "coverage_by_measure"),
        workspace_id=workspace.pk,
        day=day,
        version=version.pk,
        accounts=list(accounts.order_by().values_list("number", flat=True)),
    )
    observed, count = rows[0] if rows else ([], 0)
    if not count:
        return []
    card = cards.read(version.definition)
    found = [MeasureCoverage(m, n, n / count) for m, n in zip(card.measures, observed, strict=True)]
    return sorted(found, key=lambda gap: gap.share)


def histogram_chart(counts: Sequence[int], card: Card, url: str) -> dict[str, Any]:
    """Bars of five points each, in the colour of their band; a click opens the list of those accounts."""
    bars = []
    for place, count in enumerate(counts):
        low = place * BIN
        band = next(band.key for band in reversed(card.bands) if low >= band.low - BIN / 2)
        end = low + BIN - 0.001 if low + BIN < 100 else 100
        bars.append(
            {
                "value": count,
                "url": f"{url}?status=active&health=risk&health=watch&health=healthy&score={low}..{end:g}",
                "itemStyle": {"color": f"--{band}-fill"},
            }
        )
    return {
        "unit": "number",
        "xAxis": {"type": "category", "data": [f"{place * BIN}–{place * BIN + BIN}" for place in range(len(counts))]},
        "yAxis": {"type": "value"},
        "series": [
            {"type": "bar", "name": gettext("Accounts"), "data": bars, "barCategoryGap": "8%", "barMaxWidth": 60}
        ],
    }
