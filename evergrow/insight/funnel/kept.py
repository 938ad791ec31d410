"""The moments of events that are kept in this process, each for as long as nothing changed on its days.

What is kept of an event and a span of days holds while as many events are there as were read, and nothing stored was
rewritten since (``warehouse.rewritten``): events that come in raise the number of their own days only. Merges of people
are carried out on what is kept. Bounded by bytes; the least used goes first.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from django.conf import settings

from evergrow import warehouse
from evergrow.insight.funnel.days import Span
from evergrow.insight.funnel.moments import BYTES, Moments, Times
from evergrow.insight.funnel.people import People, Persons

Key = tuple[int, str, int, int]
FEW = 200  # bytes of what has no moments
READ_AT_ONCE = 2_000_000
QUARTER = 15 * 60 * 1000


class Astray(Exception):
    """An event does not lie on the day it is stored under: its workspace is changing its zone."""


@dataclass(frozen=True, slots=True)
class State:
    """What is kept holds for this many events on its days and no rewriting since."""

    events: int
    rewritten: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """An event of a workspace on some days, in the state they are in."""

    workspace: int
    event: str
    span: Span
    state: State

    @property
    def key(self) -> Key:
        return self.workspace, self.event, self.span.begins, self.span.ends


class Kept:
    """Moments by workspace, event and span, in at most ``most`` bytes."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.size = 0
        self._found: OrderedDict[Key, tuple[State, Moments]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, wanted: Wanted, people: People) -> Moments | None:
        """The moments, with people joined as they are now; None where they must be read."""
        with self._lock:
            state, found = self._found.get(wanted.key, (None, None))
            if found is None:
                return None
            if state != wanted.state:
                self._drop(wanted.key)
                return None
            self._found.move_to_end(wanted.key)
        if found.people is people:
            return found
        joined = found.joined_as(people)
        if joined is not None:
            self.put(wanted, joined)
        return joined

    def put(self, wanted: Wanted, moments: Moments) -> None:
        """Keep moments, and let the least used go until all find room."""
        with self._lock:
            if wanted.key in self._found:
                self._drop(wanted.key)
            self._found[wanted.key] = wanted.state, moments
            self.size += weight(moments)
            while self.size > self.most:
                self._drop(next(iter(self._found)))

    def forget(self) -> None:
        """Let everything go."""
        with self._lock:
            self._found.clear()
            self.size = 0

    def _drop(self, key: Key) -> None:
        self.size -= weight(self._found.pop(key)[1])


kept = Kept(settings.MOMENTS_MIB * 1024 * 1024 // 4 * 3)


def weight(moments: Moments) -> int:
    """The bytes that moments take."""
    return FEW + BYTES * len(moments)


def moments(steps: Sequence[Sequence[Wanted]], people: People) -> list[list[Moments]]:
    """The moments of events, each on the same spans that follow each other: kept ones, others read now and kept.

    Raises Astray.
    """
    nothing = Moments.of({}, people)
    found = [[kept.get(each, people) if each.state.events else nothing for each in step] for step in steps]
    gaps: dict[tuple[int, int], list[int]] = {}
    for place, (step, those) in enumerate(zip(steps, found, strict=True)):
        for gap in _gaps([each is None for each in those], [each.state.events for each in step]):
            gaps.setdefault(gap, []).append(place)
    for (start, end), places in gaps.items():
        for some in _portions(places, [sum(each.state.events for each in steps[at][start:end]) for at in places]):
            for place, read in zip(some, _read([steps[place][start:end] for place in some], people), strict=True):
                found[place][start:end] = read
    return [[each for each in those if each is not None] for those in found]


def _portions(places: Sequence[int], events: Sequence[int]) -> list[list[int]]:
    """Steps that are read together: all, or each by itself where that were too much at once."""
    return [list(places)] if sum(events) <= READ_AT_ONCE else [[place] for place in places]


def _gaps(is_missing: Sequence[bool], events: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Where something is missing: from and to, not too much at once."""
    start, size = 0, 0
    for place, missing in enumerate([*is_missing, False]):
        if missing and size + events[place] <= READ_AT_ONCE:
            size += events[place]
            continue
        if start < place:
            yield start, place
        start, size = (place, events[place]) if missing else (place + 1, 0)


def _read(steps: Sequence[Sequence[Wanted]], people: People) -> list[list[Moments]]:
    """Read spans that follow each other in one go, for each of some events; keep those as many as expected."""
    wanted = steps[0]
    columns = warehouse.columns(
        warehouse.statement("insight", "moments"),
        workspace=wanted[0].workspace,
        events=[step[0].event for step in steps],
        first=wanted[0].span.first,
        last=wanted[-1].span.last,
    )
    nobody = np.zeros(0, np.uint8)
    which = columns.get("which", nobody)
    places = [np.flatnonzero(which == place) for place, _step in enumerate(steps, 1)]
    return [
        _cut(step, columns.get("person", nobody).take(here), columns.get("at", nobody).take(here), people)
        for step, here in zip(steps, places, strict=True)
    ]


def _cut(wanted: Sequence[Wanted], person: Persons, at: Times, people: People) -> list[Moments]:
    """The moments of one event, by span."""
    if not len(person):
        return [replace(Moments.of({}, people), is_sure=False) for _ in wanted]
    person, at, ends = _parted(wanted, person, at)
    found = []
    for each, (start, end) in zip(wanted, pairwise(ends), strict=True):
        read = Moments.of({"person": person[start:end], "after": at[start:end] - each.span.begins}, people)
        is_sure = end - start == each.state.events
        if is_sure:
            kept.put(each, read)
        found.append(replace(read, is_sure=is_sure))
    return found


def _parted(wanted: Sequence[Wanted], person: Persons, at: Times) -> tuple[Persons, Times, list[int]]:
    """Events put in the order of the spans they fall into, and where each span begins and ends among them.

    Days begin at a quarter of an hour in every zone. Raises Astray for events before or after.
    """
    begins = wanted[0].span.begins
    quarters = [(each.span.ends - each.span.begins) // QUARTER for each in wanted]
    quarter = (at - begins) // QUARTER
    if quarter.min() < 0 or quarter.max() >= sum(quarters):
        raise Astray
    span = np.repeat(np.arange(len(wanted), dtype=np.uint16), quarters).take(quarter)
    order = np.argsort(span, kind="stable")
    ends = np.cumsum(np.bincount(span, minlength=len(wanted))).tolist()
    return person.take(order), at.take(order), [0, *ends]
