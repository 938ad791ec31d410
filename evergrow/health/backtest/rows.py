"""The rows of a back-test: an account on a past day, what both cards said of it then, and what became of it.

They stay in the event store, so that the list behind every number, and the file, is what was counted.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from evergrow import warehouse

TABLE = "health_backtest_rows"


@dataclass(frozen=True, slots=True)
class Rows:
    """One row per account and day, all arrays of one length; ``day`` and ``ends`` as ordinals.

    ``score``, ``other`` NaN and bands "insufficient" where there was too little data; ``idle`` NaN where nothing was
    ever recorded. ``ends`` is the first day without revenue, inf where none is known.
    """

    account: np.ndarray
    day: np.ndarray
    score: np.ndarray
    band: np.ndarray
    other: np.ndarray
    other_band: np.ndarray
    idle: np.ndarray
    happened: np.ndarray
    mrr: np.ndarray
    mrr_after: np.ndarray
    ends: np.ndarray

    def __len__(self) -> int:
        return len(self.account)

    def only(self, which: np.ndarray) -> "Rows":
        return Rows(*(getattr(self, field.name)[which] for field in fields(self)))


def together(parts: Sequence[Rows]) -> Rows:
    """All rows in one, in the order of the parts."""
    names = [field.name for field in fields(Rows)]
    return Rows(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


EPOCH = np.datetime64("1970-01-01", "D")
EPOCH_ORDINAL = 719_163
NEVER = 0


def store(workspace_id: int, number: int, rows: Rows, taken: np.ndarray) -> int:
    """Write the rows of a back-test once more; earlier ones of the same number are taken away first."""
    clear(workspace_id, number)
    if not len(rows):
        return 0
    size = len(rows)
    ended = np.where(np.isinf(rows.ends), EPOCH_ORDINAL, rows.ends).astype(np.int64)
    return warehouse.insert(
        TABLE,
        {
            "workspace_id": np.full(size, workspace_id, dtype=np.uint32),
            "backtest": np.full(size, number, dtype=np.uint32),
            "day": _dates(rows.day.astype(np.int64)),
            "account": rows.account.astype(np.uint32),
            "score": rows.score,
            "band": rows.band,
            "other": rows.other,
            "other_band": rows.other_band,
            "idle": rows.idle,
            "happened": rows.happened.astype(np.uint8),
            "taken": taken.astype(np.uint8),
            "mrr": rows.mrr,
            "mrr_after": rows.mrr_after,
            "ended": _dates(ended),
        },
    )


def clear(workspace_id: int, number: int) -> None:
    warehouse.execute(
        "delete from health_backtest_rows where workspace_id = {workspace_id:UInt32} and backtest = {backtest:UInt32}",
        workspace_id=workspace_id,
        backtest=number,
    )


def _dates(ordinals: np.ndarray) -> np.ndarray:
    found: np.ndarray = EPOCH + (ordinals - EPOCH_ORDINAL).astype("timedelta64[D]")
    return found
