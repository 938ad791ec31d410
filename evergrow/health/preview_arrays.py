"""What a preview needs of today, kept in memory between two looks, so that a changed weight only costs the scoring.

Kept for a few minutes, for a computation and what the draft asks; anything that a draft newly asks is asked once.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.db.models import Max

from evergrow.health import asking, facts, snapshots, usage
from evergrow.health.assigning import Asker
from evergrow.health.card import Card
from evergrow.health.lines import scoring as lines
from evergrow.health.models import AccountHealth, ScorecardVersion
from evergrow.health.snapshots import Snapshots
from evergrow.lib import clock
from evergrow.workspaces.models import Workspace

MOST, KEPT = 6, timedelta(minutes=10)
_kept: "OrderedDict[Any, Today]" = OrderedDict()
_alone = threading.Lock()


@dataclass(frozen=True, slots=True)
class Today:
    """``now``, ``draft``: accounts × the measures of the published card and of the draft; ``ask``: who meets what."""

    accounts: np.ndarray
    now: np.ndarray
    draft: np.ndarray
    ask: Asker
    made_at: datetime


def today(workspace: Workspace, version: ScorecardVersion, card: Card, draft: Card) -> Today | None:
    """The accounts that the published version judged at its latest computation; None before the first one.

    Raises ``warehouse.StoreUnavailable``.
    """
    computed = AccountHealth.objects.filter(workspace=workspace).aggregate(at=Max("computed_at"))["at"]
    asked = tuple((measure.column, measure.expire_days) for measure in draft.measures)
    key = (workspace.pk, version.pk, computed, asked)
    with _alone:
        found = _kept.get(key)
        if found is not None and clock.now() - found.made_at < KEPT:
            _kept.move_to_end(key)
            return found
    made = _made(workspace, version, card, draft)
    if made is not None:
        with _alone:
            _kept[key] = made
            while len(_kept) > MOST:
                _kept.popitem(last=False)
    return made


def _made(workspace: Workspace, version: ScorecardVersion, card: Card, draft: Card) -> Today | None:
    found = snapshots.latest(workspace.pk, workspace.today())
    now = next((part for part in found if part.version == version.pk), None)
    if now is None:
        return None
    ask = Asker(asking.Day(workspace, workspace.today(), (np.empty(0), np.empty(0))))
    return Today(now.account, now.observed, _under(workspace, card, draft, now), ask, clock.now())


def _under(workspace: Workspace, card: Card, draft: Card, now: Snapshots) -> np.ndarray:
    """What the draft observes: what was observed for the published card, and what only the draft asks, anew."""
    had = {(measure.column, measure.expire_days): place for place, measure in enumerate(card.measures)}
    values = np.full((len(now), len(draft.measures)), np.nan)
    wanted = [(measure.column, measure.expire_days) for measure in draft.measures]
    for place, key in enumerate(wanted):
        if key in had:
            values[:, place] = now.observed[:, had[key]]
    fresh = [place for place, key in enumerate(wanted) if key not in had]
    if fresh:
        known = facts.read(workspace)
        seen = known.on(workspace.today(), asking.columns([draft]))
        usage.observe(seen, workspace.pk, workspace.today())
        asking.observe(seen, known, [draft])
        lines.fill(seen, lines.score_lines(known, seen, lines.published(workspace)), [draft])
        observed = seen.of(draft)
        _, mine, theirs = np.intersect1d(now.account, observed.accounts, assume_unique=True, return_indices=True)
        for place in fresh:
            values[mine, place] = observed.values[theirs, place]
    return values
