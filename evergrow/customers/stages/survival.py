"""How long a stage takes, counting those who are still in it (Kaplan and Meier, 1958, J. Am. Stat. Assoc. 53, 457–481).

S(t) is the product over the days d ≤ t of 1 − left(d) ÷ there(d), where there(d) are those whose visit lasted d days or
more. Who is still there counts as long as it has been there, and says nothing about later.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Curve:
    """``steps``: ``(day, share still in the stage after that day)``, on days on which somebody left."""

    n: int
    left: int
    still: int
    steps: tuple[tuple[int, float], ...]

    def quantile(self, share: float) -> int | None:
        """The day by which this share (0–1) has left; None where the curve does not come so far."""
        return next((day for day, there in self.steps if there <= 1 - share + 1e-12), None)

    @property
    def median(self) -> int | None:
        return self.quantile(0.5)

    @property
    def p90(self) -> int | None:
        return self.quantile(0.9)


def curve(durations: Iterable[tuple[int, bool]]) -> Curve:
    """The curve of ``(days, whether the visit has ended)``."""
    left: Counter[int] = Counter()
    still: Counter[int] = Counter()
    for days, has_ended in durations:
        (left if has_ended else still)[days] += 1
    return of_counts(left, still)


def of_counts(left: Mapping[int, int], still: Mapping[int, int]) -> Curve:
    """The curve of how many visits ended after how many days, and how many go on for how many; any unit will do."""
    n = there = sum(left.values()) + sum(still.values())
    share, steps = 1.0, []
    for day in sorted({*left, *still}):
        ended = left.get(day, 0)
        if ended:
            share *= 1 - ended / there
            steps.append((day, share))
        there -= ended + still.get(day, 0)
    return Curve(n, sum(left.values()), sum(still.values()), tuple(steps))
