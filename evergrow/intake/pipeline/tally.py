"""Counts of one segment by source and minute, made while it is drained and kept under its token.

The drain calls ``see`` for each request it reads, ``add`` for each workspace once its events are stored, and ``keep``
in the end. Everything is counted by whole arrays: a segment of 50,000 events costs some milliseconds.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from evergrow import warehouse
from evergrow.intake.capture.messages import Bad
from evergrow.lib import clock
from evergrow.workspaces.models import Workspace

MINUTE = 60_000
KEPT = {"pipeline_minutes": timedelta(days=90), "pipeline_quarters": timedelta(days=400)}
# Upper bounds of durations in milliseconds; the last one stands for everything longer.
LAGS = np.array([100, 250, 500, 1_000, 2_000, 5_000, 15_000, 60_000, 300_000, 3_600_000, 4_294_967_295])
Place = tuple[int, int, int]  # workspace, key, minute
COUNTS = ("accepted", "duplicates", "flagged", "rejected", "refused", "bytes", "lag_sum", "lag_max", "last_at")
MAPS = ("lags", "reasons", "refusals", "clients")


@dataclass(slots=True)
class Counts:
    """One row of ``pipeline_minutes``; durations in milliseconds, ``last_at`` in milliseconds since 1970."""

    accepted: int = 0
    duplicates: int = 0
    flagged: int = 0
    rejected: int = 0
    refused: int = 0
    bytes: int = 0
    lag_sum: int = 0
    lag_max: int = 0
    last_at: int = 0
    lags: Counter[int] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    clients: Counter[str] = field(default_factory=Counter)


Rows = dict[Place, Counts]
Numbers = np.ndarray[Any, Any]


class Arrivals(NamedTuple):
    """Stored messages of a workspace side by side: positions in the segment, keys, milliseconds since 1970.

    ``clients`` has one for each request: the row of its first message, the library and its version as that one says,
    and the format it came in, which stands in without them.
    """

    positions: Numbers
    keys: Numbers
    received: Numbers
    clients: list[tuple[int, str | None, str | None, str]]


class Tally:
    """What one segment held. Messages that are sent again by a colleague count when they come again."""

    def __init__(self, segment: str) -> None:
        self.segment = segment
        self.rows: Rows = defaultdict(Counts)
        self._now = int(clock.now().timestamp() * 1000)
        self._again: set[int] = set()
        self._again_from: int | None = None
        self._workspaces: set[int] = set()

    def see(self, requests: Numbers) -> None:
        """The requests of the segment as they stand in the spool (``reading.REQUEST``)."""
        received = np.where(requests["is_again"], self._now, requests["received"])
        firsts = requests["first"].tolist()
        for place in np.flatnonzero(requests["is_again"]).tolist():
            if place + 1 < len(firsts):
                self._again.update(range(firsts[place], firsts[place + 1]))
            else:
                self._again_from = firsts[place]
        kinds = np.stack((requests["workspace"], requests["key"], received // MINUTE), axis=1)
        places, which = np.unique(kinds, axis=0, return_inverse=True)
        sizes = np.bincount(which.ravel(), requests["size"], len(places))
        for (workspace, key, minute), size in zip(places.tolist(), sizes.tolist(), strict=True):
            self.rows[workspace, key, minute].bytes += int(size)

    def add(
        self,
        workspace_id: int,
        stored: "Arrivals",
        is_new: Numbers,
        bad: Sequence[Bad],
        flagged: Collection[int] = (),
    ) -> None:
        """The messages of a workspace: which of those stored count now, and what was refused.

        ``flagged`` are the positions of stored messages that went against the tracking plan.
        """
        self._workspaces.add(workspace_id)
        if self._again_from is not None:  # the last request of the segment
            ends = max(stored.positions.tolist() + [each.position for each in bad], default=-1) + 1
            self._again.update(range(self._again_from, ends))
        if len(stored.positions):
            self._add_stored(workspace_id, stored, is_new, flagged)
        for each in bad:
            row = self.rows[workspace_id, each.key_id, self._received(each) // MINUTE]
            row.rejected += 1
            row.reasons[each.code] += 1

    def keep(self) -> Rows:
        """Write the counts down, and say them; the same segment again changes nothing.

        Workspaces that are gone are left out.
        """
        rows = {place: row for place, row in self.rows.items() if place[0] in self._workspaces}
        write(rows, token=f"{self.segment}:pipeline")
        return rows

    def _received(self, message: Bad) -> int:
        return self._now if message.position in self._again else message.received

    def _add_stored(self, workspace_id: int, stored: "Arrivals", is_new: Numbers, flagged: Collection[int]) -> None:
        size, keys = len(stored.positions), stored.keys
        received = stored.received
        if self._again:
            received = np.where(np.isin(stored.positions, list(self._again)), self._now, received)
        stored_at = max(int(clock.now().timestamp() * 1000), self._now)
        lags = np.clip(stored_at - received, 0, LAGS[-1])
        marks = np.zeros(size, dtype=bool)
        if flagged:
            marks = np.isin(stored.positions, list(flagged))
        minutes = received // MINUTE
        begin = int(minutes.min())
        span = int(minutes.max()) - begin + 1
        places, place = np.unique(keys * span + (minutes - begin), return_inverse=True)
        size = len(places)

        def per_place(weights: Numbers | None = None) -> list[int]:
            return list(map(int, np.bincount(place, weights, size)))

        def most(values: Numbers) -> list[int]:
            found = np.zeros(size, np.int64)
            np.maximum.at(found, place, values)
            return list(map(int, found))

        spread = np.bincount(place * len(LAGS) + np.searchsorted(LAGS, lags), minlength=size * len(LAGS))
        columns = (per_place(), per_place(is_new), per_place(marks), per_place(lags), most(lags), most(received))
        facts = zip(places.tolist(), *columns, spread.reshape(size, len(LAGS)).tolist(), strict=True)
        for code, count, counted, marked, lag_sum, lag_max, last_at, under in facts:
            row = self.rows[workspace_id, code // span, code % span + begin]
            row.accepted += counted
            row.duplicates += count - counted
            row.flagged += marked
            row.lag_sum += lag_sum
            row.lag_max = max(row.lag_max, lag_max)
            row.last_at = max(row.last_at, last_at)
            row.lags.update({bound: n for bound, n in zip(LAGS.tolist(), under, strict=True) if n})
        for first, name, version, format_name in stored.clients:
            counts = self.rows[workspace_id, int(keys[first]), int(minutes[first])]
            counts.clients[f"{name or ''} {version or ''}".strip()[:80] or format_name] += 1


def forget(workspace: Workspace) -> None:
    """Take away counts that are older than they are kept. Raises ``warehouse.StoreUnavailable``."""
    for table, kept in KEPT.items():
        warehouse.execute(
            warehouse.statement("intake", f"prune_{table}"), workspace_id=workspace.pk, since=clock.now() - kept
        )


def write(rows: Rows, *, token: str = "") -> None:
    """Append counts to the event store. Raises ``warehouse.StoreUnavailable``."""
    if not rows:
        return
    counts = list(rows.values())
    columns: dict[str, Any] = {
        "workspace_id": pa.array([place[0] for place in rows], pa.uint32()),
        "key_id": pa.array([place[1] for place in rows], pa.uint32()),
        "minute": pa.array([datetime.fromtimestamp(place[2] * 60, UTC) for place in rows], pa.timestamp("s", "UTC")),
    }
    for name in COUNTS:
        values = [getattr(each, name) for each in counts]
        columns[name] = pa.array(values, pa.timestamp("ms", "UTC") if name == "last_at" else pa.uint64())
    for name in MAPS:
        kind = pa.map_(pa.uint32() if name == "lags" else pa.string(), pa.uint64())
        columns[name] = pa.array([list(getattr(each, name).items()) for each in counts], kind)
    warehouse.insert("pipeline_minutes", columns, token=token)
