"""What a source may send: how fast, how much, how large, from which pages.

The speed is a bucket for each source that fills steadily. Counts of the door are written down every two seconds, by the
thread that reads the keys.
"""

import time
from collections import defaultdict
from datetime import date, datetime
from math import ceil
from threading import Lock
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import F

from evergrow.intake.models import SourceSettings, SourceTally
from evergrow.intake.models.sources import TAKEN
from evergrow.lib import clock

BURST_SECONDS = 10


class Limits(NamedTuple):
    """The limits in force for a source, 0 for none: events a second, at once and a day; bytes of a message and of a
    request. ``origins`` are the pages that may send, all where there are none."""

    per_second: int = 0
    burst: int = 0
    per_day: int = 0
    message: int = 0
    request: int = 0
    origins: tuple[str, ...] = ()
    is_paused: bool = False


def in_force(own: SourceSettings | None) -> Limits:
    """A source's own limits, and the defaults of the settings where it has none."""
    own = own or SourceSettings()
    per_second = _chosen(own.per_second, settings.CAPTURE_EVENTS_PER_SECOND)
    return Limits(
        per_second=per_second,
        burst=own.burst or per_second * BURST_SECONDS,
        per_day=own.per_day or 0,
        message=_chosen(own.message_kib, settings.CAPTURE_MESSAGE_KIB) * 1024,
        request=(own.request_kib or settings.CAPTURE_REQUEST_KIB) * 1024,
        origins=tuple(own.origins),
        is_paused=bool(own.paused_at),
    )


def _chosen(own: int | None, default: int) -> int:
    return default if own is None else own


class Rate:
    """The buckets of all sources; ``per_second`` stands for every source where it is given."""

    def __init__(self, per_second: int | None = None) -> None:
        self.per_second = per_second
        self._buckets: dict[int, tuple[float, float]] = {}

    def speed(self, limits: Limits) -> tuple[int, int]:
        """Events a second, and how many may come at once."""
        if self.per_second is None:
            return limits.per_second, limits.burst
        return self.per_second, self.per_second * BURST_SECONDS

    def wait(self, key: int, count: int, limits: Limits) -> int:
        """0 and the events are taken from the key's bucket; else how many seconds to wait before sending again."""
        per_second, burst = self.speed(limits)
        if not per_second:
            return 0
        now, full = time.monotonic(), float(burst)
        level, since = self._buckets.get(key, (full, now))
        level = min(full, level + (now - since) * per_second)
        # A batch larger than the whole bucket passes when the bucket is full; it would never pass otherwise.
        needed = min(float(count), full)
        if level < needed:
            self._buckets[key] = (level, now)
            return max(1, ceil((needed - level) / per_second))
        self._buckets[key] = (level - needed, now)
        return 0


def allows(origins: tuple[str, ...], origin: str) -> bool:
    """Whether a page at ``origin`` may send. ``https://*.example.com`` stands for every host below example.com."""
    return not origins or any(_fits(pattern, origin.lower()) for pattern in origins)


def _fits(pattern: str, origin: str) -> bool:
    before, star, after = pattern.partition("*")
    return origin == pattern if not star else origin.startswith(before) and origin.endswith(after) and origin != pattern


def origin_of(address: str) -> str:
    """The scheme, host and port of a page's address; empty where it has none."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}".lower() if parts.scheme and parts.netloc else ""


class Tally:
    """How much each source was taken and refused today (UTC), counted in memory and written down by ``save``.

    What was counted since the last ``save`` is lost with the process: a quota may then let a little more through.
    """

    def __init__(self) -> None:
        self._counted: dict[tuple[int, date, str], tuple[int, datetime]] = defaultdict(lambda: (0, clock.now()))
        self._taken: dict[int, int] = {}
        self._lock = Lock()

    def count(self, key: int, what: str, number: int = 1) -> None:
        now = clock.now()
        with self._lock:
            place = (key, now.date(), what)
            self._counted[place] = (self._counted[place][0] + number, now)

    def taken(self, key: int) -> int:
        """How many events of a source were taken today, as far as they were counted."""
        return self._taken.get(key, 0) + self._counted.get((key, clock.now().date(), TAKEN), (0, clock.now()))[0]

    def save(self) -> None:
        """Add what was counted to the rows, and read how much was taken today altogether."""
        with self._lock:
            counted, self._counted = self._counted, defaultdict(lambda: (0, clock.now()))
            for (key, _day, what), (number, _at) in counted.items():
                if what == TAKEN:
                    self._taken[key] = self._taken.get(key, 0) + number
        for (key, day, what), (number, at) in counted.items():
            row, is_new = SourceTally.objects.get_or_create(
                key_id=key, day=day, what=what, defaults={"count": number, "last_at": at}
            )
            if not is_new:
                SourceTally.objects.filter(pk=row.pk).update(count=F("count") + number, last_at=at)
        today = SourceTally.objects.filter(day=clock.now().date(), what=TAKEN)
        self._taken = dict(today.values_list("key_id", "count"))
