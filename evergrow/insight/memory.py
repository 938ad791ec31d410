"""What the event store answered, remembered in this process while the data stays the same; the least used goes first.

Bounded by the bytes it holds. It is right by its keys alone: a key says the statement's text, every bound value (the
accounts that a member may see, accounts by their facts, the days of today's range) and the version of the events.
"""

import pickle
import threading
from collections import OrderedDict
from collections.abc import Callable
from time import monotonic
from typing import Any

Rows = list[tuple[Any, ...]]
Key = tuple[int, str]

LARGEST_SHARE = 8
SECONDS = 60 * 60


class Memory:
    """Rows by workspace and fingerprint, at most ``most`` bytes of them, each for an hour at most."""

    def __init__(self, most: int, clock: Callable[[], float] = monotonic) -> None:
        self.most = most
        self.size = 0
        self._clock = clock
        self._kept: OrderedDict[Key, tuple[float, bytes]] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: Key) -> Rows | None:
        """The rows, as a copy of their own; None where they are not remembered."""
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                return None
            if found[0] < self._clock():
                self._drop(key)
                return None
            self._kept.move_to_end(key)
        rows: Rows = pickle.loads(found[1])  # noqa: S301 - only this process wrote it
        return rows

    def put(self, key: Key, rows: Rows) -> None:
        """Remember rows, unless they alone would fill a large part."""
        packed = pickle.dumps(rows, pickle.HIGHEST_PROTOCOL)
        if len(packed) > self.most // LARGEST_SHARE:
            return
        with self._lock:
            if key in self._kept:
                self._drop(key)
            self._kept[key] = (self._clock() + SECONDS, packed)
            self.size += len(packed)
            while self.size > self.most:
                self._drop(next(iter(self._kept)))

    def forget(self, workspace: int | None = None) -> None:
        """Forget what is remembered of a workspace, or everything."""
        with self._lock:
            for key in [each for each in self._kept if workspace in (None, each[0])]:
                self._drop(key)

    def _drop(self, key: Key) -> None:
        self.size -= len(self._kept.pop(key)[1])
