"""How often something happened in a group of rows, with an interval that knows that rows of an account are alike."""

from dataclasses import dataclass

import numpy as np

from evergrow.lib.shares import wilson


@dataclass(frozen=True, slots=True)
class Rate:
    """``happened`` of ``rows`` rows of ``accounts`` accounts; the share is None without rows.

    ``worth``: as how many independent rows they count.
    """

    happened: int
    rows: int
    accounts: int
    worth: float
    share: float | None
    low: float | None
    high: float | None


def rate(happened: np.ndarray, accounts: np.ndarray) -> Rate:
    """The share of rows in which it happened, with Wilson's interval.

    n in Wilson's formula is the number of rows divided by the design effect (Kish, Survey Sampling, 1965): how much
    wider a share varies when whole accounts, not rows, are drawn. With one row an account it is the number of rows.
    Where all rows say the same no spread can be measured, and the accounts are what counts.
    """
    rows = len(happened)
    if not rows:
        return Rate(0, 0, 0, 0.0, None, None, None)
    told = happened.astype(float)
    share = float(told.mean())
    _, owner = np.unique(accounts, return_inverse=True)
    owners = int(owner.max()) + 1
    worth = float(owners)
    if 0 < share < 1:
        spread = float((np.bincount(owner, told - share) ** 2).sum()) / rows**2
        worth = min(float(rows), share * (1 - share) / spread) if spread > 0 else float(rows)
    low, high = wilson(share * worth, worth)
    return Rate(int(told.sum()), rows, owners, worth, share, low, high)
