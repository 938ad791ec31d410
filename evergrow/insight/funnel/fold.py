"""How far people came through the steps, from sorted moments: a plain funnel without a row for each event in SQL.

The rule is that of ``lean``: an event that may fill a step leads on the latest start that led to the step before, if
its window still holds; the start that first leads to the furthest step is the path's, and each of its steps is where
that start first led to it. Days are gone through in order: all that later ones need to know of earlier ones is how
people stand.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from evergrow.insight.funnel.moments import BITS, WITHIN, Flags, Moments, Numbers, Times, goes_on

Known = np.ndarray[Any, Any]
HERE = 128


@dataclass(frozen=True, slots=True)
class Rules:
    """``window`` in ms; ``may_start``: a try may begin on these days; ``only_first``: only a person's first start
    counts; ``offset``: ms from the beginning of the range to that of these days, at least 1."""

    window: int
    only_first: bool
    may_start: bool = True
    offset: int = 1


@dataclass(frozen=True, slots=True)
class Filled:
    """What filled a step on some days: ``keys`` in ascending order, and when each step ``before`` it was filled."""

    keys: Numbers
    offset: int
    before: Sequence[Times] = ()

    def begun(self, places: Times) -> Times:
        """When the first step was filled, as ms since the range began."""
        return self.before[0].take(places) if self.before else _times(self.keys.take(places), self.offset)

    def times(self, places: Times) -> list[Times]:
        """When each step up to this one was filled."""
        return [*(each.take(places) for each in self.before), _times(self.keys.take(places), self.offset)]


class Standing:
    """People numbered from ``low`` to before ``high``: times are ms since the range began, 0 for none.

    ``reached``: how many steps, from the second on; ``led``: for each step but the last the times up to it of the
    latest start that led there; ``path``: the times of the path that led furthest.
    """

    def __init__(self, steps: int, low: int, high: int) -> None:
        self.steps, self.low, self.high, size = steps, low, high, high - low
        self.reached = np.zeros(size, dtype=np.uint8)
        self.led = [[np.zeros(size, dtype=np.int64) for _ in range(step)] for step in range(1, steps)]
        self.path = [np.zeros(size, dtype=np.int64) for _ in range(steps)]

    @property
    def weight(self) -> int:
        """The bytes that it takes."""
        return weight(self.steps) * (self.high - self.low)

    def copy(self, high: int = 0) -> "Standing":
        """The same, to be led on, with room for people numbered to before ``high``."""
        found = Standing.__new__(Standing)
        found.steps, found.low, found.high = self.steps, self.low, max(high, self.high)
        more = found.high - self.high
        found.reached = _longer(self.reached, more)
        found.led = [[_longer(times, more) for times in led] for led in self.led]
        found.path = [_longer(times, more) for times in self.path]
        return found

    def forget(self, who: Numbers) -> None:
        """Some of its people have not begun."""
        places = who[(who >= self.low) & (who < self.high)].astype(np.int64) - self.low
        self.reached[places] = 0
        for times in (*self.path, *(times for led in self.led for times in led)):
            times[places] = 0

    def who(self, keys: Numbers) -> Times:
        """The places of the people of some moments."""
        found: Times = (keys >> BITS).view(np.int64)
        found -= self.low
        return found

    def came_to(self, step: int) -> Flags:
        """For each person whether they came to a step (from 1)."""
        return self.led[0][0] != 0 if step == 1 else self.reached >= step


def _longer(known: Known, more: int) -> Known:
    """A copy with so many zeros behind it."""
    return np.concatenate((known, np.zeros(more, dtype=known.dtype)))


def weight(steps: int) -> int:
    """The bytes of a person's standing."""
    return 2 + 8 * (steps + steps * (steps - 1) // 2)


def take(standing: Standing, steps: Sequence[Moments], rules: Rules) -> None:
    """Go on through some days, of which ``steps`` has the moments of each step."""
    before, lasts = _starts(standing, steps[0], rules)
    stands = [(standing.who(lasts), [_times(lasts, rules.offset)])]
    for step in range(2, standing.steps + 1):
        before = _filled(standing, step, steps[step - 1].keys, before, stands[-1][0], rules)
        _reach(standing, before, step)
        last = np.flatnonzero(~goes_on(before.keys))
        stands.append((standing.who(before.keys[last]), before.times(last)))
    for led, (who, times) in zip(standing.led, stands, strict=False):
        for known, now in zip(led, times, strict=True):
            known[who] = now


def _starts(standing: Standing, moments: Moments, rules: Rules) -> tuple[Filled, Numbers]:
    """The moments that begin tries, and the last of each person."""
    if not rules.may_start:
        return Filled(moments.keys[:0], rules.offset), moments.keys[:0]
    if not rules.only_first:
        return Filled(moments.keys, rules.offset), moments.lasts
    firsts = moments.keys[_is_first(moments.keys)]
    firsts = firsts[standing.led[0][0][standing.who(firsts)] == 0]
    return Filled(firsts, rules.offset), firsts


def _filled(standing: Standing, step: int, keys: Numbers, before: Filled, here: Times, rules: Rules) -> Filled:
    """The moments that fill a step: where a start first leads to it. ``here``: who filled the step before, now."""
    led = standing.led[step - 2]
    keys, who, begun, are_here = _hopeful(standing, keys, led[0], here, rules)
    places = _latest(before.keys, keys, are_here)
    later = np.flatnonzero(places >= 0)
    begun[later] = before.begun(places.take(later))
    leads = np.flatnonzero((begun != 0) & (_times(keys, rules.offset) <= begun + rules.window))
    leads = leads[_is_new_start(keys.take(leads), begun.take(leads))]
    if step < standing.steps:
        leads = leads[standing.led[step - 1][0].take(who.take(leads)) != begun.take(leads)]
    who, places = who.take(leads), places.take(leads)
    times, later = [known.take(who) for known in led], np.flatnonzero(places >= 0)
    for known, now in zip(times, before.times(places.take(later)), strict=True):
        known[later] = now
    return Filled(keys.take(leads), rules.offset, times)


def _hopeful(
    standing: Standing, keys: Numbers, started: Times, here: Times, rules: Rules
) -> tuple[Numbers, Times, Times, Times]:
    """The moments that may fill a step, their people, the starts that led these to the step before in earlier days, and
    the places of those whose people came there in these days.

    Nobody else is hopeful: who is through with all steps, or whose start is too long ago.
    """
    flags = standing.reached.copy()
    flags[here] |= HERE
    who = standing.who(keys)
    begun, is_where = started.take(who), flags.take(who)
    hopeful = (begun + rules.window >= _times(keys, rules.offset)) & (is_where < standing.steps)
    hopeful |= (is_where >= HERE) & (is_where < HERE + standing.steps)
    places = np.flatnonzero(hopeful)
    return keys.take(places), who.take(places), begun.take(places), np.flatnonzero(is_where.take(places) >= HERE)


def _latest(those: Numbers, keys: Numbers, are_here: Times) -> Times:
    """For each of ``keys`` the place of the latest of ``those`` of the same person until then; -1 for none.

    Only for the people of the places ``are_here`` there is one.
    """
    places = np.full(len(keys), -1, dtype=np.int64)
    keys = keys.take(are_here)
    found = np.searchsorted(those, keys, side="right").astype(np.int64) - 1
    if len(keys):
        found[those[found] >> BITS != keys >> BITS] = -1  # before all of them stands the last one, as of ``found``
    places[are_here] = found
    return places


def _is_new_start(keys: Numbers, begun: Times) -> Flags:
    """Whether the moment before is of another person or start."""
    found = _is_first(keys)
    found[1:] |= begun[1:] != begun[:-1]
    return found


def _is_first(keys: Numbers) -> Flags:
    """Whether the moment before is of somebody else."""
    found = np.ones(len(keys), dtype=bool)
    found[1:] = ~goes_on(keys)[:-1]
    return found


def _reach(standing: Standing, filled: Filled, step: int) -> None:
    """Whoever comes to a step for the first time has this path now."""
    firsts = np.flatnonzero(_is_first(filled.keys))
    who = standing.who(filled.keys[firsts])
    is_new = standing.reached[who] < step
    who = who[is_new]
    standing.reached[who] = step
    for known, now in zip(standing.path, filled.times(firsts[is_new]), strict=False):
        known[who] = now


def _times(keys: Numbers, offset: int) -> Times:
    found: Times = (keys & WITHIN).view(np.int64)
    found += offset
    return found
