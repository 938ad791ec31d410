"""Health by band, and what moved between bands since last week."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models.functions import Abs

from evergrow.customers.models import Account
from evergrow.health import queries as health
from evergrow.web import geometry
from evergrow.web.home.scope import Scope

SHOWN = 5
Moves = dict[tuple[str, str], float]


@dataclass(frozen=True, slots=True)
class Mover:
    """An account that changed its band: score then and now, and the reason that weighs most."""

    account: Account
    before: float | None
    band: str
    score: float | None
    reason: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Week:
    """The flow in accounts and in MRR, and who moved most."""

    then: date
    accounts: Moves
    mrr: Moves
    fell: int
    rose: int
    known: int
    movers: list[Mover]
    reason: dict[str, Any] | None
    reason_count: int

    @property
    def moved(self) -> int:
        return self.fell + self.rose

    @property
    def is_known(self) -> bool:
        return bool(self.accounts)


def week(scope: Scope) -> Week:
    """Between the bands of a week ago and now. Accounts without enough data count as "insufficient" on that side."""
    found = health.movement(scope.workspace, scope.accounts())
    accounts: Moves = {}
    mrr: Moves = {}
    for flow in found.flows:
        key = (flow.before or "insufficient", flow.after)
        accounts[key] = accounts.get(key, 0) + flow.accounts
        mrr[key] = mrr.get(key, 0) + float(flow.mrr)
    known = sum(int(n) for key, n in accounts.items() if geometry.movement(*key) == "known")
    reason, count = _main_reason(scope)
    return Week(
        scope.workspace.today() - timedelta(days=7),
        accounts, mrr, found.fell, found.rose, known, _movers(scope), reason, count,
    )  # fmt: skip


def _movers(scope: Scope) -> list[Mover]:
    """Falls before rises, and within each the largest change first."""
    rows = health.states(scope.workspace, scope.accounts()).select_related("account")
    rows = rows.order_by(Abs("change_7d").desc(nulls_last=True), "account__number")
    fallen = list(rows.filter(health.fell())[:SHOWN])
    risen = list(rows.filter(health.rose())[: SHOWN - len(fallen)]) if len(fallen) < SHOWN else []
    return [
        Mover(
            state.account,
            None if state.score is None or state.change_7d is None else state.score - state.change_7d,
            state.band,
            state.score,
            state.reasons[0] if state.reasons else None,
        )
        for state in [*fallen, *risen]
    ]


def _main_reason(scope: Scope) -> tuple[dict[str, Any] | None, int]:
    """The measure that weighs most among the accounts that fell, and for how many of them."""
    states = health.states(scope.workspace, scope.accounts()).filter(health.fell())
    counts: dict[str, int] = {}
    for reasons in states.values_list("reasons", flat=True):
        lost = [reason for reason in reasons if reason.get("measure") and (reason.get("points") or 0) < 0]
        if lost:
            counts[lost[0]["measure"]] = counts.get(lost[0]["measure"], 0) + 1
    if not counts:
        return None, 0
    measure = max(counts, key=lambda key: counts[key])
    return _measure_name(scope, measure), counts[measure]


def _measure_name(scope: Scope, measure: str) -> dict[str, Any] | None:
    version = health.published(scope.workspace)
    return named(version.definition, measure) if version else None


def named(definition: dict[str, Any], measure: str) -> dict[str, Any] | None:
    """The two-language name of a measure in a scorecard's definition."""
    for group in definition.get("groups", []):
        for one in group.get("measures", []):
            if one.get("key") == measure:
                return dict(one["name"])
    return None
