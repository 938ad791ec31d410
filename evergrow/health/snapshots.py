"""Scores as they were, in the event store: written in columns, read back as arrays."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from evergrow import warehouse
from evergrow.health.adjusting import Adjusted, Held
from evergrow.health.card import Card
from evergrow.health.observation import Observed
from evergrow.health.scoring import Scores
from evergrow.health.sources import REASON_CODE
from evergrow.lib import clock

FIRST_DAY = date(2000, 1, 1)
GRIDS = ("groups", "observed", "points", "weights", "reasons", "ages", "exceptions", "met", "holds")
NUMBERS = ("overall", "coverage", "raw", "override_effect", "children_effect")


@dataclass(frozen=True, slots=True)
class Snapshots:
    """One row per account, accounts rising; grids are accounts × measures (``groups``: × groups).

    ``version`` is the key of the ScorecardVersion: rows of one object share it, so that its card reads the grids.
    ``raw`` is what the measures come to; with ``exceptions`` (accounts × the card's exceptions, NaN where not applied),
    ``override_effect`` and ``children_effect`` it is ``overall``. ``met``: whose criteria were met, ``holds``: the
    ids of the overrides in force (accounts × the score, then each group).
    """

    version: int
    account: np.ndarray
    day: np.ndarray
    revision: np.ndarray
    overall: np.ndarray
    coverage: np.ndarray
    band: np.ndarray
    groups: np.ndarray
    observed: np.ndarray
    points: np.ndarray
    weights: np.ndarray
    reasons: np.ndarray
    ages: np.ndarray
    raw: np.ndarray
    exceptions: np.ndarray
    met: np.ndarray
    holds: np.ndarray
    override_effect: np.ndarray
    children_effect: np.ndarray

    def __len__(self) -> int:
        return len(self.account)


def made(
    version: int,
    card: Card,
    observed: Observed,
    scores: Scores,
    done: Adjusted | None = None,
    met: np.ndarray | None = None,
    held: Held | None = None,
) -> Snapshots:
    """Snapshots of freshly computed scores, as revision 0; with what exceptions and overrides made of them."""
    size = len(observed.accounts)
    reasons = np.where(np.isnan(scores.points) & (observed.reasons == 0), REASON_CODE["unlisted"], observed.reasons)
    plain = np.full((size, len(card.exceptions)), np.nan)
    held = held or Held.nothing(size, card)
    return Snapshots(
        version=version,
        account=observed.accounts,
        day=np.full(size, np.datetime64(observed.day, "D")),
        revision=np.zeros(size, dtype=np.int64),
        overall=done.overall if done else scores.overall,
        coverage=scores.coverage,
        band=done.band if done else scores.band,
        groups=done.groups if done else scores.groups,
        observed=observed.values,
        points=scores.points,
        weights=scores.weights,
        reasons=reasons.astype(np.uint8),
        ages=observed.ages,
        raw=scores.overall,
        exceptions=done.exceptions if done else plain,
        met=(np.zeros(plain.shape) if met is None else met).astype(np.uint8),
        holds=held.ids.astype(np.uint32),
        override_effect=done.override if done else np.zeros(size),
        children_effect=np.zeros(size),
    )


def with_children(fresh: Snapshots, overall: np.ndarray, band: np.ndarray) -> Snapshots:
    """The snapshots with the score that the accounts below make of each."""
    effect = np.where(np.isnan(fresh.overall), 0.0, overall - np.nan_to_num(fresh.overall))
    return replace(fresh, overall=overall, band=band, children_effect=np.nan_to_num(effect))


def store(workspace_id: int, fresh: Snapshots, known: list[Snapshots]) -> int:
    """Write the snapshots that differ from the ``known`` ones of that day, as new revisions; how many were written."""
    revision = np.zeros(len(fresh), dtype=np.int64)
    is_new = np.ones(len(fresh), dtype=bool)
    for old in known:
        mine, theirs = _both(fresh.account, old.account)
        revision[mine] = old.revision[theirs] + 1
        if old.version == fresh.version:
            is_new[mine] = ~_same(fresh, mine, old, theirs)
    if not is_new.any():
        return 0
    columns = {name: getattr(fresh, name)[is_new] for name in ("account", "day", "band", *NUMBERS, *GRIDS)}
    size = int(is_new.sum())
    columns |= {
        "workspace_id": np.full(size, workspace_id, dtype=np.uint32),
        "version": np.full(size, fresh.version, dtype=np.uint32),
        "revision": revision[is_new].astype(np.uint32),
        "computed_at": np.full(size, np.datetime64(clock.now().replace(tzinfo=None), "ms")),
    }
    columns["account"] = columns["account"].astype(np.uint32)
    return warehouse.insert("health_snapshots", columns)


def _both(ours: np.ndarray, others: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    _, mine, theirs = np.intersect1d(ours, others, assume_unique=True, return_indices=True)
    return mine, theirs


def _same(fresh: Snapshots, mine: np.ndarray, old: Snapshots, theirs: np.ndarray) -> np.ndarray:
    """Rows that come to the same: equal observations, scores and gaps, the same exceptions and overrides."""
    same = np.ones(len(mine), dtype=bool)
    for name in ("observed", "points", "reasons", "met", "holds", "overall"):
        a, b = getattr(fresh, name)[mine], getattr(old, name)[theirs]
        if a.ndim == 2 and a.shape[1] != b.shape[1]:
            a, b = (grid if grid.shape[1] else np.zeros((len(grid), 1), grid.dtype) for grid in (a, b))
        alike = (a == b) | (np.isnan(a) & np.isnan(b)) if a.dtype.kind == "f" else a == b
        same &= alike.all(axis=1) if alike.ndim == 2 else alike
    return same


def latest(
    workspace_id: int, until: date, *, since: date = FIRST_DAY, accounts: list[int] | None = None
) -> list[Snapshots]:
    """Each account's latest snapshot up to a day, one object per scorecard version; of all accounts or only some."""
    columns = warehouse.grids(
        warehouse.statement("health", "snapshots_at"),
        workspace_id=workspace_id,
        since=since,
        until=until,
        accounts=accounts or [],
    )
    versions = columns["version"]
    return [_one_version(int(version), columns, versions == version) for version in np.unique(versions)]


def _one_version(version: int, columns: dict[str, np.ndarray], rows: np.ndarray) -> Snapshots:
    plain = {name: values for name, values in columns.items() if name != "version" and not name.endswith("_width")}
    picked = {name: values[rows] for name, values in plain.items()}
    for name in GRIDS:
        picked[name] = picked[name][:, : columns[f"{name}_width"][rows].max()]
    picked["account"] = picked["account"].astype(np.int64)
    picked["revision"] = picked["revision"].astype(np.int64)
    return Snapshots(version=version, **picked)


def on(workspace_id: int, day: date) -> list[Snapshots]:
    """The newest revisions of one day."""
    return latest(workspace_id, day, since=day)


def days(workspace_id: int) -> set[date]:
    """The days that have snapshots."""
    rows = warehouse.rows(warehouse.statement("health", "snapshot_days"), workspace_id=workspace_id)
    return {day for (day,) in rows}


def history_days(today: date, weeks: int, daily: int) -> list[date]:
    """The days of a first history, oldest first: weekly for ``weeks`` weeks, every day of the last ``daily``."""
    weekly = {today - timedelta(days=7 * back) for back in range(1, weeks + 1)}
    return sorted(weekly | {today - timedelta(days=back) for back in range(1, daily + 1)})
