"""Hours of days on which the clocks are moved, and of zones that are half an hour off."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from evergrow.insight import hours
from evergrow.insight.errors import BadQuestion
from evergrow.insight.period import Between

LATER = datetime(2027, 1, 1, tzinfo=UTC)
HOUR, HALF = timedelta(hours=1), timedelta(minutes=30)


@pytest.mark.parametrize(
    ("zone", "day", "count", "lengths"),
    [
        ("Asia/Shanghai", date(2026, 3, 25), 24, {HOUR}),
        ("Asia/Kolkata", date(2026, 3, 25), 24, {HOUR}),
        ("America/New_York", date(2026, 3, 8), 23, {HOUR}),
        ("America/New_York", date(2025, 11, 2), 25, {HOUR}),
        ("America/Havana", date(2025, 11, 2), 25, {HOUR}),
        ("Australia/Lord_Howe", date(2026, 4, 5), 25, {HOUR, HALF}),
        ("Australia/Lord_Howe", date(2025, 10, 5), 24, {HOUR, HALF}),
    ],
)
def test_a_day_has_the_hours_that_were_lived(zone: str, day: date, count: int, lengths: set[timedelta]) -> None:
    found = hours.cut(Between(day, day), LATER, ZoneInfo(zone))
    assert len(found) == count
    assert {each.until - each.at for each in found if each.at and each.until} == lengths
    assert all(one.until == other.at for one, other in pairwise(found))
    assert {each.first for each in found} == {day}
    assert all(each.is_complete for each in found)


def test_an_hour_lived_twice_is_told_twice() -> None:
    found = hours.cut(Between(date(2025, 11, 2), date(2025, 11, 2)), LATER, ZoneInfo("America/New_York"))
    assert [(each.clock, each.is_again) for each in found[:4]] == [
        ("00:00", False),
        ("01:00", False),
        ("01:00", True),
        ("02:00", False),
    ]


def test_the_running_hour_is_the_last_and_is_short() -> None:
    now = datetime(2026, 3, 25, 4, 20, tzinfo=UTC)
    found = hours.cut(Between(date(2026, 3, 25), date(2026, 3, 25)), now, ZoneInfo("Asia/Shanghai"))
    assert (found[-1].clock, found[-1].short, len(found)) == ("12:00", "running", 13)
    assert found[-1].told()["at"] == datetime(2026, 3, 25, 4, tzinfo=UTC)


def test_an_hour_meets_the_same_hour_of_the_clock_and_none_where_it_was_skipped() -> None:
    zone, days = ZoneInfo("America/New_York"), Between(date(2026, 3, 9), date(2026, 3, 9))
    found = hours.earlier(hours.cut(days, LATER, zone), days, zone, "before")
    assert [(each.clock, each.is_missing) for each in found[1:4]] == [
        ("01:00", False),
        ("02:00", True),
        ("03:00", False),
    ]
    year = hours.earlier(hours.cut(days, LATER, zone), days, zone, "year")
    assert {each.first for each in year} == {date(2025, 3, 10)}


def test_more_hours_than_anyone_can_read_are_refused() -> None:
    with pytest.raises(BadQuestion, match="800 points"):
        hours.cut(Between(date(2026, 1, 1), date(2026, 3, 1)), LATER, ZoneInfo("UTC"))
