"""What a ranking is worth to a team that can only look at so many accounts a week."""

from dataclasses import dataclass

import numpy as np

PARTS = 10
DAYS_PER_WEEK = 7


@dataclass(frozen=True, slots=True)
class Caught:
    """What the team would have met by always taking the accounts at the top.

    ``picks`` rows, ``hits`` of them lost later; ``lost`` accounts were lost in all, ``caught`` of them after a pick;
    ``money`` is the monthly revenue of the lost accounts, ``money_caught`` that of the caught.
    """

    picks: int
    hits: int
    lost: int
    caught: int
    money: float
    money_caught: float

    @property
    def precision(self) -> float | None:
        return self.hits / self.picks if self.picks else None

    @property
    def recall(self) -> float | None:
        return self.caught / self.lost if self.lost else None


def lift(risk: np.ndarray, lost: np.ndarray, accounts: np.ndarray) -> list[float | None]:
    """By tenths of the rows, largest risk first: how many times the overall share was lost in it.

    Ties go by a fixed shuffle. None where nothing was lost at all, or where a tenth is empty.
    """
    order = np.lexsort((shuffled(accounts), -risk))
    base = float(lost.mean()) if len(lost) else 0.0
    parts = np.array_split(lost[order].astype(float), PARTS)
    return [float(part.mean()) / base if base and len(part) else None for part in parts]


def picks(risk: np.ndarray, days: np.ndarray, accounts: np.ndarray, *, count: int, rest: int) -> np.ndarray:
    """Which rows a team takes that on each day looks at the ``count`` accounts of the largest risk.

    An account that was taken is not taken again for ``rest`` days: the team already knows. ``days`` are ordinals.
    """
    taken = np.zeros(len(risk), dtype=bool)
    last = dict.fromkeys(np.unique(accounts).tolist(), -np.inf)
    mixed = shuffled(accounts)
    for day in np.unique(days):
        rows = np.flatnonzero(days == day)
        free = rows[[day - last[number] >= rest for number in accounts[rows].tolist()]]
        chosen = free[np.lexsort((mixed[free], -risk[free]))][:count]
        taken[chosen] = True
        last.update(dict.fromkeys(accounts[chosen].tolist(), float(day)))
    return taken


def caught(taken: np.ndarray, lost: np.ndarray, accounts: np.ndarray, money: np.ndarray) -> Caught:
    """What came of the rows that were taken; an account counts once, with its largest revenue."""
    is_lost = lost.astype(bool)
    every, met = np.unique(accounts[is_lost]), np.unique(accounts[is_lost & taken])
    worth = dict.fromkeys(every.tolist(), 0.0)
    for number, amount in zip(accounts[is_lost].tolist(), money[is_lost].tolist(), strict=True):
        worth[number] = max(worth[number], amount)
    return Caught(
        picks=int(taken.sum()),
        hits=int((taken & is_lost).sum()),
        lost=len(every),
        caught=len(met),
        money=sum(worth.values()),
        money_caught=sum(worth[number] for number in met.tolist()),
    )


def shuffled(accounts: np.ndarray) -> np.ndarray:
    """A number per row that is the same for an account every time and in no order of anything: breaks ties.

    Multiplication by 2654435761 modulo 2³² (Knuth, The Art of Computer Programming 3, 6.4).
    """
    return (accounts.astype(np.uint64) * np.uint64(2_654_435_761)) % np.uint64(2**32)
