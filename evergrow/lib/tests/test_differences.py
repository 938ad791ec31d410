"""Intervals of differences, against published examples."""

import pytest
from scipy import stats

from evergrow.lib.differences import of_means, of_shares


def test_the_interval_of_two_shares_is_that_of_newcombes_table() -> None:
    """Newcombe 1998, table II, case (a) 56/70 and 48/80, method 10."""
    gap, low, high = of_shares((56, 70), (48, 80))
    assert (round(gap, 4), round(low, 4), round(high, 4)) == (0.2, 0.0524, 0.3339)
    assert [round(each, 4) for each in of_shares((9, 10), (3, 10))] == [0.6, 0.1705, 0.809]
    assert [round(each, 4) for each in of_shares((10, 10), (0, 20))] == [1.0, 0.6791, 1.0]


def test_the_interval_of_two_means_allows_for_unequal_spread() -> None:
    ours, theirs = [10.0, 12, 14, 16], [9.0, 9.5, 10, 10.5, 11]
    told = stats.ttest_ind(ours, theirs, equal_var=False).confidence_interval()
    assert of_means(ours, theirs) == pytest.approx((3.0, told.low, told.high))
    assert of_means([1.0, 1], [1.0, 1]) == (0.0, 0.0, 0.0)
