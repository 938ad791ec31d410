"""How people stood after days that did not change since, kept so that a plain funnel asked again walks only on.

What is kept of a funnel holds while each of its steps is on each day passed in the state it was in then; who was merged
since is led through those days again. Most of what arrives falls on the last two days, so people stand still before
those; where something came later than that, they stand still before its days as well. Bounded by bytes; the least used
goes first.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from django.conf import settings

from evergrow.insight.funnel import fold
from evergrow.insight.funnel.days import Span
from evergrow.insight.funnel.kept import State, Wanted
from evergrow.insight.funnel.moments import BITS, Moments, Numbers
from evergrow.insight.funnel.people import People

Passed = tuple[Span, tuple[State, ...]]
PARTS = 2  # of the people, each on a processor of its own
POINTS = 2  # of a funnel
MOST_MOVED = 2_000  # people merged since, who are led again
LIVELY = 2  # spans at the end on which most arrives


@dataclass(frozen=True, slots=True)
class Way:
    """What is walked: events in order by their rules, over days in the state they are in, with people as joined."""

    workspace: int
    events: tuple[str, ...]
    window: int
    only_first: bool
    passed: tuple[Passed, ...]
    people: People

    @classmethod
    def of(cls, steps: Sequence[Sequence[Wanted]], window: int, *, only_first: bool, people: People) -> "Way":
        """From what is wanted of each step on each span."""
        names = tuple(step[0].event for step in steps if step)
        passed = tuple((each[0].span, tuple(step.state for step in each)) for each in zip(*steps, strict=True))
        return cls(steps[0][0].workspace if steps[0] else 0, names, window, only_first, passed, people)

    @property
    def key(self) -> tuple[int, tuple[str, ...], int, bool]:
        return self.workspace, self.events, self.window, self.only_first

    @property
    def lively(self) -> int:
        """How many spans lie before the last ones on which anything happened."""
        busy = [place for place, (_span, states) in enumerate(self.passed) if any(each.events for each in states)]
        return busy[-LIVELY] if len(busy) > LIVELY else 0

    def rules(self, place: int) -> fold.Rules:
        """How one of the spans is walked."""
        span = self.passed[place][0]
        offset = span.begins - self.passed[0][0].begins + 1
        return fold.Rules(self.window, self.only_first, span.may_start, offset)


@dataclass(frozen=True, slots=True)
class Point:
    """How people stood, in parts, after these days. The parts are never changed."""

    passed: tuple[Passed, ...] = ()
    people: People | None = None
    parts: tuple[fold.Standing, ...] = ()

    @property
    def place(self) -> int:
        return len(self.passed)

    @property
    def weight(self) -> int:
        return sum(part.weight for part in self.parts)

    def is_on(self, way: Way) -> bool:
        """Whether one can go on from here."""
        return self.people is way.people and self.is_by(way)

    def is_by(self, way: Way) -> bool:
        """Whether one can go on from here once those who were merged since are led here again."""
        return self.passed == way.passed[: self.place] and self.moved(way) is not None

    def moved(self, way: Way) -> Numbers | None:
        """Who was merged since, and into whom, in ascending order; None for too many, and where people were parted."""
        moved = way.people.moved_since(self.people) if self.people is not None else {}
        if moved is None or len(moved) > MOST_MOVED:
            return None
        return np.array(sorted({*moved, *moved.values()}), dtype=np.uint64)

    def shared(self, way: Way) -> int:
        """How many of the days are as they were."""
        if self.people is not way.people:
            return 0
        pairs = zip(self.passed, way.passed, strict=False)
        return next((place for place, (was, now) in enumerate(pairs) if was != now), min(self.place, len(way.passed)))


BEGIN = Point()


class Points:
    """Where people stood, by funnel, in at most ``most`` bytes."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.size = 0
        self._found: OrderedDict[object, list[Point]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, way: Way) -> list[Point]:
        """What is kept of a funnel, in the order of days, whether it holds or not."""
        with self._lock:
            if way.key in self._found:
                self._found.move_to_end(way.key)
            return list(self._found.get(way.key, ()))

    def put(self, way: Way, points: Iterable[Point]) -> None:
        """Keep these of a funnel and no others, the last days first where there is not room for all."""
        kept: list[Point] = []
        for each in sorted(points, key=lambda point: -point.place)[:POINTS]:
            if sum(one.weight for one in kept) + each.weight <= self.most:
                kept.append(each)
        with self._lock:
            self._drop(way.key)
            self._found[way.key] = kept[::-1]
            self.size += sum(each.weight for each in kept)
            while self.size > self.most:
                self._drop(next(iter(self._found)))

    def forget(self) -> None:
        """Let everything go."""
        with self._lock:
            self._found.clear()
            self.size = 0

    def _drop(self, key: object) -> None:
        self.size -= sum(each.weight for each in self._found.pop(key, ()))


points = Points(settings.MOMENTS_MIB * 1024 * 1024 // 4)


def start(way: Way, read: Callable[[int], list[list[Moments]]]) -> tuple[Point, list[list[Moments]]]:
    """From where people need only walk on, and the moments from there on: ``read`` gives those from a span on."""
    point = next((each for each in reversed(points.of(way)) if each.is_by(way)), BEGIN)
    if not point.parts or point.people is way.people:
        return point, read(point.place)
    steps = read(0)
    is_sure = all(each.is_sure for step in steps for each in step[: point.place])
    point = _led_again(way, point, steps) if is_sure else BEGIN
    return point, [step[point.place :] for step in steps]


def _led_again(way: Way, point: Point, steps: Sequence[Sequence[Moments]]) -> Point:
    """The point with people joined as they are now, and kept as such: only those who were merged walk again."""
    who = point.moved(way)
    assert who is not None
    last = len(point.parts) - 1
    highest = int(who[-1]) + 1 if len(who) else 0
    parts = [part.copy(highest if place == last else 0) for place, part in enumerate(point.parts)]
    for part in parts:
        part.forget(who)
    for place in range(point.place):
        here = [step[place].of_these(who) for step in steps]
        if any(map(len, here)):
            for part in parts:
                fold.take(part, [each.between(part.low, part.high) for each in here], way.rules(place))
    found = Point(point.passed, way.people, tuple(parts))
    points.put(way, [*(each for each in points.of(way) if each.is_on(way)), found])
    return found


def highest(begin: Point, steps: Sequence[Sequence[Moments]]) -> int:
    """The number after that of the last person."""
    known = [each.high for each in begin.parts]
    return max([1, *known, *(int(each.keys[-1] >> BITS) + 1 for step in steps for each in step if len(each))])


def walk(way: Way, begin: Point, steps: Sequence[Sequence[Moments]], highest: int) -> list[fold.Standing]:
    """How people stand after the last day: ``steps`` has the moments of each step on each span from ``begin`` on."""
    parts = _parts(way, begin, steps, highest)
    places = _stops(way, begin, steps)
    with ThreadPoolExecutor(PARTS) as pool:
        walked = list(pool.map(lambda part: _walk(way, begin.place, part, steps, places), parts))
    if places:
        found = [Point(way.passed[:place], way.people, tuple(each[place] for each in walked)) for place in places]
        points.put(way, [*(each for each in points.of(way) if each.is_on(way) and each.place not in places), *found])
    return [each[len(way.passed)] for each in walked]


def _stops(way: Way, begin: Point, steps: Sequence[Sequence[Moments]]) -> set[int]:
    """After how many spans people's standing is to be kept, beyond what is kept already.

    Not after one of which not as many moments were read as had been counted: an insert was under way.
    """
    places = {way.lively, *(each.shared(way) for each in points.of(way))}
    unsure = (place for place, here in enumerate(zip(*steps, strict=True)) if not all(each.is_sure for each in here))
    last = begin.place + next(unsure, len(way.passed))
    return {place for place in places if begin.place < place < len(way.passed) and place <= last}


def _parts(way: Way, begin: Point, steps: Sequence[Sequence[Moments]], highest: int) -> list[fold.Standing]:
    """People as they stand at the beginning, each part with as many of those who begin."""
    if begin.parts:
        last = len(begin.parts) - 1
        return [each.copy(highest if place == last else 0) for place, each in enumerate(begin.parts)]
    most = max(steps[0], key=len).lasts
    cuts = [int(most[len(most) * part // PARTS] >> BITS) for part in range(1, PARTS)] if len(most) else []
    return [fold.Standing(len(way.events), low, high) for low, high in pairwise([0, *cuts, highest])]


def _walk(
    way: Way, begin: int, standing: fold.Standing, steps: Sequence[Sequence[Moments]], stops: Iterable[int]
) -> dict[int, fold.Standing]:
    """How the people of a part stand after so many spans: those of ``stops``, and all."""
    found: dict[int, fold.Standing] = {}
    for place in range(begin, len(way.passed)):
        if place in stops:
            found[place] = standing.copy()
        here = [step[place - begin] for step in steps]
        if any(map(len, here)):
            fold.take(standing, [each.between(standing.low, standing.high) for each in here], way.rules(place))
    return found | {len(way.passed): standing}
