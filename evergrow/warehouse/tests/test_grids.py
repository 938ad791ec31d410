"""Lists of numbers come out as arrays of two dimensions, the shorter ones filled up."""

import pytest

from evergrow import warehouse

pytestmark = [pytest.mark.usefixtures("warehouse_db"), pytest.mark.once]


def test_lists_of_one_length_are_a_grid_as_the_rows_say_them() -> None:
    sql = "select number as n, [toFloat64(number), nan, 2.5] as list from numbers(4) order by n"
    found = warehouse.grids(sql)
    assert found["list"].shape == (4, 3)
    assert found["list"][:, 0].tolist() == [0, 1, 2, 3] == found["n"].tolist()
    assert found["list_width"].tolist() == [3] * 4


def test_shorter_lists_are_filled_up_and_say_how_long_they_were() -> None:
    found = warehouse.grids("select arrayMap(x -> toUInt32(x + 1), range(number)) as list from numbers(4)")
    rows = sorted(zip(found["list"].tolist(), found["list_width"].tolist(), strict=True))
    assert rows == [([0, 0, 0], 0), ([1, 0, 0], 1), ([1, 2, 0], 2), ([1, 2, 3], 3)]


def test_nothing_found_is_an_empty_grid() -> None:
    found = warehouse.grids("select [1, 2] as list, number as n from numbers(3) where n > 9")
    assert not found or found["list"].shape[0] == 0
