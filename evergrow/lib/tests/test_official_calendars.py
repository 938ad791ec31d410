"""Working days of China as the State Council announced them, and times that clocks skip or show twice.

Sources: notices of the General Office on holidays, 国办发明电〔2024〕12号 for 2025, 国办发明电〔2025〕7号 for 2026.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest

from evergrow.lib import local_time, workdays, workhours

FREE = {
    2025: [((1, 1), 1), ((1, 28), 8), ((4, 4), 3), ((5, 1), 5), ((5, 31), 3), ((10, 1), 8)],
    2026: [((1, 1), 3), ((2, 15), 9), ((4, 4), 3), ((5, 1), 5), ((6, 19), 3), ((9, 25), 3), ((10, 1), 7)],
}
MADE_UP = {
    2025: [(1, 26), (2, 8), (4, 27), (9, 28), (10, 11)],
    2026: [(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)],
}


@pytest.mark.parametrize("year", [2025, 2026])
def test_every_day_is_as_announced(year: int) -> None:
    free = {date(year, *first) + timedelta(n) for first, days in FREE[year] for n in range(days)}
    made_up = {date(year, *day) for day in MADE_UP[year]}
    for n in range((date(year + 1, 1, 1) - date(year, 1, 1)).days):
        day = date(year, 1, 1) + timedelta(n)
        assert workdays.is_workday(day, "CN") == (day in made_up or (day.weekday() < 5 and day not in free)), day
        assert workdays.is_known(day, "CN")


def test_in_a_year_not_announced_the_days_of_the_law_are_free_and_it_says_so() -> None:
    year = max(day.year for day in chinese_calendar.constants.holidays) + 1
    for day in [date(year, 1, 1), date(year, 5, 1), date(year, 5, 2), *(date(year, 10, n) for n in (1, 2, 3))]:
        assert not workdays.is_known(day, "CN")
        assert not workdays.is_workday(day, "CN")
    for n in range(365):
        day = date(year, 1, 1) + timedelta(n)
        assert day.weekday() < 5 or not workdays.is_workday(day, "CN"), "no make-up day is made up by us"


def test_the_days_of_2027_that_the_law_names_are_free() -> None:
    """From the lunar calendar: the eve is 5 February, Qingming 5 April, Duanwu 9 June, Mid-Autumn 15 September."""
    eve, qingming, duanwu, autumn = (date(2027, *day) for day in ((2, 5), (4, 5), (6, 9), (9, 15)))
    for day in [*(eve + timedelta(n) for n in range(4)), qingming, duanwu, autumn]:
        assert not workdays.is_workday(day, "CN"), day
    assert workdays.is_workday(date(2027, 6, 8), "CN")


def test_a_time_that_clocks_skip_is_as_much_later_and_one_shown_twice_is_the_first() -> None:
    new_york, cairo = ZoneInfo("America/New_York"), ZoneInfo("Africa/Cairo")
    assert local_time.moment(date(2026, 3, 8), time(2, 30), new_york) == datetime(2026, 3, 8, 7, 30, tzinfo=UTC)
    assert local_time.moment(date(2026, 11, 1), time(1, 30), new_york) == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    assert local_time.moment(date(2026, 4, 24), time(0), cairo) == datetime(2026, 4, 23, 22, tzinfo=UTC), "no midnight"


def test_hours_of_work_jump_nights_breaks_holidays_and_the_change_of_clocks() -> None:
    china = workhours.Hours(time(9), time(18), (time(12), time(13, 30)), "CN", ZoneInfo("Asia/Shanghai"))
    friday = datetime(2026, 2, 13, 9, tzinfo=UTC)  # 17:00 before a make-up Saturday and nine free days
    assert workhours.add(friday, 1, china) == datetime(2026, 2, 13, 10, tzinfo=UTC)
    assert workhours.add(friday, 9, china) == datetime(2026, 2, 24, 1, 30, tzinfo=UTC)
    assert workhours.add(datetime(2026, 2, 24, 1, 30, tzinfo=UTC), -9, china) == friday
    new_york = workhours.Hours(time(9), time(17), None, "US", ZoneInfo("America/New_York"))
    before = datetime(2026, 3, 6, 21, tzinfo=UTC)  # Friday 16:00; clocks go forward on Sunday
    assert workhours.add(before, 2, new_york) == datetime(2026, 3, 9, 14, tzinfo=UTC), "Monday 10:00 in summer time"
    with pytest.raises(ValueError, match="too far"):
        workhours.add(before, 10**6, new_york)
