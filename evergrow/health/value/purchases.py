"""BG/NBD and Gamma-Gamma together: what the purchases to come of each customer are worth, and how sure that is."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evergrow.health.value.months import DAYS_PER_MONTH
from evergrow.health.value.newton import Array
from evergrow.lib.shares import Z95

if TYPE_CHECKING:
    from evergrow.health.value.bg_nbd import BgNbd
    from evergrow.health.value.gamma_gamma import GammaGamma

FEWEST_CUSTOMERS = 50
FEWEST_REPEATERS = 20
STEP = 1e-4


@dataclass(frozen=True, slots=True)
class History:
    """Of each customer: repeat purchases (days with one after the first), recency and age in days, and the mean spend
    of the repeat purchases (of the first one where there is none)."""

    customer: Array
    repeats: Array
    recency: Array
    age: Array
    mean: Array


@dataclass(frozen=True, slots=True)
class Worth:
    """Of each customer: purchases to come within the horizon, the chance to be alive, the expected spend on one, and
    the discounted margin with its 95 % interval (None where the data do not bound the parameters)."""

    expected: Array
    alive: Array
    spend: Array
    value: Array
    low: Array | None
    high: Array | None


class TooFew(ValueError):
    """Not enough customers bought again to learn from."""

    def __init__(self, customers: int, repeaters: int) -> None:
        super().__init__(f"{customers} customers, {repeaters} of them with repeat purchases, are too few.")
        self.customers, self.repeaters = customers, repeaters


def history(customer: Array, day: Array, amount: Array, today: int) -> History:
    """From purchases to the history of each customer; several on one day are one. Days are ordinals."""
    order = np.lexsort((day, customer))
    customer, day, amount = customer[order], day[order], amount[order].astype(float)
    if not len(customer):
        nothing = np.zeros(0, dtype=np.int64)
        return History(nothing, nothing, nothing, nothing, np.zeros(0))
    fresh = np.concatenate([[True], (customer[1:] != customer[:-1]) | (day[1:] != day[:-1])])
    place = np.cumsum(fresh) - 1
    spent = np.bincount(place, amount)
    customer, day = customer[fresh], day[fresh]
    starts = np.flatnonzero(np.concatenate([[True], customer[1:] != customer[:-1]]))
    ends = np.append(starts[1:], len(customer)) - 1
    repeats = ends - starts
    sums = np.add.reduceat(spent, starts)
    mean = np.where(repeats > 0, (sums - spent[starts]) / np.maximum(repeats, 1), spent[starts])
    first = day[starts]
    return History(customer[starts], repeats, day[ends] - first, today - first, mean)


def fit(past: History) -> "tuple[BgNbd, GammaGamma]":
    """Both models of these customers. Raises TooFew."""
    from evergrow.health.value import bg_nbd, gamma_gamma  # they bring in scipy, which is large

    again = int((past.repeats > 0).sum())
    spent = int(((past.repeats > 0) & (past.mean > 0)).sum())
    if len(past.repeats) < FEWEST_CUSTOMERS or min(again, spent) < FEWEST_REPEATERS:
        raise TooFew(len(past.repeats), min(again, spent))
    buying = bg_nbd.fit(bg_nbd.group(past.repeats, past.recency, past.age))
    return buying, gamma_gamma.fit(past.repeats, past.mean)


def worth(
    past: History, buying: "BgNbd", spending: "GammaGamma", *, margin: float, horizon: int, discount: float
) -> Worth:
    """What the purchases of the next ``horizon`` months are worth today.

    The interval is that of the expectation, by the delta method: how it changes with each of the seven parameters
    (their logarithms), and how sure these are (inverse of the second derivatives of the two likelihoods).
    """
    groups, inverse = _alike(past)
    times = (margin, horizon, discount)
    ahead = horizon * DAYS_PER_MONTH
    alive = buying.alive(past.repeats, past.recency, past.age)
    expected = buying.expected_if_alive(*groups, ahead)[inverse] * alive
    spend = spending.spend(past.repeats, past.mean)
    value = _value(past, buying, spending, *times)
    if buying.covariance is None or spending.covariance is None:
        return Worth(expected, alive, spend, value, None, None)
    steps = [(number, side) for number in range(4) for side in (1, -1)]
    moved = [_value(past, type(buying).of(_nudged(buying.parameters, *one)), spending, *times) for one in steps]
    more = [(number, side) for number in range(3) for side in (1, -1)]
    moved += [_value(past, buying, type(spending).of(_nudged(spending.parameters, *one)), *times) for one in more]
    slopes = (np.array(moved[::2]) - np.array(moved[1::2])) / (2 * STEP)
    variance = np.einsum("in,ij,jn->n", slopes[:4], buying.covariance, slopes[:4])
    variance += np.einsum("in,ij,jn->n", slopes[4:], spending.covariance, slopes[4:])
    error = np.sqrt(np.maximum(variance, 0))
    # On the scale of logarithms, so that the interval stays above 0
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = np.exp(Z95 * np.where(value > 0, error / value, 0))
    return Worth(expected, alive, spend, value, value / factor, value * factor)


def _nudged(parameters: Array, number: int, side: int) -> Array:
    found = parameters.copy()
    found[number] *= np.exp(side * STEP)
    return found


def _value(
    past: History, buying: "BgNbd", spending: "GammaGamma", margin: float, horizon: int, discount: float
) -> Array:
    groups, inverse = _alike(past)
    before = np.zeros(len(groups[0]))
    total = np.zeros(len(groups[0]))
    for month in range(1, horizon + 1):
        until = buying.expected_if_alive(*groups, month * DAYS_PER_MONTH)
        total += (until - before) / (1 + discount) ** (month / 12)
        before = until
    alive = buying.alive(past.repeats, past.recency, past.age)
    return np.asarray(spending.spend(past.repeats, past.mean) * margin * alive * total[inverse])


def _alike(past: History) -> tuple[tuple[Array, Array], Array]:
    """What purchases to come depend on, once each: repeats and age; and the place of each customer there."""
    size = int(past.age.max()) + 1
    keys, inverse = np.unique(past.repeats.astype(np.int64) * size + past.age.astype(np.int64), return_inverse=True)
    repeats, age = np.divmod(keys, size)
    return (repeats.astype(float), age.astype(float)), inverse
