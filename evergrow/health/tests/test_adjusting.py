"""Exceptions, overrides and the accounts below: what they do, and that their parts add up (domain rules, 2.1)."""

import random
from typing import Any

import numpy as np
import pytest

from evergrow.health import card as cards
from evergrow.health.adjusting import Family, Held, adjust, roll_up
from evergrow.health.card import RollUp
from evergrow.health.scoring import score
from evergrow.health.tests.test_scoring import definition, group, measure

NAN = float("nan")


def rule(key: str, action: str, value: float, **more: Any) -> dict[str, Any]:
    name = {"en": key, "zh": key}
    return {
        "key": key,
        "name": name,
        "action": action,
        "value": value,
        "criteria": {"trait": "plan", "is": ["x"]},
        **more,
    }


def card_with(*rules: dict[str, Any], **more: Any) -> cards.Card:
    return cards.read(
        definition(
            group("A", 60, measure("a1", 50), measure("a2", 50)),
            group("B", 40, measure("b1", 100)),
            exceptions=list(rules),
            **more,
        )
    )


def done(card: cards.Card, values: list[float], met: list[bool], held: dict[str, float] | None = None) -> Any:
    scores = score(card, np.array([values]))
    holding = Held.nothing(1, card)
    for number, (target, value) in enumerate((held or {}).items(), start=1):
        holding.values[0, card.targets.index(target)] = value
        holding.ids[0, card.targets.index(target)] = number
    return scores, adjust(card, scores, np.array([met]), holding)


@pytest.mark.parametrize(
    ("action", "value", "expected"),
    [("set", 30, 30), ("cap", 50, 50), ("cap", 70, 58), ("floor", 60, 60), ("floor", 10, 58), ("delta", -20, 38)],
)
def test_an_exception_sets_caps_floors_or_moves_the_score(action: str, value: float, expected: float) -> None:
    _, found = done(card_with(rule("one", action, value)), [80, 60, 40], [True])
    assert found.overall[0] == pytest.approx(expected)


def test_a_delta_stays_within_the_scale() -> None:
    _, found = done(card_with(rule("one", "delta", -90)), [80, 60, 40], [True])
    assert found.overall[0] == 0


def test_the_first_exception_met_wins_and_the_next_is_not_tried() -> None:
    _, found = done(card_with(rule("one", "cap", 50), rule("two", "delta", -10)), [80, 60, 40], [True, True])
    assert found.overall[0] == 50
    assert np.isnan(found.exceptions[0, 1])


def test_an_exception_that_goes_on_lets_the_next_apply_too() -> None:
    card = card_with(rule("one", "cap", 50, **{"continue": True}), rule("two", "delta", -10))
    _, found = done(card, [80, 60, 40], [True, True])
    assert found.overall[0] == 40
    assert found.exceptions[0].tolist() == pytest.approx([-8, -10])


def test_an_exception_of_a_group_moves_the_score_by_the_weight_of_the_group() -> None:
    _, found = done(card_with(rule("one", "set", 20, target="A")), [80, 60, 40], [True])
    assert found.groups[0, 0] == 20
    assert found.overall[0] == pytest.approx(0.6 * 20 + 0.4 * 40)


def test_an_exception_makes_no_score_where_there_is_none() -> None:
    _, found = done(card_with(rule("one", "set", 20)), [NAN, NAN, NAN], [True])
    assert np.isnan(found.overall[0])
    assert found.band[0] == "insufficient"


def test_an_exception_does_not_lift_the_floor_of_coverage() -> None:
    _, found = done(card_with(rule("one", "set", 20), min_coverage=0.9), [80, NAN, 40], [True])
    assert found.band[0] == "insufficient"


def test_an_override_counts_after_exceptions() -> None:
    _, found = done(card_with(rule("one", "cap", 20)), [80, 60, 40], [True], {"": 85})
    assert (found.overall[0], found.band[0]) == (85, "healthy")
    assert found.beneath[0, 0] == 20
    assert found.override[0] == pytest.approx(65)


def test_an_override_gives_a_score_and_a_band_where_nothing_was_observed() -> None:
    _, found = done(card_with(), [NAN, NAN, NAN], [], {"": 40})
    assert (found.overall[0], found.band[0]) == (40, "risk")


def test_an_override_of_a_group_moves_the_score_by_its_weight() -> None:
    _, found = done(card_with(), [80, 60, 40], [], {"B": 90})
    assert found.overall[0] == pytest.approx(0.6 * 70 + 0.4 * 90)


def test_an_override_of_a_group_without_data_counts_with_its_nominal_weight() -> None:
    _, found = done(card_with(), [80, 60, NAN], [], {"B": 20})
    assert found.overall[0] == pytest.approx(0.6 * 70 + 0.4 * 20)


def test_the_parts_add_up_for_any_card_values_exceptions_and_overrides() -> None:
    draw = random.Random(11)
    for _ in range(500):
        rules = [
            rule(
                str(place),
                draw.choice(["set", "cap", "floor", "delta"]),
                draw.choice([0, 30, 70]),
                target=draw.choice(["", "A", "B"]),
                **{"continue": draw.random() < 0.5},
            )
            for place in range(draw.randint(0, 3))
        ]
        values = [draw.choice([NAN, draw.uniform(0, 100)]) for _ in range(3)]
        held = {target: draw.uniform(0, 100) for target in ("", "A", "B") if draw.random() < 0.3}
        raw, found = done(card_with(*rules), values, [draw.random() < 0.6 for _ in rules], held)
        if np.isnan(raw.overall[0]):
            assert np.isnan(found.overall[0]) == (not held)
            continue
        whole = raw.overall[0] + np.nansum(found.exceptions[0]) + found.override[0]
        assert found.overall[0] == pytest.approx(whole, abs=1e-9)
        assert 0 <= found.overall[0] <= 100 + 1e-9


def family(parents: list[int], mrr: list[float], *rules: RollUp) -> Family:
    return Family(np.array(parents), np.array(mrr), rules)


def rolled(of: Family, scores: list[float], enough: list[bool] | None = None) -> list[float]:
    scored = np.array(scores)
    return roll_up(of, scored, np.array(enough) if enough else ~np.isnan(scored)).tolist()


OWN, WORST, MEAN = RollUp(), RollUp("worst"), RollUp("mean")


def test_a_parent_keeps_its_own_score_unless_the_card_says_otherwise() -> None:
    assert rolled(family([-1, 0], [10, 10], OWN, OWN), [80, 20]) == [80, 20]


def test_a_parent_is_as_well_as_its_worst_child() -> None:
    assert rolled(family([-1, 0, 0], [0, 0, 0], WORST, OWN, OWN), [80, 60, 20]) == [20, 60, 20]


def test_the_mean_of_children_is_weighted_by_revenue() -> None:
    assert rolled(family([-1, 0, 0], [0, 300, 100], MEAN, OWN, OWN), [80, 60, 20])[0] == pytest.approx(50)


def test_children_without_revenue_count_alike() -> None:
    assert rolled(family([-1, 0, 0], [0, 0, 0], MEAN, OWN, OWN), [80, 60, 20])[0] == pytest.approx(40)


def test_the_own_score_keeps_the_share_that_the_card_gives_it() -> None:
    assert rolled(family([-1, 0], [0, 1], RollUp("mean", 0.75), OWN), [80, 40])[0] == pytest.approx(70)


def test_children_with_too_little_data_do_not_count() -> None:
    of = family([-1, 0, 0], [0, 1, 1], MEAN, OWN, OWN)
    assert rolled(of, [80, 60, 20], [True, True, False])[0] == pytest.approx(60)
    assert rolled(of, [80, 60, 20], [True, False, False])[0] == 80


def test_scores_are_rolled_up_from_the_bottom() -> None:
    assert rolled(family([-1, 0, 1], [0, 1, 1], WORST, WORST, OWN), [80, 60, 20]) == [20, 20, 20]


def test_a_circle_of_parents_ends() -> None:
    assert len(rolled(family([1, 0], [1, 1], MEAN, MEAN), [80, 20])) == 2


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (rule("one", "multiply", 2), "not what an exception does"),
        (rule("one", "set", 130), "from 0 to 100"),
        (rule("one", "set", 30, target="C"), "no group"),
        (rule("one", "set", 30) | {"criteria": {}}, "needs criteria"),
    ],
)
def test_an_exception_that_cannot_work_is_refused_in_a_sentence(raw: dict[str, Any], words: str) -> None:
    with pytest.raises(cards.BadDefinition, match=words):
        card_with(raw)
