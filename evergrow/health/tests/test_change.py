"""The parts of a change add up to it, whatever changed."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evergrow.health import card as cards
from evergrow.health.change import State, apportion, decompose
from evergrow.health.scoring import score
from evergrow.health.tests.test_scoring import definition, group, measure, two_groups

NAN = float("nan")
KEYS = "abcdefg"


@st.composite
def some_card(draw: Any) -> cards.Card:
    keys = draw(st.lists(st.sampled_from(KEYS), min_size=1, max_size=6, unique=True))
    cut = draw(st.integers(0, len(keys)))
    groups = []
    for name, members in (("x", keys[:cut]), ("y", keys[cut:])):
        if members:
            weights = draw(st.lists(st.sampled_from([0, 1, 3, 10]), min_size=len(members), max_size=len(members)))
            policies = [draw(st.sampled_from([None, *cards.NULL_POLICIES])) for _ in members]
            scale = [draw(st.sampled_from([50, 100, 130])) for _ in members]
            parts = [
                measure(key, weight, null_policy=policy, scoring={"kind": "linear", "knots": [[0, 0], [top, 100]]})
                for key, weight, policy, top in zip(members, weights, policies, scale, strict=True)
            ]
            groups.append(group(name, draw(st.sampled_from([1, 2, 7])) if any(weights) else 0, *parts))
    if not any(part["weight"] for part in groups):
        groups[0]["weight"] = groups[0]["measures"][0]["weight"] = 1
    return cards.read(definition(*groups))


@st.composite
def some_state(draw: Any, card: cards.Card | None = None) -> State:
    card = card or draw(some_card())
    value = st.one_of(st.just(NAN), st.floats(0, 150, allow_nan=False))
    rows = [[draw(value) for _ in card.measures] for _ in range(3)]
    return State(card, np.array(rows, dtype=float))


def total(effects: Any) -> np.ndarray:
    return sum(part.sum(axis=1) for part in (effects.value, effects.null, effects.weight, effects.scoring))


@given(some_state(), some_state())
@settings(max_examples=300, deadline=None)
def test_the_parts_add_up_to_the_change_for_any_two_states_and_cards(before: State, after: State) -> None:
    effects = decompose(before, after)
    was, now = score(before.card, before.values).overall, score(after.card, after.values).overall
    assert effects.before == pytest.approx(was, nan_ok=True, abs=1e-9)
    assert effects.after == pytest.approx(now, nan_ok=True, abs=1e-9)
    assert total(effects) == pytest.approx(now - was, nan_ok=True, abs=1e-9)


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_under_one_card_only_values_and_gaps_can_have_an_effect(data: Any) -> None:
    before = data.draw(some_state())
    after = data.draw(some_state(before.card))
    effects = decompose(before, after)
    scored = ~np.isnan(effects.before) & ~np.isnan(effects.after)
    assert not effects.weight[scored].any()
    assert not effects.scoring[scored].any()
    same = (before.values == after.values)[scored]
    assert not effects.value[scored][same].any()
    both = (np.isnan(before.values) == np.isnan(after.values))[scored]
    assert not effects.null[scored][both].any()


@given(some_state(), some_state())
@settings(max_examples=150, deadline=None)
def test_the_way_back_is_the_way_there_with_the_sign_turned(before: State, after: State) -> None:
    there, back = decompose(before, after), decompose(after, before)
    columns = [back.keys.index(key) for key in there.keys]
    for kind in ("value", "null", "weight", "scoring"):
        turned = -getattr(back, kind)[:, columns]
        assert getattr(there, kind) == pytest.approx(turned, nan_ok=True, abs=1e-9)


def test_a_lone_value_carries_the_whole_change() -> None:
    card = two_groups()
    effects = decompose(State(card, np.array([[80.0, 60, 40]])), State(card, np.array([[80.0, 20, 40]])))
    assert effects.value[0].tolist() == pytest.approx([0, -12, 0])
    assert effects.customer[0] == pytest.approx(-12)


def test_a_gap_is_told_apart_from_a_value() -> None:
    card = two_groups()
    effects = decompose(State(card, np.array([[80.0, 60, 40]])), State(card, np.array([[80.0, NAN, 40]])))
    assert effects.null[0].tolist() == pytest.approx([0, 6, 0])
    assert not effects.value.any()


def test_a_new_weight_is_told_apart_from_a_value() -> None:
    heavier = cards.read(
        definition(group("A", 40, measure("a1", 50), measure("a2", 50)), group("B", 60, measure("b1", 100)))
    )
    values = np.array([[80.0, 60, 40]])
    effects = decompose(State(two_groups(), values), State(heavier, values))
    assert effects.weight.sum() == pytest.approx(52 - 58)
    assert effects.weight[0][2] < 0
    assert effects.customer[0] == 0


def test_no_score_on_one_side_means_no_split() -> None:
    card = two_groups()
    effects = decompose(State(card, np.array([[NAN, NAN, NAN]])), State(card, np.array([[80.0, NAN, 40]])))
    assert np.isnan(effects.value).all()


@given(st.lists(st.floats(-60, 60, allow_nan=False), min_size=1, max_size=14))
def test_printed_parts_add_up_to_the_printed_total(parts: list[float]) -> None:
    shown = apportion(parts)
    assert round(sum(shown), 6) == pytest.approx(round(sum(parts) * 10) / 10, abs=1e-6)
    assert all(abs(a - b) <= 0.1 + 1e-6 for a, b in zip(shown, parts, strict=True))
