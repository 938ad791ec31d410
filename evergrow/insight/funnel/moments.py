"""When people did one event, on some days, sorted in memory: what a plain funnel is counted from.

A moment is one number, the person times 2³⁰ plus the milliseconds since the days began, so that sorted numbers are each
person's moments in order. Twelve days fit.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from evergrow.insight.funnel.people import People

Numbers = np.ndarray[Any, np.dtype[np.uint64]]
Times = np.ndarray[Any, np.dtype[np.int64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]
BITS = np.uint64(30)
WITHIN = np.uint64((1 << 30) - 1)
BYTES = 16  # of a moment, together with the last ones


@dataclass(frozen=True, slots=True)
class Moments:
    """``keys`` in ascending order, of people as ``people`` joined them; ``lasts`` is the last one of each person.

    ``is_sure``: there were as many as had been counted.
    """

    keys: Numbers
    lasts: Numbers
    people: People
    is_sure: bool = True

    @classmethod
    def of(cls, columns: Mapping[str, np.ndarray[Any, Any]], people: People) -> "Moments":
        """From columns ``person`` and ``after`` (milliseconds since the days began); people without a number go."""
        if not len(columns.get("person", ())):
            return cls.sorted(np.zeros(0, dtype=np.uint64), people)
        keys = people.joined(columns["person"]).astype(np.uint64)
        keys <<= BITS
        keys |= columns["after"].astype(np.uint64)
        keys.sort()
        return cls.sorted(keys[np.searchsorted(keys, np.uint64(1) << BITS) :], people)

    @classmethod
    def sorted(cls, keys: Numbers, people: People) -> "Moments":
        """From keys in ascending order."""
        return cls(keys, keys[~goes_on(keys)], people)

    def __len__(self) -> int:
        return len(self.keys)

    def joined_as(self, people: People) -> "Moments | None":
        """The same with people joined as they are now; None where that cannot be told from these."""
        moved = people.moved_since(self.people)
        if moved is None:
            return None
        before = np.array(sorted(moved), dtype=np.uint64)
        places = self._places(before)
        if not len(places):
            return Moments(self.keys, self.lasts, people)
        was = self.keys.take(places)
        now = np.array([moved[each] for each in (was >> BITS).tolist()], dtype=np.uint64)
        come = np.sort(now << BITS | was & WITHIN)
        rest = np.delete(self.keys, places)
        return Moments.sorted(np.insert(rest, np.searchsorted(rest, come), come), people)

    def of_these(self, who: Numbers) -> "Moments":
        """Those of a few people, given in ascending order."""
        return Moments.sorted(self.keys.take(self._places(who)), self.people)

    def _places(self, who: Numbers) -> Times:
        """Where the moments of a few people stand."""
        starts, ends = (np.searchsorted(self.keys, each << BITS) for each in (who, who + np.uint64(1)))
        sizes = ends - starts
        begins = np.cumsum(sizes) - sizes
        return np.repeat(starts - begins, sizes) + np.arange(int(sizes.sum()), dtype=np.int64)

    def between(self, low: int, high: int) -> "Moments":
        """Those of people from ``low`` to before ``high``."""
        ends = np.array([low, high], dtype=np.uint64) << BITS
        some, last = (slice(*np.searchsorted(each, ends).tolist()) for each in (self.keys, self.lasts))
        return Moments(self.keys[some], self.lasts[last], self.people)


def goes_on(keys: Numbers) -> Flags:
    """Whether the next moment is of the same person."""
    found = np.zeros(len(keys), dtype=bool)
    if len(keys):
        who = keys >> BITS
        np.equal(who[1:], who[:-1], out=found[:-1])
    return found
