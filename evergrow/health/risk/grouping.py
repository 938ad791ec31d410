"""Sums, counts and extremes of a table's rows by account, on arrays."""

import numpy as np


def places(accounts: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """The place of each number among the rising ``accounts``, −1 where it is not there."""
    if not len(accounts):
        return np.full(len(numbers), -1)
    found = np.searchsorted(accounts, numbers).clip(0, len(accounts) - 1)
    return np.where(accounts[found] == numbers, found, -1)


class ByAccount:
    """Rows of one table, with the place of each row's account."""

    def __init__(self, accounts: np.ndarray, numbers: np.ndarray) -> None:
        self.size = len(accounts)
        self.at = places(accounts, numbers)
        self.is_here = self.at >= 0

    def count(self, rows: np.ndarray) -> np.ndarray:
        """How many of the rows each account has."""
        return np.bincount(self.at[rows & self.is_here], minlength=self.size).astype(float)

    def total(self, rows: np.ndarray, values: np.ndarray) -> np.ndarray:
        picked = rows & self.is_here
        return np.bincount(self.at[picked], weights=values[picked], minlength=self.size)

    def mean(self, rows: np.ndarray, values: np.ndarray) -> np.ndarray:
        """NaN where an account has none."""
        count = self.count(rows)
        found = np.full(self.size, np.nan)
        np.divide(self.total(rows, values), count, out=found, where=count > 0)
        return found

    def most(self, rows: np.ndarray, values: np.ndarray) -> np.ndarray:
        """The largest value of each account's rows, NaN where it has none."""
        picked, found = rows & self.is_here, np.full(self.size, np.nan)
        np.fmax.at(found, self.at[picked], values[picked])
        return found

    def least(self, rows: np.ndarray, values: np.ndarray) -> np.ndarray:
        return -self.most(rows, -values)

    def last(self, rows: np.ndarray, order: np.ndarray, values: np.ndarray) -> np.ndarray:
        """The value of each account's row with the largest ``order``; of equal ones the largest value."""
        picked = np.flatnonzero(rows & self.is_here)
        picked = picked[np.lexsort((values[picked], order[picked]))]
        found = np.full(self.size, np.nan)
        found[self.at[picked]] = values[picked]
        return found
