"""Gamma-Gamma: what a customer spends on a purchase, on the mean.

Each purchase of a customer is Gamma(p, ν); ν is spread over customers as Gamma(q, v). A customer with few purchases
is drawn towards the mean of all. Only repeat purchases count. Source: Fader and Hardie (2013), The Gamma-Gamma Model
of Monetary Value, brucehardie.com/notes/025.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import digamma, gammaln, zeta

from evergrow.health.value.newton import Array, climb


@dataclass(frozen=True, slots=True)
class GammaGamma:
    """A fitted model. ``covariance`` is of the logarithms of (p, q, v); ``log_likelihood`` is of the means."""

    p: float
    q: float
    v: float
    log_likelihood: float
    covariance: Array | None
    is_inside: bool

    @property
    def parameters(self) -> Array:
        return np.array([self.p, self.q, self.v])

    @classmethod
    def of(cls, parameters: Array) -> "GammaGamma":
        p, q, v = map(float, parameters)
        return cls(p, q, v, float("nan"), None, True)

    @property
    def mean(self) -> float | None:
        """The mean spend of all customers, p·v / (q - 1); None where q <= 1, when no mean exists."""
        return self.p * self.v / (self.q - 1) if self.q > 1 else None

    def spend(self, repeats: Array, mean: Array) -> Array:
        """The expected spend on a purchase of customers with ``repeats`` purchases of this ``mean``.

        Those without a repeat purchase get the mean of all, not a number where there is none (q <= 1).
        """
        weight = self.p * repeats + self.q - 1
        with np.errstate(divide="ignore", invalid="ignore"):
            found = self.p * (self.v + repeats * np.where(repeats > 0, mean, 0)) / weight
        return np.where(weight > 0, found, np.nan)


def fit(repeats: Array, mean: Array) -> GammaGamma:
    """Fit to customers with a repeat purchase and a positive mean spend; others are left out.

    Raises ValueError where none is left.
    """
    known = (repeats > 0) & (mean > 0)
    x, z = repeats[known].astype(float), mean[known].astype(float)
    if not len(x):
        raise ValueError("Gamma-Gamma needs customers who bought again, with what they spent.")
    unit = float(np.exp(np.log(z).mean()))
    found = climb(_Likelihood(x, z / unit), np.array([4.0, 4.0, 1.0]))
    p, q, v = map(float, found.parameters)
    height = found.height - len(z) * np.log(unit)
    return GammaGamma(p, q, v * unit, float(height), found.covariance, found.is_inside)


class _Likelihood:
    """ln L = ln Γ(px+q) - ln Γ(px) - ln Γ(q) + q ln v + (px-1) ln z + px ln x - (px+q) ln(xz + v)."""

    def __init__(self, x: Array, z: Array) -> None:
        self.total, self.n = x * z, float(len(x))
        self.x = x
        self.log_sum = float(x @ (np.log(z) + np.log(x)))
        self.log_means = float(np.log(z).sum())
        self.sizes, place = np.unique(x, return_inverse=True)
        self.with_size = np.bincount(place).astype(float)

    def __call__(self, parameters: Array) -> tuple[float, Array, Array]:
        p, q, v = parameters
        x, n, k = self.sizes, self.with_size, p * self.x + q
        ends = self.total + v
        logs, shares, squares = np.log(ends), 1 / ends, 1 / ends**2
        height = n @ (gammaln(p * x + q) - gammaln(p * x)) + self.n * (q * np.log(v) - gammaln(q))
        height += p * self.log_sum - self.log_means - k @ logs
        both = digamma(p * x + q)
        slope = np.array(
            [
                (n * x) @ (both - digamma(p * x)) + self.log_sum - self.x @ logs,
                n @ both + self.n * (np.log(v) - digamma(q)) - logs.sum(),
                self.n * q / v - k @ shares,
            ]
        )
        curve = zeta(2, p * x + q)
        bend = np.empty((3, 3))
        bend[0, 0] = (n * x**2) @ (curve - zeta(2, p * x))
        bend[0, 1] = bend[1, 0] = (n * x) @ curve
        bend[1, 1] = n @ curve - self.n * zeta(2, q)
        bend[0, 2] = bend[2, 0] = -(self.x @ shares)
        bend[1, 2] = bend[2, 1] = self.n / v - shares.sum()
        bend[2, 2] = -self.n * q / v**2 + k @ squares
        return float(height), slope, bend
