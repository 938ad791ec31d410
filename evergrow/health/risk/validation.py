"""Validation over time: learn from earlier months, be asked about later ones, with the horizon between them.

A row of a month tells what happened in the horizon after it. A model that stands on day D may therefore learn only from
months whose horizon was over on D; months in between belong to neither side.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from evergrow.health.risk import measures, plain
from evergrow.health.risk.catalogue import KEYS
from evergrow.health.risk.choosing import Chosen, Split, choose
from evergrow.health.risk.fitting import Rows, logistic
from evergrow.health.risk.rows import Table

FOLDS = 3
TEST_SHARE = 4
LEAST_EVENTS = 15


@dataclass(frozen=True, slots=True)
class Plan:
    """Months by use: ``learn`` before the test, ``test``, and the blocks of ``learn`` that are held out in turn."""

    learn: list[date]
    test: list[date]
    folds: list[tuple[list[date], list[date]]]


def plan(months: list[date], wait: timedelta) -> Plan | None:
    """How rising months are used; None where there are too few. ``wait``: from a month until its outcome is known."""
    if len(months) < 3:
        return None
    test = months[-max(2, round(len(months) / TEST_SHARE)) :]
    learn = _before(months, test[0], wait)
    later = learn[len(learn) // 2 :]
    blocks = [list(block) for block in np.array_split(np.array(later, dtype=object), FOLDS) if len(block)]
    folds = [(_before(months, block[0], wait), block) for block in blocks]
    folds = [(train, block) for train, block in folds if train]
    return Plan(learn, test, folds) if folds else None


def least_months(wait: timedelta) -> int:
    """How many settled months ``plan`` needs, in whichever month they begin."""
    return max(_least_from(date(2001, begin, 1), wait) for begin in range(1, 13))


def _least_from(begin: date, wait: timedelta) -> int:
    months = [begin]
    while plan(months, wait) is None:
        months.append((months[-1] + timedelta(days=32)).replace(day=1))
    return len(months)


def _before(months: list[date], day: date, wait: timedelta) -> list[date]:
    return [month for month in months if month + wait <= day]


@dataclass(frozen=True, slots=True)
class Validated:
    """``log_odds`` before calibration and ``chance`` of the test rows, from a model that had not seen them."""

    chosen: Chosen
    places: np.ndarray
    log_odds: np.ndarray
    chance: np.ndarray


def validate(table: Table, columns: np.ndarray, wanted: Plan) -> Validated:
    """Choose, fit and calibrate on the months to learn from, then predict the later ones."""
    learn, test = _places(table, wanted.learn), _places(table, wanted.test)
    rows = table.rows(columns)
    chosen = choose(rows.at(learn), _splits(table, learn, wanted), by_last=True)
    raw = plain.log_odds(chosen.definition, rows.values[test])
    return Validated(chosen, test, raw, plain.calibrated(chosen.definition, raw))


def baselines(table: Table, wanted: Plan) -> list[dict[str, Any]]:
    """What simpler ways come to on the same test rows: the base rate, the last activity alone, the score alone."""
    learn, test = _places(table, wanted.learn), _places(table, wanted.test)
    outcome, group = table.outcome[test], table.account[test]
    rate = np.full(len(test), table.outcome[learn].mean())
    found = [{"key": "base_rate"} | _told(rate, outcome, group)]
    alone = {"last_activity": table.values[:, KEYS.index("days_since_use")], "health_score": table.score}
    for key, values in alone.items():
        known = {"key": key, "known": float(np.mean(~np.isnan(values[test])))}
        if np.isnan(values[learn]).all() or np.isnan(values[test]).all():
            found.append(known)
            continue
        one = Rows(values[:, None], table.outcome, table.account, np.array([False]))
        fitted = logistic(10.0).fit(one.at(learn))
        found.append(known | _told(plain.predict(fitted, values[test][:, None]), outcome, group))
    return found


def _told(chance: np.ndarray, outcome: np.ndarray, group: np.ndarray) -> dict[str, Any]:
    return {
        "auc": measures.auc(chance, outcome),
        "auc_interval": measures.auc_interval(chance, outcome, group),
        "brier": measures.brier(chance, outcome),
        "calibration_error": measures.calibration_error(chance, outcome),
        "lift": measures.lift(chance, outcome),
    }


def _places(table: Table, months: list[date]) -> np.ndarray:
    return np.flatnonzero(np.isin(table.day, [float(month.toordinal()) for month in months]))


def _splits(table: Table, learn: np.ndarray, wanted: Plan) -> list[Split]:
    """The folds as places within the rows to learn from; one that would learn from too few events is left out."""
    place = np.full(len(table), -1)
    place[learn] = np.arange(len(learn))
    found = [(place[_places(table, train)], place[_places(table, block)]) for train, block in wanted.folds]
    return [(train, test) for train, test in found if len(test) and _can_learn(table.rows().at(learn[train]))]


def _can_learn(rows: Rows) -> bool:
    """Both outcomes, and enough accounts to whom it happened."""
    accounts = len(np.unique(rows.group[rows.outcome == 1]))
    return accounts >= LEAST_EVENTS and bool((rows.outcome == 0).any())
