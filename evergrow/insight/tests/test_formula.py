"""Formulas over series: what they come to, and where exactly they cannot be read."""

import random
from typing import Any

import pytest

from evergrow.insight.tests.random_trends import formula_text, formula_value, make_tree
from evergrow.insight.trend import formula
from evergrow.insight.trend.formula import BadFormula


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("A", 6),
        ("a/b", 2),
        ("A − B × 2", 0),
        ("(A - B) * 2", 6),
        ("A ÷ B ÷ 2", 1),
        ("-A + 1.5", -4.5),
        ("A*-B", -18),
        ("A / (B - 3)", None),
        ("A / 0", None),
        ("A / C", None),
        (" ( ( A ) ) ", 6),
        ("A×.5", 3),
        ("（A＋B）／3", 3),
    ],
)
def test_a_formula_is_what_arithmetic_says(text: str, value: float | None) -> None:
    assert formula.read(text, "ABC").value({"A": 6, "B": 3, "C": None}) == value


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", 0),
        ("A +", 3),
        ("A + + B", 4),
        ("A B", 2),
        ("(A", 2),
        ("A)", 1),
        ("A + D", 4),
        ("AB", 0),
        ("A ^ 2", 2),
        ("A ＋ 云", 4),
        ("1 + 2", 0),
        ("A; B", 1),
        ("__import__('os')", 0),
        ("A.real", 1),
        ("(" * 30 + "A", 21),
        ("A" + " + A" * 100, 200),
    ],
)
def test_what_cannot_be_read_is_named_at_its_character(text: str, place: int) -> None:
    with pytest.raises(BadFormula) as refusal:
        formula.read(text, "ABC")
    assert refusal.value.place == place
    assert str(refusal.value).endswith((".", "÷."))


def test_the_letters_used_are_told_in_their_order() -> None:
    assert formula.read("B / a + B", "ABC").letters == ("B", "A")


@pytest.mark.parametrize("seed", range(500))
def test_random_formulas_come_to_what_plain_arithmetic_does(seed: int) -> None:
    rnd = random.Random(seed)
    text = formula_text(make_tree(rnd, 3))
    values: dict[str, Any] = {name: rnd.choice([0, 1, 2.5, -4, 10, None]) for name in "ABC"}
    found, plain = formula.read(text, "ABC").value(values), formula_value(text, values)
    assert found == (None if plain is None else pytest.approx(plain))
