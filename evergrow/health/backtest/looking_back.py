"""Both cards on every past day: what they would have said then, beside what became of the accounts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np

from evergrow.health.backtest import past
from evergrow.health.backtest.outcomes import Afterwards, afterwards, read_lines
from evergrow.health.backtest.plan import Plan
from evergrow.health.backtest.rows import Rows, together
from evergrow.health.card import Card
from evergrow.health.observation import Observations
from evergrow.health.scoring import Scores, score
from evergrow.health.sources import PLACE
from evergrow.workspaces.models import Workspace

OnProgress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Cards:
    """The card that is tested and the published one; the same object where the published one itself is tested."""

    tested: Card
    published: Card


def look_back(
    workspace: Workspace,
    cards: Cards,
    plan: Plan,
    seen: np.ndarray,
    on_progress: OnProgress | None = None,
    until: date | None = None,
) -> Rows:
    """One row per paying account and day of the plan, for the account numbers ``seen``. Raises StoreUnavailable.

    ``until``: as it would have been asked on that day, instead of today.
    """
    both = (cards.tested,) if cards.published is cards.tested else (cards.tested, cards.published)
    known = past.read(workspace, read_lines(workspace), both)
    days = plan.days(until or workspace.today())
    parts = []
    for done, day in enumerate(days, start=1):
        parts.append(_day(known, cards, plan, seen, day))
        if on_progress:
            on_progress(done, len(days))
    return together(parts)


def _day(known: past.Known, cards: Cards, plan: Plan, mine: np.ndarray, day: date) -> Rows:
    after = afterwards(known.lines, day, plan.within)
    happened, is_asked = after.of(plan.outcome)
    observed = known.on(day)
    matched, places = observed.match(after.account)
    is_mine = np.isin(after.account[matched], mine) & is_asked[matched]
    rows, places = matched[is_mine], places[is_mine]
    return _rows(observed, cards, day, after, happened, rows, places)


def _rows(
    observed: Observations,
    cards: Cards,
    day: date,
    after: Afterwards,
    happened: np.ndarray,
    rows: np.ndarray,
    places: np.ndarray,
) -> Rows:
    tested = _scores(observed, cards.tested)
    other = tested if cards.published is cards.tested else _scores(observed, cards.published)
    return Rows(
        account=after.account[rows],
        day=np.full(len(rows), float(day.toordinal())),
        score=tested.overall[places],
        band=tested.band[places],
        other=other.overall[places],
        other_band=other.band[places],
        idle=observed.values[places, PLACE["days_since_use"]],
        happened=happened[rows],
        mrr=after.mrr[rows],
        mrr_after=after.mrr_after[rows],
        ends=after.ends[rows],
    )


def _scores(observed: Observations, card: Card) -> Scores:
    return score(card, observed.of(card).values)
