import numpy as np
from scipy.stats import rankdata

from evergrow.lib.ranks import mid_ranks


def test_ranks_are_those_of_another_package_with_and_without_equal_values() -> None:
    draw = np.random.default_rng(5)
    for size, most in ((0, 1), (1, 1), (7, 3), (500, 40), (500, 10**9)):
        values = draw.integers(0, most, size)
        assert mid_ranks(values).tolist() == rankdata(values).tolist()
