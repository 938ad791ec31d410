"""How long something lasts, counting what still goes on (Kaplan and Meier, 1958, J. Am. Stat. Assoc. 53, 457–481).

S(t) is the product over the times d ≤ t of 1 − ended(d) ÷ there(d), where there(d) are those that lasted d or longer.
What goes on counts for as long as it has lasted, and says nothing about later.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

Array = np.ndarray


@dataclass(frozen=True, slots=True)
class Curve:
    """Of ``n`` that were watched, ``left`` have ended. Times are whole numbers of a unit, which is the caller's.

    ``times`` are those at which some ended, each with the share that is still ``there`` after it, and with Greenwood's
    sum Σ d / (n (n − d)) up to it (``spread``). ``last`` is the longest that was watched, ended or not.
    """

    n: int
    left: int
    last: int
    times: tuple[int, ...]
    there: tuple[float, ...]
    spread: tuple[float, ...]

    @property
    def still(self) -> int:
        """How many go on."""
        return self.n - self.left

    @property
    def steps(self) -> tuple[tuple[int, float], ...]:
        """``(time, share still there after it)``."""
        return tuple(zip(self.times, self.there, strict=True))

    def quantile(self, share: float) -> int | None:
        """The time by which this share (0–1) has ended; None where the curve does not come so far."""
        return next((time for time, there in self.steps if there <= 1 - share + 1e-12), None)

    @property
    def median(self) -> int | None:
        return self.quantile(0.5)

    @property
    def p90(self) -> int | None:
        return self.quantile(0.9)

    def at(self, times: Array) -> tuple[Array, Array]:
        """The share that is there after these times, and Greenwood's sum; not a number beyond ``last``."""
        place = np.searchsorted(np.array(self.times, float), times, side="right")
        there = np.array([1.0, *self.there])[place]
        spread = np.array([0.0, *self.spread])[place]
        unknown = times > self.last
        return np.where(unknown, np.nan, there), np.where(unknown, np.nan, spread)


def curve(lasted: Iterable[tuple[int, bool]]) -> Curve:
    """The curve of ``(how long, whether it has ended)``."""
    ended: Counter[int] = Counter()
    still: Counter[int] = Counter()
    for time, has_ended in lasted:
        (ended if has_ended else still)[time] += 1
    return of_counts(ended, still)


def of_counts(ended: Mapping[int, int], still: Mapping[int, int]) -> Curve:
    """The curve of how many ended after how long, and how many go on for how long."""
    every = sorted({*ended, *still})
    n = there = sum(ended.values()) + sum(still.values())
    share, sum_so_far = 1.0, 0.0
    times, shares, spreads = [], [], []
    for time in every:
        left = ended.get(time, 0)
        if left:
            share *= 1 - left / there
            sum_so_far += left / (there * (there - left)) if there > left else np.inf
            times.append(time)
            shares.append(share)
            spreads.append(sum_so_far)
        there -= left + still.get(time, 0)
    last = every[-1] if every else 0
    return Curve(n, sum(ended.values()), last, tuple(times), tuple(shares), tuple(spreads))
