"""What this process counted since it started: read by Prometheus, and gone with the process."""

import threading
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evergrow.intake.pipeline.tally import Counts, Place

Source = tuple[int, int]  # workspace, key
_lock = threading.Lock()


class Spread:
    """How often durations stayed under each bound (seconds), how many there were and how long together."""

    def __init__(self, *bounds: float) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.total = 0.0

    def observe(self, seconds: float) -> None:
        self.counts[bisect_left(self.bounds, seconds)] += 1
        self.total += seconds

    @contextmanager
    def time(self) -> Iterator[None]:
        """Observe how long the block takes; one that raises counts too."""
        started = perf_counter()
        try:
            yield
        finally:
            self.observe(perf_counter() - started)


FSYNC = Spread(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0)
DRAIN = Spread(0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

events: dict[str, Counter[Source]] = {"accepted": Counter(), "duplicate": Counter(), "flagged": Counter()}
rejected: Counter[tuple[int, int, str]] = Counter()
refused: Counter[tuple[int, int, str]] = Counter()
unknown: Counter[str] = Counter()
received_bytes: Counter[Source] = Counter()
lags: Counter[int] = Counter()
lag_seconds = 0.0


def drained(rows: "Mapping[Place, Counts]") -> None:
    """The counts of a segment that has arrived in the stores."""
    global lag_seconds
    with _lock:
        for (workspace, key, _minute), row in rows.items():
            source = (workspace, key)
            events["accepted"][source] += row.accepted
            events["duplicate"][source] += row.duplicates
            events["flagged"][source] += row.flagged
            received_bytes[source] += row.bytes
            lags.update(row.lags)
            lag_seconds += row.lag_sum / 1000
            for code, count in row.reasons.items():
                rejected[workspace, key, code] += count


def refuse(workspace: int, key: int, code: str, count: int) -> None:
    """Messages of a known source that were not taken at the door."""
    with _lock:
        refused[workspace, key, code] += count


def refuse_unknown(code: str) -> None:
    """A request that no source stands for."""
    with _lock:
        unknown[code] += 1
