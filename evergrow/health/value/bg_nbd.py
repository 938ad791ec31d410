"""BG/NBD: how often customers without a contract will buy again, and whether they still do.

While a customer buys, purchases come at a rate λ of their own; after each the customer is gone for good with a chance
p of their own. λ is spread over customers as Gamma(r, α), p as Beta(a, b). Of a customer's past three numbers are
enough: x repeat purchases, the last of them ``recency`` after the first purchase, seen for ``age`` since the first.
Source: Fader, Hardie and Lee (2005), "Counting Your Customers" the Easy Way, Marketing Science 24(2).
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import digamma, gammaln, hyp2f1, zeta

from evergrow.health.value.newton import Array, climb

SAMPLED = 20_000
# ln Γ, and its first two derivatives
DERIVATIVES = (gammaln, digamma, lambda x: zeta(2, x))


@dataclass(frozen=True, slots=True)
class Pasts:
    """Customers with equal pasts, once with their ``count``: repeat purchases, recency and age in one unit of time."""

    repeats: Array
    recency: Array
    age: Array
    count: Array


def group(repeats: Array, recency: Array, age: Array) -> Pasts:
    """Put customers with equal pasts together; the recency of those without a repeat purchase is 0.

    Each customer becomes one whole number of the places of its three values, so that one sort finds the equal ones.
    """
    if not len(repeats):
        nothing = np.zeros(0)
        return Pasts(nothing, nothing, nothing, nothing)
    recency = np.where(repeats > 0, recency, 0)
    places, values = zip(*(_dense(np.asarray(column)) for column in (repeats, recency, age)), strict=True)
    packed = np.sort((places[0] * len(values[1]) + places[1]) * len(values[2]) + places[2])
    starts = np.flatnonzero(np.concatenate([[True], packed[1:] != packed[:-1]]))
    count = np.diff(np.append(starts, len(packed)))
    rest, last = np.divmod(packed[starts], len(values[2]))
    first, middle = np.divmod(rest, len(values[1]))
    repeats, recency, age = (
        value[place].astype(float) for value, place in zip(values, (first, middle, last), strict=True)
    )
    return Pasts(repeats, recency, age, count.astype(float))


def _dense(column: Array) -> tuple[Array, Array]:
    """The place of each value among the values there are, and these (of whole numbers all between)."""
    if column.dtype.kind in "iu":
        low = column.min()
        return column.astype(np.int64) - int(low), np.arange(low, int(column.max()) + 1)
    values = np.unique(column)
    return np.searchsorted(values, column), values


@dataclass(frozen=True, slots=True)
class BgNbd:
    """A fitted model. ``covariance`` is of the logarithms of (r, α, a, b); None where the data do not bound them."""

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float
    covariance: Array | None
    is_inside: bool

    @property
    def parameters(self) -> Array:
        return np.array([self.r, self.alpha, self.a, self.b])

    @classmethod
    def of(cls, parameters: Array) -> "BgNbd":
        """The model with these parameters, as it is needed to see how answers depend on them."""
        r, alpha, a, b = map(float, parameters)
        return cls(r, alpha, a, b, float("nan"), None, True)

    def alive(self, repeats: Array, recency: Array, age: Array) -> Array:
        """The chance that a customer still buys (0–1); one without a repeat purchase is alive for certain."""
        return np.asarray(1 / (1 + self._odds_gone(repeats, recency, age)))

    def expected(self, repeats: Array, recency: Array, age: Array, ahead: float) -> Array:
        """Purchases to come within ``ahead`` (equation 10 of the paper)."""
        return np.asarray(self.expected_if_alive(repeats, age, ahead) * self.alive(repeats, recency, age))

    def expected_if_alive(self, repeats: Array, age: Array, ahead: float) -> Array:
        """The same for a customer who is still there; it depends on the repeats and the age alone."""
        if abs(self.a - 1) < 1e-4:
            near = [BgNbd(self.r, self.alpha, 1 + off, self.b, 0, None, True) for off in (-2e-4, 2e-4)]
            return np.asarray(sum(one.expected_if_alive(repeats, age, ahead) for one in near) / 2)
        total, chances = self.r + repeats, self.a + self.b + repeats - 1
        until = self.alpha + age + ahead
        series = hyp2f1(total, self.b + repeats, chances, ahead / until)
        kept = ((self.alpha + age) / until) ** total * series
        return np.asarray(chances / (self.a - 1) * (1 - kept))

    def expected_of_new(self, ahead: float) -> float:
        """Repeat purchases of a customer nothing is known of, within ``ahead`` of the first (equation 9)."""
        return float(self.expected_if_alive(np.zeros(1), np.zeros(1), ahead)[0])

    def _odds_gone(self, repeats: Array, recency: Array, age: Array) -> Array:
        leaving = self.a / (self.b + np.maximum(repeats, 1) - 1)
        quiet = ((self.alpha + age) / (self.alpha + recency)) ** (self.r + repeats)
        return np.where(repeats > 0, leaving * quiet, 0.0)


def fit(pasts: Pasts) -> BgNbd:
    """The parameters that make these pasts the likeliest. Raises ValueError where nobody bought again.

    Of many pasts a systematic sample gives the start, so that few steps over all of them are left.
    """
    if not pasts.repeats.any():
        raise ValueError("BG/NBD needs customers who bought again.")
    unit = float(pasts.age.max()) / 10 or 1.0
    start = np.array([0.5, 1.0, 0.8, 2.0])
    if len(pasts.count) > 2 * SAMPLED:
        start = climb(_Likelihood(_sampled(pasts), unit), start, 1e-2).parameters
    found = climb(_Likelihood(pasts, unit), start)
    r, alpha, a, b = map(float, found.parameters)
    # The likelihood is a density of purchase times: each purchase carries one unit of time
    height = found.height - float(pasts.count @ pasts.repeats) * np.log(unit)
    return BgNbd(r, alpha * unit, a, b, float(height), found.covariance, found.is_inside)


def log_likelihood(parameters: Array, pasts: Pasts) -> float:
    """The log-likelihood of (r, α, a, b), in the unit of the pasts."""
    return _Likelihood(pasts, 1.0)(parameters)[0]


def _sampled(pasts: Pasts) -> Pasts:
    every = slice(None, None, len(pasts.count) // SAMPLED)
    return Pasts(pasts.repeats[every], pasts.recency[every], pasts.age[every], pasts.count[every])


class _Likelihood:
    """The log-likelihood of grouped pasts with its first and second derivatives by (r, α, a, b).

    ln L = ln Γ(r+x) - ln Γ(r) + r ln α + ln B(a, b+x) - ln B(a, b) + ln(e^u + [x > 0] e^v), where
    u = -(r+x) ln(α+age) and v = ln a - ln(b+x-1) - (r+x) ln(α+recency). Times are divided by ``unit``.
    """

    def __init__(self, pasts: Pasts, unit: float) -> None:
        again = pasts.repeats > 0
        once = ~again
        self.once_age, self.once = pasts.age[once] / unit, pasts.count[once]
        self.x, self.recency, self.age = pasts.repeats[again], pasts.recency[again] / unit, pasts.age[again] / unit
        self.count = pasts.count[again]
        sizes = np.bincount(pasts.repeats.astype(np.int64), pasts.count)
        self.sizes = np.flatnonzero(sizes).astype(float)
        self.with_size = sizes[sizes > 0]
        self.all = float(pasts.count.sum())
        self.steps = np.empty((4, len(self.x)))

    def __call__(self, parameters: Array) -> tuple[float, Array, Array]:
        r, alpha, a, b = map(float, parameters)
        height, slope, bend = self._of_sizes(r, alpha, a, b)
        for more in (self._of_once(r, alpha), self._of_again(r, alpha, a, b)):
            height, slope, bend = height + more[0], slope + more[1], bend + more[2]
        return height, slope, bend

    def _of_sizes(self, r: float, alpha: float, a: float, b: float) -> tuple[float, Array, Array]:
        """What depends on the number of purchases alone: sums over n of f(c+x) - f(c) for c = r, a+b, b."""
        bases = np.array([r, a + b, b])
        points = np.concatenate([bases[:, None], bases[:, None] + self.sizes], axis=1)
        sums = [(values[:, 1:] - values[:, :1]) @ self.with_size for values in (f(points) for f in DERIVATIVES)]
        rates, both, left = np.array(sums).T
        height = rates[0] - both[0] + left[0] + self.all * r * np.log(alpha)
        slope = np.array([rates[1] + self.all * np.log(alpha), self.all * r / alpha, -both[1], left[1] - both[1]])
        bend = np.zeros((4, 4))
        bend[0, 0] = rates[2]
        bend[0, 1] = bend[1, 0] = self.all / alpha
        bend[1, 1] = -self.all * r / alpha**2
        bend[2:, 2:] = -both[2]
        bend[3, 3] += left[2]
        return float(height), slope, bend

    def _of_once(self, r: float, alpha: float) -> tuple[float, Array, Array]:
        """Those without a repeat purchase."""
        until = alpha + self.once_age
        shares = self.once / until
        logs, share = _sum(self.once, np.log(until)), float(shares.sum())
        bend = np.zeros((4, 4))
        bend[0, 1] = bend[1, 0] = -share
        bend[1, 1] = r * float((shares / until).sum())
        return -r * logs, np.array([-logs, -r * share, 0.0, 0.0]), bend

    def _of_again(self, r: float, alpha: float, a: float, b: float) -> tuple[float, Array, Array]:
        """Those with repeat purchases: still there (u), or gone after the last (v)."""
        total, left = r + self.x, 1 / (b - 1 + self.x)
        by_age, by_last = 1 / (alpha + self.age), 1 / (alpha + self.recency)
        log_last = -np.log(by_last)
        quiet = -np.log(by_age) - log_last
        odds = np.exp(-total * quiet) / (a * left)  # of being there against being gone
        gone = 1 / (1 + odds)
        gone_n = self.count * gone
        here_n = self.count - gone_n
        height = _sum(self.count, np.log(a * left) - total * log_last - np.log(gone))
        steps, apart = self.steps, by_age - by_last
        steps[0], steps[1], steps[2], steps[3] = quiet, total * apart, 1 / a, -left
        gone_all = float(gone_n.sum())
        slope = np.array(
            [
                -_sum(self.count, log_last) - _sum(here_n, quiet),
                -_sum(here_n, total * by_age) - _sum(gone_n, total * by_last),
                gone_all / a,
                -_sum(gone_n, left),
            ]
        )
        bend = np.einsum("in,jn->ij", steps * (here_n * gone), steps)
        bend[0, 1] -= _sum(here_n, by_age) + _sum(gone_n, by_last)
        bend[1, 0] = bend[0, 1]
        bend[1, 1] += _sum(here_n, total * by_age**2) + _sum(gone_n, total * by_last**2)
        bend[2, 2] -= gone_all / a**2
        bend[3, 3] += _sum(gone_n, left**2)
        return height, slope, bend


def _sum(one: Array, other: Array) -> float:
    """Σ one · other, on one processor: products of this kind gain nothing from several, which wait for one another."""
    return float(np.einsum("n,n->", one, other))
