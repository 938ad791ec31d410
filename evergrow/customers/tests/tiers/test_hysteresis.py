"""When a move takes effect: streaks, waits, review dates, missing data. No store is asked."""

from datetime import date, timedelta

import pytest

from evergrow.customers.tests.tiers.stage import definition
from evergrow.customers.tiers import scheme as schemes
from evergrow.customers.tiers.hysteresis import Standing, allowed, judge, last_review, next_review
from evergrow.customers.tiers.scheme import Reviews

DAY = date(2026, 3, 2)
SCHEME = schemes.read(definition())


def run(tier: str, answers: list[str], scheme=SCHEME, first: date = DAY) -> list[tuple[str, str]]:
    """Judge one answer a day; ``(tier, pending)`` after each day. An answer of "" is a night without any."""
    streaks, checked, told = {}, None, []
    for step, ruled in enumerate(answers):
        today = first + timedelta(days=step)
        if ruled:
            verdict = judge(scheme, Standing(tier, streaks, checked), ruled, today)
            assert judge(scheme, Standing(tier, streaks, checked), ruled, today) == verdict
            tier, streaks, checked = verdict.tier, verdict.streaks, today
            again = judge(scheme, Standing(tier, streaks, checked), ruled, today)
            assert (again.tier, again.streaks) == (tier, streaks)  # the same day twice
            told.append((tier, verdict.pending))
        else:
            told.append((tier, told[-1][1]))
    return told


def test_up_takes_effect_after_seven_days_in_a_row():
    told = run("general", ["vip"] * 9)
    assert told[:7] == [("general", "vip")] * 7
    assert told[7:] == [("vip", "")] * 2


def test_one_day_below_begins_the_streak_anew():
    told = run("general", ["vip"] * 6 + ["general"] + ["vip"] * 8)
    assert [tier for tier, _pending in told] == ["general"] * 14 + ["vip"]
    assert told[6] == ("general", "")


def test_down_is_slower_than_up():
    told = run("vip", ["general"] * 31)
    assert told[29] == ("vip", "general")
    assert told[30] == ("general", "")


def test_going_further_does_not_lose_the_days_that_counted_before():
    told = run("general", ["vip"] * 5 + ["strategic"] * 8)
    assert [tier for tier, _pending in told] == ["general"] * 7 + ["vip"] * 5 + ["strategic"]
    assert told[7] == ("vip", "strategic")


def test_a_short_peak_counts_for_the_tier_below_it():
    told = run("general", ["strategic"] * 3 + ["vip"] * 5)
    assert told[-1] == ("vip", "")


def test_falling_far_stops_at_the_tier_that_waited_long_enough():
    told = run("strategic", ["vip"] * 10 + ["general"] * 31)
    assert [tier for tier, _pending in told].index("vip") == 30
    assert told[-1] == ("general", "")
    assert told[39] == ("vip", "general")


def test_nights_without_an_answer_neither_break_nor_shorten_a_streak():
    told = run("general", ["vip", "", "", "", "", "", "", "vip"])
    assert told[-1] == ("vip", "")


def test_at_a_review_the_rule_counts_as_it_is_that_day():
    scheme = schemes.read(definition(down={"at_review": True}, reviews={"months": [4], "day": 1}))
    told = run("strategic", ["general"] * 31, scheme)
    assert told[29] == ("strategic", "general")  # 31 March
    assert told[30] == ("general", "")  # 1 April


def test_a_review_date_that_fell_into_a_gap_is_made_up_for():
    scheme = schemes.read(definition(down={"at_review": True}, reviews={"months": [4], "day": 1}))
    told = run("strategic", ["general"] * 29 + ["", "", "", "general"], scheme)
    assert told[-1] == ("general", "")


def test_who_began_to_fall_after_the_review_waits_for_the_next():
    scheme = schemes.read(definition(down={"at_review": True}, reviews={"months": [3, 9], "day": 1}))
    verdict = judge(scheme, Standing("vip", {}, DAY - timedelta(days=1)), "general", DAY)
    assert (verdict.tier, verdict.pending, verdict.on) == ("vip", "general", date(2026, 9, 1))


def test_no_wait_at_all_moves_at_once():
    scheme = schemes.read(definition(up={"days": 0}))
    assert run("general", ["strategic"], scheme) == [("strategic", "")]


def test_a_tier_that_left_the_scheme_goes_where_the_rule_says():
    assert judge(SCHEME, Standing("gold", {}), "vip", DAY).tier == "vip"


@pytest.mark.parametrize(
    ("current", "firm", "possible", "expected"),
    [
        ("strategic", "general", [], "general"),  # all rules surely fail
        ("strategic", "general", ["strategic"], "strategic"),  # its own rule cannot be decided
        ("strategic", "general", ["vip"], "vip"),  # surely not strategic, perhaps VIP
        ("vip", "general", ["strategic"], "general"),  # what is above is no reason to stay
        ("vip", "general", ["strategic", "vip"], "vip"),
        ("general", "vip", ["strategic", "vip"], "vip"),  # up only for what surely holds
        ("vip", "vip", ["strategic"], "vip"),
    ],
)
def test_missing_data_makes_nobody_fall_and_nobody_rise(current, firm, possible, expected):
    assert allowed(SCHEME, current, firm, possible) == expected


def test_review_dates_roll_over_the_year():
    reviews = Reviews((1, 7), 15)
    assert next_review(reviews, date(2026, 7, 15)) == date(2027, 1, 15)
    assert last_review(reviews, date(2026, 1, 14)) == date(2025, 7, 15)
    assert last_review(reviews, date(2026, 1, 15)) == date(2026, 1, 15)
