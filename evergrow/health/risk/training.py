"""From rows to a model with its card, as plain JSON. Nothing is stored here.

The tested figures come from a model that had seen none of the test months. The model that is handed out is then fitted
on all months in the chosen way, and calibrated on the predictions for the test months, which were made unseen.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from evergrow.health.risk import drift, enough, measures, plain, validation
from evergrow.health.risk.catalogue import FEATURES, KEYS
from evergrow.health.risk.choosing import calibration
from evergrow.health.risk.rows import Table
from evergrow.health.risk.validation import Validated

RECENT_MONTHS = 6
HIGH, RAISED = 2.0, 1.0


@dataclass(frozen=True, slots=True)
class Trained:
    """``definition`` predicts (``plain.py``) and holds what scoring needs; ``card`` is for reading."""

    definition: dict[str, Any]
    card: dict[str, Any]


def train(table: Table, target: str, horizon: int) -> Trained:
    """The model of these rows, which are enough (``enough.missing`` gives nothing)."""
    columns = enough.known_columns(table)
    wanted = validation.plan(table.months, enough.wait(target, horizon))
    if wanted is None:
        raise ValueError("There are too few months to validate over time.")
    tested = validation.validate(table, columns, wanted)
    outcome, group = table.outcome[tested.places], table.account[tested.places]
    calibrated = {"calibration": calibration(tested.log_odds, outcome)}
    definition = tested.chosen.candidate.fit(table.rows(columns)) | calibrated
    chance = plain.calibrated(definition, tested.log_odds)
    rate = float(table.outcome.mean())
    definition |= {
        "features": [KEYS[column] for column in columns],
        "reference": _references(table, columns, definition),
        "bands": {"high": min(0.9, HIGH * rate), "raised": RAISED * rate},
        "intervals": [
            [each.low, each.high, each.observed_low, each.observed_high, each.accounts]
            for each in measures.reliability(chance, outcome, group)
        ],
    }
    return Trained(definition, _card(table, columns, target, horizon, wanted, tested))


def _references(table: Table, columns: np.ndarray, definition: dict[str, Any]) -> dict[str, Any]:
    """How features and predictions were spread in the newest months that were learned from."""
    recent = table.day >= float(table.months[-min(RECENT_MONTHS, len(table.months))].toordinal())
    values = table.values[recent][:, columns]
    return {
        "features": {KEYS[column]: drift.reference(values[:, at]) for at, column in enumerate(columns)},
        "score": drift.reference(plain.predict(definition, values)),
    }


def _card(
    table: Table, columns: np.ndarray, target: str, horizon: int, wanted: validation.Plan, tested: Validated
) -> dict[str, Any]:
    outcome, group = table.outcome[tested.places], table.account[tested.places]
    known = (~np.isnan(table.values)).mean(axis=0)
    return {
        "target": target,
        "horizon_days": horizon,
        "data": {
            "rows": len(table),
            "accounts": len(np.unique(table.account)),
            "events": int(table.outcome.sum()),
            "event_accounts": len(np.unique(table.account[table.outcome == 1])),
            "base_rate": float(table.outcome.mean()),
            "first_month": table.months[0].isoformat(),
            "last_month": table.months[-1].isoformat(),
            "months": len(table.months),
            "censored": table.censored,
            "unclear": table.unclear,
        },
        "kind": tested.chosen.candidate.key,
        "candidates": tested.chosen.losses,
        "learned": [wanted.learn[0].isoformat(), wanted.learn[-1].isoformat()],
        "tested": [wanted.test[0].isoformat(), wanted.test[-1].isoformat()],
        "measures": measures.summary(tested.chance, outcome, group),
        "baselines": validation.baselines(table, wanted),
        "reliability": [
            {"predicted": b.predicted, "observed": b.observed, "low": b.observed_low, "high": b.observed_high,
             "rows": b.rows, "accounts": b.accounts}
            for b in measures.reliability(tested.chance, outcome, group)
        ],
        "roc": measures.roc(tested.chance, outcome),
        "roc_last_activity": _roc_of_last_activity(table, tested.places),
        "features": _weights(table, columns, tested, known),
        "left_out": [
            {"key": key, "known": float(known[place])} for place, key in enumerate(FEATURES) if place not in columns
        ],
    }  # fmt: skip


def _roc_of_last_activity(table: Table, places: np.ndarray) -> list[list[float]]:
    idle = table.values[places, KEYS.index("days_since_use")]
    known = ~np.isnan(idle)
    return measures.roc(idle[known], table.outcome[places][known]) if known.any() else []


def _weights(table: Table, columns: np.ndarray, tested: Validated, known: np.ndarray) -> list[dict[str, Any]]:
    """Each feature with its mean absolute effect on the log-odds of the test rows, the weightiest first."""
    effects = plain.explain(tested.chosen.definition, table.values[tested.places][:, columns]).effects
    weight = np.abs(effects).mean(axis=0)
    found = [
        {"key": KEYS[column], "weight": float(weight[at]), "known": float(known[column])}
        for at, column in enumerate(columns)
    ]
    return sorted(found, key=lambda row: -float(row["weight"]))
