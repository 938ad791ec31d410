"""Ranges and buckets, by the calendar."""

from datetime import date

import pytest

from evergrow.insight import period
from evergrow.insight.errors import BadQuestion
from evergrow.insight.period import Between, Bucket, Interval, Last

WEDNESDAY = date(2026, 3, 25)


def test_the_last_weeks_are_the_running_one_and_those_before_it() -> None:
    days = period.settle(Last(2, Interval.WEEK), WEDNESDAY, 0)
    assert days == Between(date(2026, 3, 16), WEDNESDAY)
    assert period.cut(days, Interval.WEEK, WEDNESDAY, 0) == (
        Bucket(date(2026, 3, 16), date(2026, 3, 22)),
        Bucket(date(2026, 3, 23), WEDNESDAY, "running"),
    )


def test_a_week_may_start_on_sunday() -> None:
    days = period.settle(Last(1, Interval.WEEK), WEDNESDAY, 6)
    assert days.first == date(2026, 3, 22)


def test_the_last_day_of_a_week_is_still_running() -> None:
    sunday = date(2026, 3, 29)
    assert period.cut(Between(date(2026, 3, 23), sunday), Interval.WEEK, sunday, 0)[0].short == "running"
    monday = date(2026, 3, 30)
    assert period.cut(Between(date(2026, 3, 23), sunday), Interval.WEEK, monday, 0)[0].is_complete


def test_a_range_that_cuts_a_month_says_so() -> None:
    buckets = period.cut(Between(date(2026, 1, 15), date(2026, 3, 10)), Interval.MONTH, WEDNESDAY, 0)
    assert [(bucket.first, bucket.last, bucket.short) for bucket in buckets] == [
        (date(2026, 1, 15), date(2026, 1, 31), "cut"),
        (date(2026, 2, 1), date(2026, 2, 28), ""),
        (date(2026, 3, 1), date(2026, 3, 10), "cut"),
    ]


def test_days_after_today_are_left_out() -> None:
    assert period.settle(Between(date(2026, 3, 1), date(2027, 1, 1)), WEDNESDAY, 0).last == WEDNESDAY


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        (Between(date(2026, 3, 26), date(2026, 3, 27)), "range.from"),
        (Between(date(1969, 1, 1), date(2026, 3, 1)), "range"),
        (Last(5000, Interval.WEEK), "range"),
        (Last(5000, Interval.MONTH), "range"),
    ],
)
def test_a_range_outside_the_calendar_is_refused(asked: period.Range, part: str) -> None:
    with pytest.raises(BadQuestion) as refusal:
        period.settle(asked, WEDNESDAY, 0)
    assert refusal.value.part == part


def test_more_points_than_anyone_can_read_are_refused() -> None:
    with pytest.raises(BadQuestion, match="800 points"):
        period.cut(Between(date(2020, 1, 1), WEDNESDAY), Interval.DAY, WEDNESDAY, 0)


def test_the_period_before_a_running_week_is_whole() -> None:
    buckets = period.cut(Between(date(2026, 3, 16), WEDNESDAY), Interval.WEEK, WEDNESDAY, 0)
    assert period.earlier(buckets, Interval.WEEK, 0, "before") == (
        Bucket(date(2026, 3, 2), date(2026, 3, 8)),
        Bucket(date(2026, 3, 9), date(2026, 3, 15)),
    )


def test_a_year_before_keeps_weekdays_for_weeks_and_months_for_months() -> None:
    week = (Bucket(date(2026, 3, 16), date(2026, 3, 22)),)
    assert period.earlier(week, Interval.WEEK, 0, "year")[0].first == date(2025, 3, 17)
    february = (Bucket(date(2024, 2, 1), date(2024, 2, 29)),)
    assert period.earlier(february, Interval.MONTH, 0, "year")[0] == Bucket(date(2023, 2, 1), date(2023, 2, 28))


def test_a_cut_month_meets_a_month_cut_at_the_same_place() -> None:
    buckets = period.cut(Between(date(2026, 3, 31), date(2026, 3, 31)), Interval.MONTH, date(2026, 4, 20), 0)
    assert buckets[0].first == date(2026, 3, 31)
    before = period.earlier(buckets, Interval.MONTH, 0, "before")
    assert before == (Bucket(date(2026, 2, 28), date(2026, 2, 28), "cut"),)


def test_a_comparison_before_the_calendar_is_refused() -> None:
    with pytest.raises(BadQuestion, match="before 1971"):
        period.earlier((Bucket(date(1971, 1, 4), date(1971, 1, 10)),), Interval.WEEK, 0, "year")
