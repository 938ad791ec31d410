"""BG/NBD: how often customers without a contract will buy again, and whether they still do.

While a customer buys, purchases come at a rate λ of their own; after each the customer is gone for good with a chance
p of their own. λ is spread over customers as Gamma(r, α), p as Beta(a, b). Of a customer's past three numbers are
enough: x repeat purchases, the last of them ``recency`` after the first purchase, seen for ``age`` since the first.
Source: Fader, Hardie and Lee (2005), "Counting Your Customers" the Easy Way, Marketing Science 24(2).
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import hyp2f1

from evergrow.health.value.newton import Array, climb
from evergrow.health.value.pasts import Pasts, group

__all__ = ["BgNbd", "Pasts", "fit", "group", "log_likelihood"]

SAMPLED = 20_000
# Share of the time observed in which customers are taken to be there still, at the start
STILL_THERE = 0.6


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
    start = _start(pasts, unit)
    if len(pasts.count) > 2 * SAMPLED:
        start = climb(_Likelihood(_sampled(pasts), unit), start, 1e-5).parameters
    found = climb(_Likelihood(pasts, unit), start)
    r, alpha, a, b = map(float, found.parameters)
    # The likelihood is a density of purchase times: each purchase carries one unit of time
    height = found.height - _sum(pasts.count, pasts.repeats) * np.log(unit)
    return BgNbd(r, alpha * unit, a, b, float(height), found.covariance, found.is_inside)


def _start(pasts: Pasts, unit: float) -> Array:
    """Where to begin: r and α by the moments of purchases as if nobody ever left, α less what those who left were idle.

    A mean m and a variance v of purchases in the mean age t give r = m² / (v - m) and α = r t / m.
    """
    customers = float(pasts.count.sum())
    mean, age = _sum(pasts.count, pasts.repeats) / customers, _sum(pasts.count, pasts.age) / customers
    variance = _sum(pasts.count, (pasts.repeats - mean) ** 2) / customers
    r = float(np.clip(mean**2 / max(variance - mean, 0.1 * mean), 0.05, 5.0))
    return np.array([r, max(STILL_THERE * r * age / mean / unit, 1e-3), 0.8, 2.0])


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

    As x is whole, ln Γ(c+x) - ln Γ(c) is Σ ln(c+j) over the j below x: of all customers together each j counts as often
    as there are some with more purchases (``more``), and no special function is needed.
    """

    def __init__(self, pasts: Pasts, unit: float) -> None:
        again = pasts.repeats > 0
        once = ~again
        self.once_age, self.once = pasts.age[once] / unit, pasts.count[once]
        self.x, self.recency, self.age = pasts.repeats[again], pasts.recency[again] / unit, pasts.age[again] / unit
        self.count = pasts.count[again]
        sizes = np.bincount(self.x.astype(np.int64), self.count)
        self.more = np.cumsum(sizes[::-1])[::-1][1:]
        self.below = np.arange(float(len(self.more)))
        self.all = float(pasts.count.sum())
        # Rows that are summed: of those still there, of those gone, and the derivatives of u - v
        self.here, self.gone, self.apart = (np.empty((rows, len(self.x))) for rows in (4, 5, 4))

    def __call__(self, parameters: Array) -> tuple[float, Array, Array]:
        r, alpha, a, b = map(float, parameters)
        height, slope, bend = self._of_sizes(r, alpha, a, b)
        for more in (self._of_once(r, alpha), self._of_again(r, alpha, a, b)):
            height, slope, bend = height + more[0], slope + more[1], bend + more[2]
        return height, slope, bend

    def _of_sizes(self, r: float, alpha: float, a: float, b: float) -> tuple[float, Array, Array]:
        """What depends on the number of purchases alone: sums of ln(c+j) for c = r, a+b, b."""
        points = np.array([[r], [a + b], [b]]) + self.below
        first = 1 / points
        rates, both, left = np.array([np.log(points) @ self.more, first @ self.more, -(first * first) @ self.more]).T
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
        here, gone, apart = self.here, self.gone, self.apart
        total, to_last, to_end = r + self.x, self.recency + alpha, self.age + alpha
        by_end, by_last, left = np.divide(1, to_end, out=here[1]), np.divide(1, to_last, out=gone[0]), gone[3]
        np.divide(1, self.x + (b - 1), out=left)
        quiet = np.log(to_end * by_last, out=here[0])
        log_last = np.log(to_last)
        odds = np.exp(-total * quiet) / (a * left)  # of being there against being gone
        rest = 1 / (1 + odds)
        gone_n = self.count * rest
        here_n = self.count - gone_n
        height = _sum(self.count, np.log(a * left / rest) - total * log_last)
        np.multiply(total, by_end, out=here[2])
        np.multiply(here[2], by_end, out=here[3])
        np.multiply(total, by_last, out=gone[1])
        np.multiply(gone[1], by_last, out=gone[2])
        np.multiply(left, left, out=gone[4])
        apart[0], apart[2] = quiet, 1 / a
        np.subtract(here[2], gone[1], out=apart[1])
        np.negative(left, out=apart[3])
        stay_quiet, stay_age, stay_total, stay_bend = _rows(here, here_n).tolist()
        left_age, left_total, left_bend, left_b, left_bend_b = _rows(gone, gone_n).tolist()
        gone_all = float(gone_n.sum())
        slope = np.array([-_sum(self.count, log_last) - stay_quiet, -stay_total - left_total, gone_all / a, -left_b])
        bend = _squares(apart, here_n * rest)
        bend[0, 1] -= stay_age + left_age
        bend[1, 0] = bend[0, 1]
        bend[1, 1] += stay_bend + left_bend
        bend[2, 2] -= gone_all / a**2
        bend[3, 3] += left_bend_b
        return height, slope, bend


# Up to so many numbers the library of linear algebra works on one processor; beyond it takes several, which wait for
# one another and gain nothing in sums of this kind.
ALONE = 9_000


def _sum(one: Array, other: Array) -> float:
    """Σ one · other."""
    return float(one @ other if one.size <= ALONE else np.einsum("n,n->", one, other))


def _rows(rows: Array, weights: Array) -> Array:
    """Σ row · weights of each row."""
    found: Array = rows @ weights if rows.size <= ALONE else np.einsum("in,n->i", rows, weights)
    return found


def _squares(rows: Array, weights: Array) -> Array:
    """Σ row · weights · row of all pairs of rows."""
    weighed = rows * weights
    found: Array = weighed @ rows.T if rows.size <= ALONE else np.einsum("in,jn->ij", weighed, rows)
    return found
