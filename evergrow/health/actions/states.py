"""The current health of every account, from today's snapshots and those of a week and a trend ago."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from evergrow.customers.models import Account
from evergrow.health import card as cards
from evergrow.health import reasons, snapshots
from evergrow.health.actions.judging import Judged
from evergrow.health.card import Card
from evergrow.health.change import State, decompose, translated
from evergrow.health.done import done_between
from evergrow.health.models import AccountHealth, Override, OverrideState, ScorecardVersion, Trend
from evergrow.health.scoring import score
from evergrow.health.snapshots import Snapshots
from evergrow.lib import clock
from evergrow.workspaces.models import Workspace
from evergrow.workspaces.upserts import upsert

WEEK = 7
LOOK_BACK = 62


@dataclass(slots=True)
class Past:
    """What an earlier time says about today's rows: NaN and "" where there is no snapshot of then.

    ``value`` and ``before`` are accounts × measures: the value effects since then, and what was observed then.
    """

    change: np.ndarray
    band: np.ndarray
    value: np.ndarray
    before: np.ndarray


def refresh_states(workspace: Workspace, judged: Sequence[Judged]) -> int:
    """Write AccountHealth for the rows of today's snapshots; how many rows were written."""
    now = clock.now()
    keys = dict(Account.objects.filter(workspace=workspace).values_list("number", "pk"))
    day = next((each.fresh.day[0].astype(object) for each in judged if len(each.fresh)), workspace.today())
    held = Override.objects.filter(workspace=workspace, state=OverrideState.APPROVED).select_related("account")
    overrides = {one.pk: one for one in held}
    states = [state for each in judged for state in _states(workspace, each, keys, overrides, now)]
    upsert(AccountHealth, states, unique="account")
    AccountHealth.objects.filter(workspace=workspace).exclude(as_of=day).delete()
    return len(states)


def _states(
    workspace: Workspace, each: Judged, keys: Mapping[int, int], overrides: Mapping[int, Override], now: datetime
) -> Iterator[dict[str, Any]]:
    """Rows of AccountHealth by column."""
    card, fresh = each.card, each.fresh
    week = past(workspace, card, fresh, WEEK)
    month = past(workspace, card, fresh, card.trend_days)
    told = reasons.tell(card, fresh, month.value, month.before, month.change)
    is_held = np.asarray(fresh.holds.any(axis=1))
    applied: np.ndarray = ~np.isnan(fresh.exceptions)
    is_applied: np.ndarray = np.asarray(applied.any(axis=1))
    columns = {
        "account": [keys.get(number) for number in fresh.account.tolist()],
        "as_of": fresh.day.astype(object).tolist(),
        "score": _known(fresh.overall),
        "band": fresh.band.tolist(),
        "band_before": week.band.tolist(),
        "change_7d": _known(week.change),
        "change_30d": _known(month.change),
        "trend": [_trend(change, card).value for change in month.change.tolist()],
        "coverage": fresh.coverage.tolist(),
        "computed_score": _known(fresh.raw),
        "children_effect": fresh.children_effect.tolist(),
    }
    for row, values in enumerate(zip(*columns.values(), strict=True)):
        if values[0] is None:
            continue
        holds = fresh.holds[row].tolist() if is_held[row] else []
        exceptions = np.flatnonzero(applied[row]) if is_applied[row] else ()
        yield {
            **dict(zip(columns, values, strict=True)),
            "workspace": workspace.pk,
            "version": each.version.pk,
            "computed_at": now,
            "reasons": reasons.held(card, fresh, row, overrides) + told[row] if holds else told[row],
            "override": next((pk for pk in holds if pk in overrides), None),
            "exceptions": [card.exceptions[place].name for place in exceptions],
        }


def past(workspace: Workspace, card: Card, fresh: Snapshots, days: int) -> Past:
    """Today's rows compared with each account's latest snapshot at least ``days`` old.

    ``change`` leaves out what another scorecard version did, and has what exceptions, overrides and the accounts below
    did; ``band`` is the band of then, under today's card where it was another one.
    """
    size = len(fresh)
    found = Past(
        change=np.full(size, np.nan),
        band=np.full(size, "", dtype=object),
        value=np.full(fresh.observed.shape, np.nan),
        before=np.full(fresh.observed.shape, np.nan),
    )
    if not size:
        return found
    until = fresh.day[0].astype(object) - timedelta(days=days)
    olds = snapshots.latest(workspace.pk, until, since=until - timedelta(days=LOOK_BACK))
    known = ScorecardVersion.objects.in_bulk([old.version for old in olds])
    for old in olds:
        _, mine, theirs = np.intersect1d(fresh.account, old.account, assume_unique=True, return_indices=True)
        then = State(
            card if old.version == fresh.version else cards.read(known[old.version].definition), old.observed[theirs]
        )
        effects = decompose(then, State(card, fresh.observed[mine]))
        columns = [effects.keys.index(key) for key in card.keys]
        done = done_between(old, theirs, fresh, mine)
        found.change[mine] = np.where(np.isnan(effects.customer), done.unsplit, effects.customer + done.total)
        found.value[mine] = effects.value[:, columns]
        found.before[mine] = translated(then, card, fresh.observed[mine])
        is_same = old.version == fresh.version
        found.band[mine] = old.band[theirs] if is_same else score(card, found.before[mine]).band
    return found


def _known(values: np.ndarray) -> list[float | None]:
    return [None if math.isnan(value) else value for value in values.tolist()]


def _trend(change: float, card: Card) -> Trend:
    if math.isnan(change):
        return Trend.NEW
    if abs(change) <= card.trend_epsilon:
        return Trend.FLAT
    return Trend.UP if change > 0 else Trend.DOWN
