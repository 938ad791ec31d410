"""Days checked against the notices of the State Council (国办发明电〔2024〕12号 and 〔2025〕7号), OPM and gov.uk."""

from datetime import date

import pytest

from evergrow.lib import workdays

MAKE_UP = [date(2026, 1, 4), date(2026, 2, 14), date(2026, 2, 28), date(2026, 5, 9), date(2026, 9, 20)]


@pytest.mark.parametrize("day", MAKE_UP)
def test_a_make_up_weekend_day_is_worked_in_china_only(day: date) -> None:
    assert day.weekday() >= 5
    assert workdays.is_workday(day, "CN")
    assert not workdays.is_workday(day, "")
    assert not workdays.is_workday(day, "US")


@pytest.mark.parametrize("day", [date(2026, 2, 16), date(2026, 2, 23), date(2026, 5, 5), date(2026, 10, 7)])
def test_a_bridged_weekday_of_a_chinese_holiday_is_free(day: date) -> None:
    assert day.weekday() < 5
    assert not workdays.is_workday(day, "CN")
    assert workdays.is_workday(day, "")


def test_the_day_after_friday_before_spring_festival_is_the_make_up_saturday() -> None:
    friday = date(2026, 2, 13)
    assert workdays.add(friday, 1, "CN") == date(2026, 2, 14)
    assert workdays.add(friday, 2, "CN") == date(2026, 2, 24), "15 to 23 February is the Spring Festival"
    assert workdays.add(friday, 1, "") == date(2026, 2, 16)
    assert workdays.add(date(2026, 2, 24), -2, "CN") == friday


def test_western_holidays_and_their_observed_days_are_free() -> None:
    assert not workdays.is_workday(date(2026, 7, 3), "US"), "Independence Day falls on a Saturday"
    assert workdays.is_workday(date(2026, 7, 3), "GB")
    assert not workdays.is_workday(date(2026, 4, 6), "GB"), "Easter Monday in England"
    assert not workdays.is_workday(date(2026, 12, 28), "GB"), "Boxing Day falls on a Saturday"
    assert workdays.add(date(2026, 12, 24), 1, "GB") == date(2026, 12, 29)
    assert workdays.add(date(2026, 11, 25), 1, "US") == date(2026, 11, 27), "Thanksgiving between"


def test_a_year_not_announced_yet_goes_by_the_law_and_says_so() -> None:
    assert not workdays.is_known(date(2031, 2, 3), "CN")
    assert workdays.is_known(date(2026, 2, 14), "CN")
    assert workdays.is_known(date(2031, 2, 3), "US")
    assert not workdays.is_workday(date(2031, 10, 1), "CN"), "National Day"
    assert workdays.add(date(2031, 10, 10), 1, "CN") == date(2031, 10, 13)


def test_nothing_added_is_the_day_itself_even_a_sunday() -> None:
    sunday = date(2026, 3, 29)
    assert workdays.add(sunday, 0, "CN") == sunday
    assert workdays.roll(sunday, "none", "CN") == sunday
    assert workdays.roll(sunday, "next", "CN") == date(2026, 3, 30)
    assert workdays.roll(sunday, "previous", "CN") == date(2026, 3, 27)
    assert workdays.roll(date(2026, 2, 14), "next", "CN") == date(2026, 2, 14)


def test_counting_between_undoes_adding() -> None:
    start = date(2026, 2, 10)
    for days in (-9, -1, 1, 4, 20):
        assert workdays.between(start, workdays.add(start, days, "CN"), "CN") == days


def test_what_cannot_be_counted_is_refused_by_name() -> None:
    with pytest.raises(workdays.UnknownCalendar, match="'FR'"):
        workdays.is_workday(date(2026, 3, 25), "FR")
    with pytest.raises(ValueError, match="3660"):
        workdays.add(date(2026, 3, 25), 10_000, "")
