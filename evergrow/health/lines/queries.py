"""An account's product lines for reading: each with its measures in words."""

from dataclasses import dataclass
from typing import Any

from evergrow.customers.models import Account
from evergrow.health import card as cards
from evergrow.health.asked import source_of
from evergrow.health.card import Measure
from evergrow.health.lines.models import ProductLineHealth
from evergrow.health.models import ScorecardVersion
from evergrow.health.sources import Source


@dataclass(frozen=True, slots=True)
class LineMeasure:
    """``cost``: the points of the line's score lost to the measure."""

    measure: Measure
    source: Source
    value: float | None
    points: float | None
    weight: float
    cost: float


@dataclass(frozen=True, slots=True)
class AccountLine:
    """A line with the measures of its card; ``key`` is the card's."""

    state: ProductLineHealth
    key: str
    measures: list[LineMeasure]


def of_account(account: Account) -> list[AccountLine]:
    """The lines of an account as of the latest computation, the lowest score first."""
    rows = list(ProductLineHealth.objects.filter(account=account).select_related("product"))
    versions = ScorecardVersion.objects.select_related("scorecard").filter(
        scorecard__product__in=[row.product_id for row in rows], scorecard__archived_at=None
    )
    known = {(each.scorecard.product_id, each.number): each for each in versions}
    found = [_line(row, known[row.product_id, row.version]) for row in rows if (row.product_id, row.version) in known]
    return sorted(found, key=lambda line: (line.state.score is None, line.state.score or 0.0))


def _line(row: ProductLineHealth, version: ScorecardVersion) -> AccountLine:
    card = cards.read(version.definition)
    told = {part["key"]: part for part in row.measures}
    measures = [_measure(measure, told.get(measure.key, {})) for measure in card.measures]
    return AccountLine(row, version.scorecard.key, measures)


def _measure(measure: Measure, told: dict[str, Any]) -> LineMeasure:
    points, weight = told.get("points"), told.get("weight") or 0.0
    cost = 0.0 if points is None else weight * (100 - points)
    return LineMeasure(measure, source_of(measure), told.get("value"), points, weight, cost)
