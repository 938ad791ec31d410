from datetime import date

from evergrow.lib.years import year_before


def test_a_leap_day_is_28_february_a_year_before() -> None:
    assert year_before(date(2024, 2, 29)) == date(2023, 2, 28)
    assert year_before(date(2025, 2, 28)) == date(2024, 2, 28)
    assert year_before(date(2026, 3, 25)) == date(2025, 3, 25)
