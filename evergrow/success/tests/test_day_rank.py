"""The rank of the day: the stated formula, held against numbers worked out by hand."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evergrow.success.day import rank
from evergrow.success.day.rank import Fact

WEDNESDAY = date(2026, 3, 25)
BY = rank.scale(WEDNESDAY, "CN", 1000.0)


@pytest.mark.parametrize(
    ("due_on", "points"),
    [
        (None, 6),
        (date(2026, 3, 25), 30),
        (date(2026, 3, 24), 32),
        (date(2026, 3, 20), 36),  # Friday: three working days
        (date(2026, 3, 1), 40),
        (date(2025, 1, 1), 40),
        (date(2026, 3, 26), 27),
        (date(2026, 3, 30), 21),  # Monday: three working days
        (date(2026, 4, 7), 6),  # Qingming, 4 to 6 April, does not count
        (date(2026, 4, 30), 0),
        (date(2027, 4, 30), 0),
    ],
)
def test_urgency_counts_working_days_of_the_calendar(due_on: date | None, points: float) -> None:
    assert rank.urgency(due_on, BY) == points


def test_money_is_half_for_a_typical_account_and_grows_as_its_renewal_nears() -> None:
    assert rank.money(Fact("a", mrr=1000), BY) == 12.5
    assert rank.money(Fact("a", mrr=1000, renews_on=WEDNESDAY), BY) == 20
    assert rank.money(Fact("a", mrr=1000, renews_on=WEDNESDAY + timedelta(45)), BY) == 16.25
    assert rank.money(Fact("a", mrr=1000, renews_on=WEDNESDAY + timedelta(90)), BY) == 12.5
    assert rank.money(Fact("a", mrr=1000, renews_on=WEDNESDAY - timedelta(5)), BY) == 20
    assert rank.money(Fact("a", mrr=3000), BY) == 18.75
    assert rank.money(Fact("a"), BY) == 0


def test_the_rank_is_the_sum_of_its_parts_over_the_effort() -> None:
    fact = Fact("task:1", WEDNESDAY, 1, 1000.0, "risk", None, 3, points=5)
    item = rank.rank(fact, BY)
    assert item.parts == {"urgency": 30, "money": 12.5, "health": 12, "severity": 8}
    assert item.effort == pytest.approx(1.2)
    assert item.score == pytest.approx(62.5 / 1.2)


def test_pinned_comes_first_in_the_order_of_pinning_then_equal_ranks_by_date_then_revenue() -> None:
    first, second = (datetime(2026, 3, 25, hour, tzinfo=UTC) for hour in (1, 2))
    far = WEDNESDAY + timedelta(60)
    items = [
        rank.rank(Fact("late", date(2026, 3, 2), 1, 9e6, "risk", None, 3), BY),
        rank.rank(Fact("pin2", far), BY, pinned_at=second),
        rank.rank(Fact("pin1", far), BY, pinned_at=first),
        rank.rank(Fact("later", far + timedelta(1)), BY),
        rank.rank(Fact("sooner", far), BY),
    ]
    assert [item.key for item in rank.ordered(items)] == ["pin1", "pin2", "late", "sooner", "later"]


FACTS = st.builds(
    Fact,
    key=st.uuids().map(str),
    due_on=st.none() | st.dates(date(2025, 6, 1), date(2027, 3, 1)),
    mrr=st.floats(0, 1e7),
    band=st.sampled_from(["", "risk", "watch", "insufficient", "healthy"]),
    renews_on=st.none() | st.dates(date(2026, 1, 1), date(2027, 3, 1)),
    severity=st.integers(0, 3),
    points=st.floats(0, 40),
)


@given(st.lists(FACTS, max_size=12))
def test_the_rank_stays_within_its_bounds_and_the_order_is_total(facts: list[Fact]) -> None:
    items = [rank.rank(fact, BY) for fact in facts]
    for item in items:
        assert 0 <= item.score <= 100
        assert item.parts["urgency"] <= 40
        assert item.parts["money"] <= 40
    assert rank.ordered(items) == rank.ordered(reversed(items))
