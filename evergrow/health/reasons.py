"""Why an account stands where it stands, in one short sentence each, in both languages.

What fell since a trend ago comes first (largest loss first), then what costs most points now.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from evergrow.health.asked import source_of
from evergrow.health.card import INSUFFICIENT, Card, Measure
from evergrow.health.models import Override
from evergrow.health.snapshots import Snapshots
from evergrow.health.sources import Source
from evergrow.lib import bilingual

MOST = 3
FELL = 1.0
COSTS = 3.0
LANGUAGES = {"en": "en", "zh": "zh-hans"}

Reason = dict[str, Any]


def tell(card: Card, now: Snapshots, effects: np.ndarray, before: np.ndarray, change: np.ndarray) -> list[list[Reason]]:
    """Up to three reasons per row of today's snapshots.

    ``effects``: value effects since a trend ago (accounts × measures), ``before``: what was observed then,
    ``change``: the change of the score since then.
    """
    if not len(now):
        return []
    costs = np.nan_to_num(now.weights * (100 - now.points))
    fell = np.where((change < -card.trend_epsilon)[:, None], np.nan_to_num(effects), 0.0)
    keys = np.where(fell <= -FELL, 1000 - fell, np.where(costs >= COSTS, costs, 0.0))
    order = np.argsort(-keys, axis=1, kind="stable")[:, :MOST]
    missing = np.isnan(now.points).sum(axis=1)
    said = _Said(card)
    told: list[list[Reason]] = []
    for row in range(len(now)):
        if now.band[row] == INSUFFICIENT:
            told.append([insufficient(int(missing[row]))])
            continue
        picked = [int(column) for column in order[row] if keys[row, column] > 0]
        told.append([_reason(said, now, row, c, fell[row, c], before[row, c], costs[row, c]) for c in picked])
    return told


def held(card: Card, now: Snapshots, row: int, overrides: Mapping[int, Override]) -> list[Reason]:
    """That people set the score, or a group's, to what, until when and why; comes before all other reasons."""
    found: list[Reason] = []
    for place, pk in enumerate(now.holds[row].tolist()):
        if pk not in overrides:
            continue
        one = overrides[pk]
        names = {} if place == 0 else card.groups[place - 1].name
        head = {
            "en": f"{names['en']} set by hand" if names else "Set by hand",
            "zh": f"{names['zh']}由人工设定" if names else "由人工设定",
        }
        found.append(
            {
                "en": f"{head['en']} to {one.value:g} until {one.until.isoformat()}: {one.reason}",
                "zh": f"{head['zh']}为 {one.value:g}，至 {one.until.isoformat()}：{one.reason}",
                "measure": "",
                "kind": "override",
                "points": round(float(now.override_effect[row]), 2) if place == 0 else 0.0,
            }
        )
    return found


def insufficient(missing: int) -> Reason:
    return {
        "en": f"Too little data: {missing} measure{'s' if missing != 1 else ''} missing",
        "zh": f"覆盖不足：缺 {missing} 项指标",
        "measure": "",
        "kind": "coverage",
        "points": 0.0,
    }


def _reason(said: "_Said", now: Snapshots, row: int, column: int, fell: float, before: float, cost: float) -> Reason:
    value = float(now.observed[row, column])
    if fell <= -FELL:
        words, kind, points = said.moved(column, float(before), value), "fell", float(fell)
    else:
        words, kind, points = said.stands(column, value), "low", -float(cost)
    return {**words, "measure": said.card.measures[column].key, "kind": kind, "points": round(points, 2)}


class _Said:
    """Words for the values of a card, each put together once: many accounts have the same ones."""

    def __init__(self, card: Card) -> None:
        self.card = card
        self._known: dict[tuple[int, float, float | None], dict[str, str]] = {}

    def moved(self, column: int, before: float, after: float) -> dict[str, str]:
        key = (column, after, before)
        if key not in self._known:
            self._known[key] = moved(self.card.measures[column], before, after)
        return self._known[key]

    def stands(self, column: int, value: float) -> dict[str, str]:
        key = (column, value, None)
        if key not in self._known:
            self._known[key] = stands(self.card.measures[column], value)
        return self._known[key]


def moved(measure: Measure, before: float, after: float) -> dict[str, str]:
    """“Active days 11 → 5”."""
    return _both(measure, lambda source, tongue: source.between(before, after, tongue))


def stands(measure: Measure, value: float) -> dict[str, str]:
    """“Active days 5”; a yes or no needs no value."""
    return _both(measure, lambda source, tongue: "" if source.unit == "flag" else source.say(value, tongue))


def _both(measure: Measure, words: Callable[[Source, str], str]) -> dict[str, str]:
    source = source_of(measure)
    return {
        language: f"{bilingual.pick(measure.name, code)} {words(source, code)}".strip()
        for language, code in LANGUAGES.items()
    }
