from datetime import UTC, date, datetime, timedelta

import pytest

from evergrow.lib import moments

TODAY = date(2026, 3, 25)
NOW = datetime(2026, 3, 25, 14, 20, tzinfo=UTC)


def test_days_of_this_year_have_no_year() -> None:
    assert moments.day_text(date(2026, 4, 8), TODAY, "zh-hans", with_weekday=True) == "4月8日 周三"
    assert moments.day_text(date(2026, 4, 8), TODAY, "en", with_weekday=True) == "Wed 8 Apr"
    assert moments.day_text(date(2025, 8, 12), TODAY, "zh-hans") == "2025年8月12日"
    assert moments.day_text(date(2025, 8, 12), TODAY, "en") == "12 Aug 2025"
    assert moments.day_text(None, TODAY, "en") == "—"


def test_moments_add_the_time() -> None:
    assert moments.moment_text(NOW, TODAY, "zh-hans") == "3月25日 14:20"
    assert moments.moment_text(NOW, TODAY, "en", with_weekday=True) == "Wed 25 Mar 14:20"


@pytest.mark.parametrize(
    ("distance", "chinese", "english"),
    [
        (14, "14 天后", "in 14 d"),
        (1, "明天", "tomorrow"),
        (0, "今天", "today"),
        (-1, "昨天", "yesterday"),
        (-9, "9 天前", "9 d ago"),
    ],
)
def test_distance_in_days(distance: int, chinese: str, english: str) -> None:
    day = TODAY + timedelta(days=distance)
    assert (moments.in_days(day, TODAY, "zh-hans"), moments.in_days(day, TODAY, "en")) == (chinese, english)


@pytest.mark.parametrize(
    ("distance", "chinese", "english"),
    [
        (-1, "逾期 1 天", "1 d late"),
        (0, "今天", "Today"),
        (1, "明天", "Tomorrow"),
        (2, "周五", "Fri"),
        (16, "4月10日", "10 Apr"),
    ],
)
def test_work_is_due(distance: int, chinese: str, english: str) -> None:
    day = TODAY + timedelta(days=distance)
    assert (moments.due(day, TODAY, "zh-hans"), moments.due(day, TODAY, "en")) == (chinese, english)


@pytest.mark.parametrize(
    ("before", "english"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=5), "5 min ago"),
        (timedelta(hours=2), "2 h ago"),
        (timedelta(hours=20), "yesterday"),
        (timedelta(days=41), "41 d ago"),
        (timedelta(days=90), "25 Dec 2025"),
        (timedelta(days=-2), "27 Mar 14:20"),
    ],
)
def test_how_long_ago(before: timedelta, english: str) -> None:
    assert moments.ago(NOW - before, NOW, "en") == english


def test_durations_use_the_largest_unit_that_fits() -> None:
    assert moments.duration(45, "zh-hans") == "45 秒"
    assert moments.duration(26 * 3600, "en") == "26 h"
    assert moments.duration(3 * 86400, "zh-hans") == "3 天"
    assert moments.duration(None, "en") == "—"
