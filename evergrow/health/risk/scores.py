"""What models said of accounts day by day, in the event store."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from evergrow import warehouse
from evergrow.lib import clock


@dataclass(frozen=True, slots=True)
class Scored:
    """One row per customer of a day, accounts rising; ``effects`` and ``observed`` are accounts × features."""

    day: date
    account: np.ndarray
    chance: np.ndarray
    low: np.ndarray
    high: np.ndarray
    base: float
    effects: np.ndarray
    observed: np.ndarray

    def __len__(self) -> int:
        return len(self.account)


@dataclass(frozen=True, slots=True)
class Point:
    """An account's chance on a day, by the model with this key."""

    day: date
    model: int
    chance: float
    low: float
    high: float


def store(workspace_id: int, target: str, model: int, found: Scored) -> int:
    """Keep a day's scores; the same day of the same model again takes their place."""
    size = len(found)
    return warehouse.insert(
        "risk_scores",
        {
            "workspace_id": np.full(size, workspace_id, dtype=np.uint32),
            "target": [target] * size,
            "account": found.account.astype(np.uint32),
            "day": np.full(size, np.datetime64(found.day, "D")),
            "model": np.full(size, model, dtype=np.uint32),
            "chance": found.chance,
            "low": found.low,
            "high": found.high,
            "base": np.full(size, found.base),
            "effects": found.effects,
            "observed": found.observed,
            "computed_at": np.full(size, np.datetime64(clock.now().replace(tzinfo=None), "ms")),
        },
    )


def history(workspace_id: int, target: str, account: int, since: date) -> list[Point]:
    """An account's chances since a day, oldest first. Raises warehouse.StoreUnavailable."""
    rows = warehouse.rows(
        warehouse.statement("health", "risk_history"),
        workspace_id=workspace_id,
        target=target,
        account=account,
        since=since,
    )
    return [Point(*row) for row in rows]


def detail(workspace_id: int, target: str, account: int, model: int, day: date) -> dict[str, Any] | None:
    """Base, effects and observed values of an account's score of a day; None where it has none."""
    rows = warehouse.rows(
        warehouse.statement("health", "risk_detail"),
        workspace_id=workspace_id,
        target=target,
        account=account,
        model=model,
        day=day,
    )
    if not rows:
        return None
    return dict(zip(("base", "effects", "observed"), rows[0], strict=True))
