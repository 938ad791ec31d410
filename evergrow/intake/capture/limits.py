"""How many events a second each key may send: a bucket that fills steadily and holds ten seconds' worth."""

import time
from math import ceil

BURST_SECONDS = 10


class Rate:
    """``per_second`` events a second for each key, 0 for no limit."""

    def __init__(self, per_second: int) -> None:
        self.per_second = per_second
        self._buckets: dict[int, tuple[float, float]] = {}

    def wait(self, key: int, count: int) -> int:
        """0 and the events are taken from the key's bucket; else how many seconds to wait before sending again."""
        if not self.per_second:
            return 0
        now, full = time.monotonic(), float(self.per_second * BURST_SECONDS)
        level, since = self._buckets.get(key, (full, now))
        level = min(full, level + (now - since) * self.per_second)
        # A batch larger than the whole bucket passes when the bucket is full; it would never pass otherwise.
        needed = min(float(count), full)
        if level < needed:
            self._buckets[key] = (level, now)
            return max(1, ceil((needed - level) / self.per_second))
        self._buckets[key] = (level - needed, now)
        return 0
