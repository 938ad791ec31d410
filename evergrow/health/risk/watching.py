"""How a model in force stands up: drift of what it looks at, and what came of the newest month it had not seen."""

from datetime import date, timedelta
from typing import Any

import numpy as np

from evergrow.health.risk import applying, drift, enough, features, measures, outcomes
from evergrow.health.risk.models import RiskModel
from evergrow.health.risk.records import Records
from evergrow.health.risk.scores import Scored
from evergrow.lib.shares import wilson

CALIBRATION_GROUPS = 5


def watch(model: RiskModel, known: Records, found: Scored) -> dict[str, Any]:
    """PSI of the score and of every feature for today's customers, and outcomes of the newest settled month after the
    months that the model learned from. Raises warehouse.StoreUnavailable."""
    reference = model.definition["reference"]
    listed = [
        _drift(key, drift.index(reference["features"][key], found.observed[:, at]))
        for at, key in enumerate(model.definition["features"])
    ]
    return {
        "as_of": found.day.isoformat(),
        "customers": len(found),
        "score": _drift("", drift.index(reference["score"], found.chance)),
        "features": sorted(listed, key=lambda row: -float(row["psi"])),
        "outcome": _outcome(model, known, found.day),
    }


def newest_settled(target: str, horizon: int, today: date) -> date:
    """The first day of the newest month whose outcomes are known."""
    day = (today - enough.wait(target, horizon)).replace(day=1)
    return day if outcomes.settled(target, day, horizon) <= today else (day - timedelta(days=1)).replace(day=1)


def _drift(key: str, psi: float) -> dict[str, Any]:
    return {"key": key, "psi": round(psi, 4), "verdict": drift.verdict(psi)}


def _outcome(model: RiskModel, known: Records, today: date) -> dict[str, Any]:
    """``{"month", "rows", "predicted", "observed", "low", "high", "calibration_error", "auc"}``; until there is such a
    month ``{"first_on": the day on which there will be}``."""
    last = date.fromisoformat(model.card["data"]["last_month"])
    month = newest_settled(model.target, model.horizon_days, today)
    if month <= last:
        following = (last + timedelta(days=32)).replace(day=1)
        return {"first_on": outcomes.settled(model.target, following, model.horizon_days).isoformat()}
    happened = outcomes.read(model.target, known, month, model.horizon_days)
    if not len(happened.accounts):
        return {"month": month.isoformat(), "rows": 0}
    then = applying.apply(model.definition, known, features.observe(model.workspace, known, month))
    chance = then.chance[np.searchsorted(then.account, happened.accounts)]
    observed = float(happened.happened.mean())
    low, high = wilson(observed * len(chance), len(chance))
    ranked = measures.auc(chance, happened.happened)
    return {
        "month": month.isoformat(),
        "rows": len(chance),
        "predicted": float(chance.mean()),
        "observed": observed,
        "low": low,
        "high": high,
        "calibration_error": measures.calibration_error(chance, happened.happened, CALIBRATION_GROUPS),
        "auc": None if np.isnan(ranked) else ranked,
    }
