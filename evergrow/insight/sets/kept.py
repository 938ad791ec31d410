"""Who did an event on each day, kept in this process while the day is in the state in which it was read.

The number of a day's events and its set of people come from the same rows of ``activity``, read at once, so that a set
is never older than the number it is kept with. Bounded by bytes; the least used goes first.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from time import monotonic

import numpy as np
from django.conf import settings

from evergrow import warehouse
from evergrow.insight.funnel.people import People
from evergrow.insight.sets import bits, state
from evergrow.insight.sets.bits import Bits
from evergrow.insight.sets.state import State

FEWEST = 200_000  # events; the store needs some hundredths of a second for them
READ_AT_ONCE = 5_000_000  # events
FEW = 400  # bytes of a day without people
NOBODY_JOINED = People(np.zeros(0, np.uint32), np.zeros(0, np.uint32))

CALM = 60.0  # seconds

Key = tuple[int, str, date]


@dataclass(frozen=True, slots=True)
class Day:
    """``did``: who did it under the number they had then; ``now``: under the one they have as ``people`` are joined."""

    events: int
    rewritten: str
    did: Bits
    now: Bits
    people: People

    @property
    def weight(self) -> int:
        return FEW + self.did.nbytes + (0 if self.now is self.did else self.now.nbytes)

    def joined_as(self, people: People) -> "Day":
        """The same with people joined as they are now."""
        if people is self.people:
            return self
        return replace(self, now=bits.joined(self.did, people.before, people.now), people=people)


Days = dict[date, Day]


class Kept:
    """Days by workspace and event, in at most ``most`` bytes."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.size = 0
        self._found: OrderedDict[Key, Day] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Key) -> Day | None:
        """What is kept, whether it holds or not."""
        with self._lock:
            if key in self._found:
                self._found.move_to_end(key)
            return self._found.get(key)

    def put(self, key: Key, day: Day) -> None:
        """Keep a day, and let the least used go until all find room."""
        with self._lock:
            self._drop(key)
            self._found[key] = day
            self.size += day.weight
            while self.size > self.most:
                self._drop(next(iter(self._found)))

    def forget(self) -> None:
        """Let everything go."""
        with self._lock:
            self._found.clear()
            self.size = 0

    def _drop(self, key: Key) -> None:
        found = self._found.pop(key, None)
        self.size -= found.weight if found else 0


kept = Kept(settings.SETS_MIB * 1024 * 1024)
_lately: dict[tuple[int, str], tuple[str, float]] = {}


@dataclass(frozen=True, slots=True)
class Found:
    """The days between two on which an event happened, in order, and how people are joined on them."""

    days: Days
    people: People


def find(workspace: int, event: str, first: date, last: date) -> Found | None:
    """Who did an event on each day; None where few did, or it does not find room: then the store is to be asked.

    Raises ``warehouse.StoreUnavailable``.
    """
    seen = state.look(workspace, event, first, last)
    if sum(seen.numbers.values()) < FEWEST:
        return None
    days = {day: kept.get((workspace, event, day)) for day in seen.numbers}
    missing = [day for day, found in days.items() if found is None or not _holds(found, day, seen)]
    if missing and not (_is_calm(workspace, event, seen) and _finds_room(workspace, len(days))):
        return None
    read, gone = _read_all(workspace, event, missing, seen), set(missing)
    found = {day: read.get(day) if day in gone else days[day] for day in days}
    return Found({day: _joined(workspace, event, day, each, seen) for day, each in found.items() if each}, seen.people)


def _holds(day: Day, on: date, seen: State) -> bool:
    return day.events == seen.numbers[on] and day.rewritten == seen.rewritten


def _is_calm(workspace: int, event: str, seen: State) -> bool:
    """Whether stored events have not been rewritten again since days were last read, less than a minute ago."""
    rewritten, until = _lately.get((workspace, event), (seen.rewritten, 0.0))
    if rewritten != seen.rewritten and monotonic() < until:
        return False
    _lately[workspace, event] = seen.rewritten, monotonic() + CALM
    return True


def _finds_room(workspace: int, days: int) -> bool:
    """Whether so many days, each under old and new numbers, take no more than half of the room."""
    highest = warehouse.scalar(warehouse.statement("insight", "highest_person"), workspace=workspace) or 0
    return 2 * days * (int(highest) // 8 + FEW) <= kept.most // 2


def _joined(workspace: int, event: str, on: date, day: Day, seen: State) -> Day:
    found = day.joined_as(seen.people)
    if found is not day:
        kept.put((workspace, event, on), found)
    return found


def _read_all(workspace: int, event: str, days: Sequence[date], seen: State) -> Days:
    found: Days = {}
    for some in _portions(days, seen):
        found |= _read(workspace, event, some, seen)
    return found


def _portions(days: Sequence[date], seen: State) -> Iterator[list[date]]:
    """Days in portions of not too many events."""
    some: list[date] = []
    events = 0
    for day in days:
        if some and events + seen.numbers[day] > READ_AT_ONCE:
            yield some
            some, events = [], 0
        some.append(day)
        events += seen.numbers[day]
    if some:
        yield some


def _read(workspace: int, event: str, days: Sequence[date], seen: State) -> Days:
    """Read days and keep them. The first number of each day is how many events there are."""
    columns = warehouse.columns(
        warehouse.statement("insight", "sets_of_days"),
        workspace=workspace,
        event=event,
        first=days[0],
        days=list(days),
    )
    found: Days = {}
    if len(columns.get("place", ())):
        place, number = columns["place"], columns["number"]
        starts = np.concatenate(([0], np.flatnonzero(place[1:] != place[:-1]) + 1))
        for each, of_day in zip(place[starts].tolist(), np.split(number, starts[1:]), strict=True):
            day, did = days[0] + timedelta(days=each), bits.of(of_day[1:])
            read = Day(int(of_day[0]), seen.rewritten, did, did, NOBODY_JOINED).joined_as(seen.people)
            found[day] = read
            kept.put((workspace, event, day), read)
    return found
