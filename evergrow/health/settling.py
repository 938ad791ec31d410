"""Falls between bands that are no noise: what a signal may be raised on.

A fall between two days is settled when all of this holds:
- it is at least ``LEAST_FALL`` points, and the scorecard was the same on both days;
- what was observed brought it: the effects of values alone make up as much, so that a measure that went missing, or
  came to be known, raises nothing; and both days had data enough for a band;
- the score lies ``MARGIN`` points or more below the edge it fell over, or the account was found in that band or a worse
  one on the last ``EVALUATIONS`` evaluations in a row, each with data enough.
"""

from collections import defaultdict
from datetime import date, timedelta

import numpy as np

from evergrow import warehouse
from evergrow.health import card as cards
from evergrow.health import snapshots
from evergrow.health.card import Card
from evergrow.health.change import State, decompose
from evergrow.health.models import ScorecardVersion
from evergrow.health.queries import RANK, BandMove, band_moves
from evergrow.health.snapshots import Snapshots
from evergrow.workspaces.models import Workspace

LEAST_FALL = 3.0
MARGIN = 3.0
EVALUATIONS = 2
LOOK_BACK = 62


def settled_falls(workspace: Workspace, since: date, until: date) -> list[BandMove]:
    """The settled falls between the ends of two days, deepest first. Raises warehouse.StoreUnavailable."""
    falls = [
        move
        for move in band_moves(workspace, since, until)
        if move.fell and not move.is_new_card and move.score_before - move.score_after >= LEAST_FALL
    ]
    if not falls:
        return []
    numbers = [move.number for move in falls]
    observed, lately = _by_values(workspace, numbers, since, until), _lately(workspace, numbers, until)
    return [
        move
        for move in falls
        if (found := observed.get(move.number)) is not None
        and found[0] <= -LEAST_FALL
        and (_is_deep(move, found[1]) or _is_held(move, lately[move.number]))
    ]


def _is_deep(move: BandMove, card: Card) -> bool:
    edge = next(band.high for band in card.bands if band.key == move.after)
    return edge - move.score_after >= MARGIN


def _is_held(move: BandMove, bands: list[str]) -> bool:
    """In that band or a worse one on the last evaluations; one without data for a band breaks the row."""
    last = bands[:EVALUATIONS]
    return len(last) == EVALUATIONS and all(RANK.get(band, len(RANK)) <= RANK[move.after] for band in last)


def _by_values(workspace: Workspace, numbers: list[int], since: date, until: date) -> dict[int, tuple[float, Card]]:
    """Account number → the points that values alone moved its score by, and its card."""
    before, after = (_all(workspace, numbers, day) for day in (since, until))
    known = ScorecardVersion.objects.in_bulk([part.version for part in after])
    found: dict[int, tuple[float, Card]] = {}
    for now in after:
        then = next((part for part in before if part.version == now.version), None)
        if then is None or now.version not in known:
            continue
        card = cards.read(known[now.version].definition)
        _, old, new = np.intersect1d(then.account, now.account, assume_unique=True, return_indices=True)
        effects = decompose(State(card, then.observed[old]), State(card, now.observed[new]))
        moved = effects.value.sum(axis=1).tolist()
        found |= {number: (points, card) for number, points in zip(now.account[new].tolist(), moved, strict=True)}
    return found


def _all(workspace: Workspace, numbers: list[int], day: date) -> list[Snapshots]:
    return snapshots.latest(workspace.pk, day, since=day - timedelta(days=LOOK_BACK), accounts=numbers)


def _lately(workspace: Workspace, numbers: list[int], until: date) -> dict[int, list[str]]:
    """Account number → its bands on the last evaluations, newest first."""
    rows = warehouse.rows(
        warehouse.statement("health", "bands_lately"),
        workspace_id=workspace.pk,
        accounts=numbers,
        since=until - timedelta(days=LOOK_BACK),
        until=until,
        most=EVALUATIONS,
    )
    found: dict[int, list[str]] = defaultdict(list)
    for number, _day, band in rows:
        found[number].append(band)
    return found
