"""Tenure of customers with subscriptions: their spells of paying, from the lines behind the movements."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from evergrow.health.money.models import Kind
from evergrow.health.money.steps import Line, steps
from evergrow.health.value.months import Months, months_to_come
from evergrow.lib.survival import Array, Curve, curve

FEWEST_CUSTOMERS = 30
FEWEST_ENDED = 5
EVERYBODY = ""


@dataclass(frozen=True, slots=True)
class Spell:
    """An account paid from ``start`` to ``end`` (None: still does), ``cents`` a month at the last."""

    account: int
    start: date
    end: date | None
    cents: int


@dataclass(frozen=True, slots=True)
class Learned:
    """The curve of everybody (under the empty key) and of each group that is large enough."""

    curves: Mapping[str, Curve]

    def of(self, group: str) -> tuple[str, Curve]:
        """The group's own curve, or that of everybody where it is too small, with its key."""
        return (group, self.curves[group]) if group in self.curves else (EVERYBODY, self.curves[EVERYBODY])


def spells(lines: Mapping[int, Iterable[Line]], today: date) -> list[Spell]:
    """The spells up to today; one that stopped and came back has two."""
    found = []
    for account, own in lines.items():
        start, cents = None, 0
        for step in steps(own, today):
            cents += step.cents
            if step.kind in (Kind.NEW, Kind.REACTIVATION):
                start = step.day
            elif step.kind is Kind.CHURN and start is not None:
                found.append(Spell(account, start, step.day, 0))
                start = None
        if start is not None:
            found.append(Spell(account, start, None, cents))
    return found


def learn(found: list[Spell], group_of: Mapping[int, str], today: date) -> Learned:
    """Curves of tenure; a group needs 30 spells of which 5 have ended."""
    tenure, ended = _columns(found, today)
    groups = np.array([group_of.get(spell.account, "") for spell in found], dtype=object)
    curves = {EVERYBODY: _curve(tenure, ended)}
    for group in sorted(set(groups.tolist()) - {""}):
        mine = np.asarray(groups == group)
        if mine.sum() >= FEWEST_CUSTOMERS and ended[mine].sum() >= FEWEST_ENDED:
            curves[group] = _curve(tenure[mine], ended[mine])
    return Learned(curves)


def _curve(tenure: Array, ended: Array) -> Curve:
    return curve(zip(tenure.astype(int).tolist(), ended.tolist(), strict=True))


def ahead(curve: Curve, running: list[Spell], today: date, horizon: int, discount: float) -> Months:
    """The months to come of spells that run."""
    tenure, _ended = _columns(running, today)
    return months_to_come(curve, tenure, horizon, discount)


def _columns(found: list[Spell], today: date) -> tuple[Array, Array]:
    tenure = np.array([((spell.end or today) - spell.start).days for spell in found], dtype=float)
    return tenure, np.array([spell.end is not None for spell in found], dtype=bool)
