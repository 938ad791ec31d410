"""The published vectors, the null policies, the bands."""

from typing import Any

import numpy as np
import pytest

from evergrow.health import card as cards
from evergrow.health.points import Bands, Linear, Lookup, PerUnit, read_scoring
from evergrow.health.scoring import score

NAN = float("nan")
SAME = {"kind": "linear", "knots": [[0, 0], [100, 100]]}


def measure(key: str, weight: float, **more: Any) -> dict[str, Any]:
    return {"key": key, "source": key, "name": {"en": key, "zh": key}, "weight": weight, "scoring": SAME, **more}


def group(key: str, weight: float, *measures: dict[str, Any]) -> dict[str, Any]:
    return {"key": key, "name": {"en": key, "zh": key}, "weight": weight, "measures": list(measures)}


def definition(*groups: dict[str, Any], **more: Any) -> dict[str, Any]:
    bands = [{"key": "risk", "from": 0}, {"key": "watch", "from": 50}, {"key": "healthy", "from": 75}]
    return {"groups": list(groups), "bands": bands, "min_coverage": 0.5, **more}


def two_groups(**more: Any) -> cards.Card:
    """A 60% = {a1 50%, a2 50%}, B 40% = {b1}: the vector of the domain rules."""
    return cards.read(
        definition(group("A", 60, measure("a1", 50), measure("a2", 50)), group("B", 40, measure("b1", 100)), **more)
    )


@pytest.mark.parametrize(
    ("policy", "expected"), [("within-group", 64), ("flat", 57.142857), ("neutral-50", 55), ("worst", 40)]
)
def test_each_null_policy_gives_the_published_score(policy: str, expected: float) -> None:
    found = score(two_groups(null_policy=policy), np.array([[80, NAN, 40]]))
    assert found.overall[0] == pytest.approx(expected, abs=1e-6)
    assert found.coverage[0] == pytest.approx(0.7)
    assert found.weights[0].sum() == pytest.approx(1)


@pytest.mark.parametrize("policy", cards.NULL_POLICIES)
def test_nothing_observed_is_no_score_and_never_zero(policy: str) -> None:
    found = score(two_groups(null_policy=policy), np.array([[NAN, NAN, NAN]]))
    assert np.isnan(found.overall[0])
    assert found.coverage[0] == 0
    assert found.band[0] == "insufficient"
    assert np.isnan(found.groups).all()


def test_a_measure_may_have_its_own_null_policy() -> None:
    card = cards.read(
        definition(
            group("A", 60, measure("a1", 50), measure("a2", 50, null_policy="worst")), group("B", 40, measure("b1", 1))
        )
    )
    assert score(card, np.array([[80, NAN, 40]])).overall[0] == pytest.approx(40)


def test_weights_that_do_not_add_up_to_a_hundred_still_give_the_weighted_mean() -> None:
    card = cards.read(definition(group("A", 1, measure("x", 20), measure("y", 15), measure("z", 22))))
    assert score(card, np.array([[47, 59, 21]])).overall[0] == pytest.approx((20 * 47 + 15 * 59 + 22 * 21) / 57)
    assert round(score(card, np.array([[47, 59, 21]])).overall[0], 2) == 40.12


def test_equal_parts_give_the_plain_mean() -> None:
    card = cards.read(definition(group("A", 1, measure("x", 1), measure("y", 1), measure("z", 1))))
    assert score(card, np.array([[10, 10, 0]])).overall[0] == pytest.approx(20 / 3)


def test_bands_are_half_open_and_the_last_is_closed() -> None:
    card = two_groups()
    values = np.array([[x, x, x] for x in (0, 49.999, 50, 74.999, 75, 100)], dtype=float)
    assert score(card, values).band.tolist() == ["risk", "risk", "watch", "watch", "healthy", "healthy"]


def test_below_the_minimum_coverage_there_is_no_band_but_a_score() -> None:
    card = two_groups(min_coverage=0.71)
    found = score(card, np.array([[80, NAN, 40]]))
    assert found.band[0] == "insufficient"
    assert found.overall[0] == pytest.approx(64)


def test_minimum_coverage_reached_exactly_is_enough() -> None:
    assert score(two_groups(min_coverage=0.7), np.array([[80, NAN, 40]])).band[0] == "watch"


def test_straight_lines_reproduce_the_published_points() -> None:
    line = Linear(((7, 0), (30, 100)))
    assert line.points(np.array([18.0, 5, 35, NAN])) == pytest.approx([47.826087, 0, 100, NAN], nan_ok=True)


def test_steps_take_their_lower_edge() -> None:
    steps = Bands(((0, 0), (3, 50), (7, 100)))
    assert steps.points(np.array([-1, 2.9, 3, 7, 99, NAN])) == pytest.approx([0, 0, 50, 100, 100, NAN], nan_ok=True)


def test_points_per_unit_stay_within_bounds() -> None:
    assert PerUnit(100, -40).points(np.array([0.0, 1, 3])).tolist() == [100, 60, 0]


def test_the_colours_of_the_anchors_give_100_60_and_0_points() -> None:
    """Totango's green, yellow and red."""
    assert Lookup(((3, 100), (2, 60), (1, 0))).points(np.array([3.0, 2, 1])).tolist() == [100, 60, 0]


def test_weights_of_20_30_and_50_are_shares_of_the_whole() -> None:
    """Custify's weights."""
    parts = (measure("x", 20), measure("y", 30), measure("z", 50))
    card = cards.read(definition(group("A", 7, *parts)))
    assert card.shares.tolist() == pytest.approx([0.2, 0.3, 0.5])
    assert score(card, np.array([[100, 50, 0]])).overall[0] == pytest.approx(35)


def test_a_value_outside_the_table_is_not_scored() -> None:
    assert Lookup(((0, 100), (1, 20))).points(np.array([0.0, 1, 2])) == pytest.approx([100, 20, NAN], nan_ok=True)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ({"kind": "magic"}, "is not a way of scoring"),
        ({"kind": "linear", "knots": [[0, 0]]}, "two knots"),
        ({"kind": "bands", "steps": [[5, 0], [3, 50]]}, "must rise"),
        ({"kind": "bands", "steps": [[0, 0], [3, 150]]}, "between 0 and 100"),
        ({"kind": "points", "start": "a", "each": 1}, "pair of numbers"),
        ({"kind": "lookup", "table": []}, "no rows"),
    ],
)
def test_a_scoring_rule_that_cannot_work_is_refused_in_a_sentence(raw: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        read_scoring(raw)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"null_policy": "ignore"}, "not a null policy"),
        ({"min_coverage": 2}, "min_coverage"),
        ({"bands": [{"key": "risk", "from": 0}]}, "bands must be"),
        ({"groups": []}, "weighs nothing"),
        ({"groups": [group("A", 1, measure("x", 1), measure("x", 1))]}, "twice"),
        ({"groups": [group("A", 1, measure("x", 1)), group("B", 1, measure("y", 0))]}, "none of its measures"),
        ({"groups": [group("A", 1, measure("x", 1, validity_days=90, expire_days=30))]}, "expire_days"),
    ],
)
def test_a_definition_that_cannot_work_is_refused_in_a_sentence(change: dict[str, Any], words: str) -> None:
    with pytest.raises(cards.BadDefinition, match=words):
        cards.read(definition(group("A", 1, measure("a", 1))) | change)
