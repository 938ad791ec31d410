"""What the rows of a back-test say: curves, lift, what a team would have met, and how often each band came true.

The three rankings are held against each other on the same rows: those on which both cards give a score. An account that
was never in use counts as the one that has been idle longest.
"""

from dataclasses import asdict
from datetime import date
from typing import Any

import numpy as np

from evergrow.health.backtest import curves, ranking
from evergrow.health.backtest.plan import Plan
from evergrow.health.backtest.rates import Rate, rate
from evergrow.health.backtest.rows import Rows
from evergrow.health.card import BAND_KEYS, INSUFFICIENT

BANDS = (*BAND_KEYS, INSUFFICIENT)
LEAST = 20  # accounts lost, and accounts kept; with fewer an area says next to nothing
NEVER_USED = 100_000.0
TESTED, PUBLISHED, IDLE = "tested", "published", "idle"


def judge(rows: Rows, plan: Plan, *, is_published: bool) -> tuple[dict[str, Any], np.ndarray]:
    """The result as JSON (see ``docs/health.md``), and which rows the team would have taken by the tested card.

    ``is_published``: the tested card is the published one, so that there is nothing else to hold it against.
    """
    both = ~np.isnan(rows.score) & ~np.isnan(rows.other)
    common = rows.only(both)
    lost, kept = (len(np.unique(common.account[common.happened == told])) for told in (True, False))
    risks = {TESTED: -common.score, PUBLISHED: -common.other, IDLE: _idle(common)}
    if is_published:
        del risks[PUBLISHED]
    is_enough = min(lost, kept) >= LEAST
    taken = np.zeros(len(rows), dtype=bool)
    found = {}
    for name, risk in risks.items():
        mine = ranking.picks(risk, common.day, common.account, count=plan.per_day, rest=plan.within)
        found[name] = _scorer(common, risk, mine, is_enough=is_enough)
        if name == TESTED:
            taken[np.flatnonzero(both)[mine]] = True
    result = {
        **_counts(rows, common),
        "lost_accounts": lost,
        "kept_accounts": kept,
        "is_enough": is_enough,
        "scorers": found,
        "differences": _differences(common, risks) if is_enough else {},
        "bands": {
            TESTED: _bands(rows, rows.band),
            **({} if is_published else {PUBLISHED: _bands(rows, rows.other_band)}),
        },
        "days": _days(common, risks),
    }
    return result, taken


def _idle(rows: Rows) -> np.ndarray:
    return np.where(np.isnan(rows.idle), NEVER_USED, rows.idle)


def _counts(rows: Rows, common: Rows) -> dict[str, Any]:
    return {
        "rows": len(rows),
        "accounts": len(np.unique(rows.account)),
        "happened": int(rows.happened.sum()),
        "compared": len(common),
        "overall": _told(rate(common.happened, common.account)),
    }


def _told(found: Rate) -> dict[str, Any]:
    return asdict(found)


def _scorer(rows: Rows, risk: np.ndarray, taken: np.ndarray, *, is_enough: bool) -> dict[str, Any]:
    met = ranking.caught(taken, rows.happened, rows.account, rows.mrr)
    found: dict[str, Any] = {
        "lift": ranking.lift(risk, rows.happened, rows.account),
        "team": {
            **asdict(met),
            "recall": met.recall,
            "precision": _told(rate(rows.happened[taken], rows.account[taken])),
        },
        "area": None,
        "roc": None,
    }
    if is_enough:
        found["area"] = asdict(curves.area(risk, rows.happened, rows.account))
        found["roc"] = curves.on_grid(risk, rows.happened)
    return found


def _differences(rows: Rows, risks: dict[str, np.ndarray]) -> dict[str, Any]:
    mine, others = risks[TESTED], [name for name in risks if name != TESTED]
    found = {}
    for name in others:
        gap = curves.difference(mine, risks[name], rows.happened, rows.account)
        found[name] = {**asdict(gap), "is_clear": gap.is_clear}
    return found


def _bands(rows: Rows, band: np.ndarray) -> dict[str, Any]:
    return {
        key: {
            **_told(rate(rows.happened[band == key], rows.account[band == key])),
            "mrr": float(rows.mrr[band == key].sum()),
            "mrr_lost": float((rows.mrr - rows.mrr_after)[(band == key) & (rows.happened == 1)].sum()),
        }
        for key in BANDS
    }


def _days(rows: Rows, risks: dict[str, np.ndarray]) -> list[dict[str, Any]]:
    """Day by day, so that one good month cannot hide eleven bad ones; no area where a day has too few."""
    found = []
    for day in np.unique(rows.day):
        here = rows.day == day
        lost = rows.happened[here]
        areas: dict[str, float | None] = dict.fromkeys(risks)
        if min(lost.sum(), len(lost) - lost.sum()) >= LEAST:
            values, _ = curves.areas([risk[here] for risk in risks.values()], lost, rows.account[here])
            areas = dict(zip(risks, values.tolist(), strict=True))
        found.append(
            {
                "day": date.fromordinal(int(day)).isoformat(),
                "rows": int(here.sum()),
                "happened": int(lost.sum()),
                "areas": areas,
            }
        )
    return found
