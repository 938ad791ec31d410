"""Ranks of numbers, equal ones sharing the middle of theirs."""

from typing import Any

import numpy as np

Numbers = np.ndarray[Any, Any]


def mid_ranks(values: Numbers) -> Numbers:
    """The rank of each value, 1 for the smallest; equal values have the mean of their ranks."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(counts) - (counts - 1) / 2)[place])
