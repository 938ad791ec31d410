"""Which message ids may have been counted before: a filter in memory, so that new ids need not be looked up.

A Bloom filter in which each id sets three bits in each of two words (Putze, Sanders and Singler, “Cache-, hash- and
space-efficient Bloom filters”, 2007): 16 bits an id, about one new id in a thousand looks known. It never says “new” of
an id that is known. Who looks known is looked up in the store, so the filter decides nothing, it only spares questions.
See docs/decisions/0013-known-message-ids-are-remembered-in-a-filter.md.
"""

import logging
import threading
import time
from typing import Any

import numpy as np

from evergrow import warehouse
from evergrow.warehouse import StoreUnavailable

log = logging.getLogger(__name__)
Keys = np.ndarray[Any, np.dtype[np.uint64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]

SMALLEST = 1 << 20
IDS_PER_WORD = 4
SLICE = 250_000
AT_ONCE = 500_000
MOST = 300_000_000
PATIENCE_SECONDS = 30.0
GOLDEN = np.uint64(0x9E3779B97F4A7C15)
SIX = np.uint64(63)


class Filter:
    """A set of 64-bit keys that may wrongly hold one, and never wrongly lacks one. It grows by layers."""

    def __init__(self, expected: int = 0) -> None:
        self._adding = threading.Lock()
        self._layers = [_Layer(max(SMALLEST, expected + expected // 2))]

    def add(self, keys: Keys) -> None:
        """Hold these keys from now on."""
        with self._adding:
            if self._layers[-1].used + len(keys) > self._layers[-1].room:
                room = sum(layer.room for layer in self._layers) // 2
                self._layers.append(_Layer(max(SMALLEST, room, len(keys))))
            self._layers[-1].add(keys)

    def may_hold(self, keys: Keys) -> Flags:
        """False where a key was certainly never added."""
        found = np.zeros(len(keys), dtype=bool)
        for layer in self._layers:
            found |= layer.may_hold(keys)
        return found


class _Layer:
    def __init__(self, room: int) -> None:
        self.room, self.used = room, 0
        self._words = np.zeros(room // IDS_PER_WORD, dtype=np.uint64)

    def add(self, keys: Keys) -> None:
        self.used += len(keys)
        for places, bits in self._marks(keys):
            np.bitwise_or.at(self._words, places, bits)

    def may_hold(self, keys: Keys) -> Flags:
        (first, some), (second, others) = self._marks(keys)
        held: Flags = ((self._words[first] & some) == some) & ((self._words[second] & others) == others)
        return held

    def _marks(self, keys: Keys) -> tuple[tuple[Keys, Keys], tuple[Keys, Keys]]:
        """Two words for each key, and three bits in each."""
        other = (keys ^ (keys >> np.uint64(32))) * GOLDEN
        return self._mark(keys), self._mark(other ^ (other >> np.uint64(29)))

    def _mark(self, keys: Keys) -> tuple[Keys, Keys]:
        one = np.uint64(1)
        bits = (one << (keys & SIX)) | (one << (keys >> np.uint64(6) & SIX)) | (one << (keys >> np.uint64(12) & SIX))
        return (keys >> np.uint64(32)) * np.uint64(len(self._words)) >> np.uint64(32), bits


class KnownIds:
    """The filter of the store that this process has for itself; with a server, whose others write too, there is none.

    A small store is read at first use, a large one beside the inserts; until that is done every id looks known.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._store: object | None = None
        self._filter = Filter()
        self._is_complete = False
        self._reader: threading.Thread | None = None
        self._read_again_at = 0.0
        self._stopping = threading.Event()

    def may_be_known(self, workspace_id: int, hashes: Keys) -> Flags:
        """False where a message id (the lower half of its hash) was certainly not counted in this workspace.

        The ids count as known from now on. Raises StoreUnavailable.
        """
        store = warehouse.own_store()
        if store is None:
            return np.ones(len(hashes), dtype=bool)
        with self._lock:
            if store is not self._store:
                self._forget(store)
            if not self._is_complete:
                self._read_store()
        keys = _keys(hashes, workspace_id)
        complete = self._is_complete
        found = self._filter.may_hold(keys)
        self._filter.add(keys[~found])
        return found if complete else np.ones(len(hashes), dtype=bool)

    def stop(self) -> None:
        """Break off reading the store, which is about to be closed."""
        self._stopping.set()
        if self._reader is not None:
            self._reader.join()

    def _forget(self, store: object) -> None:
        self.stop()
        self._stopping.clear()
        self._store, self._filter, self._is_complete, self._reader = store, Filter(), False, None

    def _read_store(self) -> None:
        """Begin to read what the store knows, unless somebody does or it failed just now."""
        if (self._reader is not None and self._reader.is_alive()) or time.monotonic() < self._read_again_at:
            return
        count = int(warehouse.scalar(warehouse.statement("intake", "seen_count")) or 0)
        if count > MOST:
            return
        if count <= AT_ONCE:
            self._read(self._filter, count)
            return
        # The new filter takes what is inserted meanwhile, the reader adds what was there before.
        self._filter = Filter(count)
        self._stopping.clear()
        self._reader = threading.Thread(target=self._read, args=(self._filter, count), name="known-ids", daemon=True)
        self._reader.start()

    def _read(self, found: Filter, count: int) -> None:
        try:
            parts = max(1, count // SLICE)
            for number in range(parts):
                if self._stopping.is_set():
                    return
                span = {"first": number * (1 << 128) // parts, "last": (number + 1) * (1 << 128) // parts - 1}
                rows = warehouse.columns(warehouse.statement("intake", "seen_slice"), **span)
                if rows:
                    found.add(_keys(rows["low"], rows["workspace_id"]))
            self._is_complete = found is self._filter
        except StoreUnavailable as error:
            self._read_again_at = time.monotonic() + PATIENCE_SECONDS
            log.warning("Known message ids could not be read; the store is asked for every id: %s", error)


def _keys(hashes: Keys, workspace: int | np.ndarray[Any, Any]) -> Keys:
    """One key for a message id in its workspace."""
    return hashes ^ (np.asarray(workspace, dtype=np.uint64) * GOLDEN)


known_ids = KnownIds()
