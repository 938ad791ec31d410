"""Numbers out of addresses and forms: plain digits that fit, and nothing else."""

from evergrow.lib.digits import row_id, small


def test_only_plain_digits_of_a_length_that_fits_are_numbers():
    assert [row_id(text) for text in ("7", "0012", "9" * 18, 42)] == [7, 12, int("9" * 18), 42]
    assert [small(text) for text in ("7", "9" * 9, 42)] == [7, 999_999_999, 42]
    for text in ("", "-1", "1.5", "1e3", " 7", "٣", "七", "x", None, "9" * 19):
        assert row_id(text) == small(text) == 0
    assert small("9" * 10) == 0
