"""Days in a stage, their status, and how long stages take, against slow and obvious references."""

import math
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from evergrow.customers.stages import days
from evergrow.customers.stages.definition import Stage
from evergrow.lib.survival import curve

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 25, 4, tzinfo=UTC)


@dataclass
class Stay:
    stage: str
    entered_at: datetime
    left_at: datetime | None = None
    kind: str = "active"
    spell: int = 1
    is_skipped: bool = False


def ago(count, hours=0):
    return NOW - timedelta(days=count, hours=hours)


@pytest.mark.parametrize(
    ("count", "expected"),
    [(0, "on_track"), (10, "on_track"), (11, "behind"), (20, "behind"), (21, "stuck"), (500, "stuck")],
)
def test_on_track_up_to_expected_behind_up_to_stuck_stuck_beyond(count, expected):
    assert days.status(Stage("a", 0, {}, "active", 10, 20), "active", count) == expected


def test_without_days_everybody_is_on_track_and_pauses_and_ends_have_no_pace():
    assert days.status(Stage("a", 0, {}, "active"), "active", 9999) == "on_track"
    assert days.status(Stage("a", 0, {}, "paused"), "paused", 9) == "paused"
    assert days.status(Stage("a", 0, {}, "terminal"), "terminal", 9) == "ended"


def test_days_are_those_of_the_zone():
    """23:30 in Shanghai is yesterday at 00:30, an hour later; in UTC both are one day."""
    late, early = datetime(2026, 3, 24, 15, 30, tzinfo=UTC), datetime(2026, 3, 24, 16, 30, tzinfo=UTC)
    assert days.days_between(late, early, SHANGHAI) == 1
    assert days.days_between(late, early, ZoneInfo("UTC")) == 0


def test_a_pause_does_not_end_a_visit_and_does_not_count():
    stays = [
        Stay("grow", ago(30), ago(20)),
        Stay("rest", ago(20), ago(5), kind="paused"),
        Stay("grow", ago(5)),
    ]
    (visit,) = days.visits(stays, NOW, SHANGHAI)
    assert (visit.days, visit.has_ended) == (15, False)
    assert days.days_here(stays, NOW, SHANGHAI) == 15


def test_who_pauses_now_has_not_ended_the_visit_and_its_days_are_those_of_the_pause():
    stays = [Stay("grow", ago(30), ago(20)), Stay("rest", ago(20), kind="paused")]
    (visit,) = days.visits(stays, NOW, SHANGHAI)
    assert (visit.days, visit.has_ended, visit.is_resting) == (10, False, True)
    assert days.days_here(stays, NOW, SHANGHAI) == 20


def test_an_end_stops_the_clock_and_a_new_spell_is_a_new_visit():
    stays = [
        Stay("grow", ago(30), ago(20)),
        Stay("over", ago(20), ago(8), kind="terminal"),
        Stay("grow", ago(8), spell=2),
    ]
    first, second = days.visits(stays, NOW, SHANGHAI)
    assert (first.days, first.has_ended, second.days, second.has_ended) == (10, True, 8, False)
    assert days.days_here(stays[:2], NOW, SHANGHAI) == 0


def test_going_back_and_coming_again_are_visits_of_their_own_and_passing_over_is_none():
    stays = [
        Stay("a", ago(30), ago(20)),
        Stay("b", ago(20), ago(20), is_skipped=True),
        Stay("c", ago(20), ago(10)),
        Stay("a", ago(10)),
    ]
    assert [(v.stage, v.days, v.has_ended) for v in days.visits(stays, NOW, SHANGHAI)] == [
        ("a", 10, True),
        ("c", 10, True),
        ("a", 10, False),
    ]


def test_the_curve_gives_the_published_one_of_freireich():
    """6-MP arm of Freireich et al. 1963, weeks of remission; S(t) of Kleinbaum and Klein, Survival Analysis."""
    left = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    still = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    found = curve([(d, True) for d in left] + [(d, False) for d in still])
    expected = [(6, 0.857), (7, 0.807), (10, 0.753), (13, 0.690), (16, 0.627), (22, 0.538), (23, 0.448)]
    assert [(day, round(share, 3)) for day, share in found.steps] == expected
    assert (found.n, found.left, found.still, found.median, found.p90) == (21, 9, 12, 23, None)


def test_with_nobody_still_there_the_quantiles_are_those_of_the_list():
    found = curve([(d, True) for d in range(1, 11)])
    assert (found.median, found.p90) == (5, 9)


def test_with_nobody_gone_nothing_is_reached():
    found = curve([(5, False), (9, False)])
    assert (found.n, found.left, found.median, found.p90, found.steps) == (2, 0, None, None, ())
    assert curve([]).n == 0


def test_the_curve_equals_the_product_written_out():
    """500 made-up samples against S(t) computed day by day over everybody."""
    draw = random.Random(7)
    for _each in range(500):
        sample = [(draw.randrange(0, 15), draw.random() < 0.6) for _ in range(draw.randrange(1, 30))]
        found = dict(curve(sample).steps)
        share = 1.0
        for day in range(15):
            there = sum(d >= day for d, _ in sample)
            left = sum(d == day and ended for d, ended in sample)
            if there:
                share *= 1 - left / there
            if left:
                assert math.isclose(found[day], share, abs_tol=1e-12)
            else:
                assert day not in found
