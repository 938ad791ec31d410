"""What the months to come of customers with a contract are worth, by the curve of how long such customers stay."""

from dataclasses import dataclass

import numpy as np

from evergrow.lib.shares import Z95
from evergrow.lib.survival import Array, Curve

DAYS_PER_MONTH = 30.4375


@dataclass(frozen=True, slots=True)
class Months:
    """Of each customer: the discounted months to come, the 95 % interval of that, the share still there at the end,
    and the months that were looked ahead."""

    worth: Array
    low: Array
    high: Array
    stays: Array
    ahead: Array


def months_to_come(curve: Curve, tenure: Array, horizon: int, discount: float) -> Months:
    """Σ over the months k up to the horizon of S(tenure + k) / S(tenure) / (1 + discount)^(k / 12).

    ``tenure`` in days of customers who are there; ``discount`` a year. The sum ends where the curve does: the longest
    tenure observed. Its variance follows Greenwood: with C_k the terms of the sum and g_k the growth of Greenwood's
    sum in month k, it is Σ_k g_k (Σ_{l >= k} C_l)².
    """
    k = np.arange(1, horizon + 1)
    days = tenure[:, None] + k * DAYS_PER_MONTH
    now, spread_now = curve.at(np.minimum(tenure, curve.last))
    stays, spread = curve.at(days)
    known = ~np.isnan(stays)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(known & (now[:, None] > 0), stays / now[:, None], 0.0)
    terms = share / (1 + discount) ** (k / 12)
    growth = np.diff(np.concatenate([spread_now[:, None], np.where(known, spread, np.nan)], axis=1), axis=1)
    # Where the last of all left the sum is infinite but its term is nothing
    growth = np.where(np.isfinite(growth), growth, 0.0)
    rest = np.cumsum(terms[:, ::-1], axis=1)[:, ::-1]
    worth, ahead = terms.sum(axis=1), known.sum(axis=1)
    error = Z95 * np.sqrt((growth * rest**2).sum(axis=1))
    end = np.where(ahead > 0, share[np.arange(len(tenure)), np.maximum(ahead - 1, 0)], np.nan)
    # No more can come than if everybody stayed
    most = np.cumsum(np.concatenate([[0.0], (1 + discount) ** (-k / 12)]))[ahead]
    return Months(worth, np.maximum(worth - error, 0), np.minimum(worth + error, most), end, ahead.astype(float))
