"""Formulas: the text is read, checked and computed; Python and the event store come to the same."""

import math
import random
from datetime import UTC, datetime

import pytest

from evergrow import warehouse
from evergrow.customers.criteria.bound import Bound
from evergrow.customers.criteria.values import read as read_value
from evergrow.customers.traits.formula import check, evaluate, sql
from evergrow.customers.traits.formula.errors import FormulaError
from evergrow.customers.traits.formula.functions import Now
from evergrow.lib import clock

TYPES = {
    "mrr": "number",
    "seats": "number",
    "plan": "text",
    "name": "text",
    "is_key": "truth",
    "since": "date",
    "seen": "moment",
    "tags": "list",
    "plan name": "text",
}
ZONE = "Asia/Shanghai"


def now(workspace):
    return Now(datetime(2026, 3, 20, 17, 30, tzinfo=UTC), workspace.tz)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) × 3 − 4 ÷ 2", 7),
        ("-mrr + 2", -98),
        ("2 - 1 - 1", 0),
        ("mrr / 0", None),
        ("mrr / missing_seats", None),
        ("coalesce(missing_seats, 4)", 4),
        ("min(missing_seats, 3, 2)", 2),
        ("max(missing_seats, missing_seats)", None),
        ("if(mrr > 50, \"large\", 'small')", "large"),
        ('if(missing_seats > 50, "large", "small")', "small"),
        ("not (missing_seats > 1)", True),
        ("missing_seats > 1", None),
        ("missing_seats > 1 or mrr = 100", True),
        ("is_set(missing_seats)", False),
        ("round(2.345, 2)", 2.35),
        ("round(-2.5)", -3),
        ("floor(-1.5) + ceil(1.2) + abs(-3)", 3),
        ('upper(concat(plan, "-", `plan name`))', "PRO-业务"),
        ('lower(" A ") = " a " and trim(" A ") = "A"', True),
        ("length(`plan name`)", 2),
        ('contains(plan, "r") and starts_with(plan, "P") and ends_with(plan, "o")', True),
        ('contains(tags, "a") and not contains(tags, "c")', True),
        ("size(tags)", 2),
        ('number("12.5") + 1', 13.5),
        ('number("x")', None),
        ("text(3)", "3"),
        ("text(2.5)", "2.5"),
        ("today() - since", 19),
        ("since + 30 > today()", True),
        ('since < "2026-03-02"', True),
        ("days_between(seen, now())", 1),  # 2026-03-20 and, past midnight in Shanghai, 2026-03-21
        ("year(since) + month(seen)", 2029),
        ("since = seen", False),
        ("true and is_key", True),
    ],
)
def test_a_formula_gives_what_it_says_in_python_and_in_the_store(workspace, warehouse_db, text, wanted):
    traits = {
        "mrr": 100.0,
        "seats": 4.0,
        "plan": "Pro",
        "plan name": "业务",
        "is_key": True,
        "since": read_value("2026-03-02", workspace.tz).number - (1 if "<" in text else 0),
        "seen": datetime(2026, 3, 20, 15, 0, tzinfo=UTC).timestamp(),
        "tags": ["a", "b"],
    }
    formula = check.read(text, TYPES | {"missing_seats": "number"})
    assert evaluate.value(formula, traits, now(workspace)) == wanted
    assert in_store(formula, traits, now(workspace)) == wanted


def in_store(formula, traits, at):
    import json

    bound = Bound()
    columns = {}
    for key, kind in sql.types_of(formula).items():
        value = traits.get(key)
        store = {"text": "Nullable(String)", "list": "Nullable(String)", "truth": "Nullable(Bool)"}.get(
            kind, "Nullable(Float64)"
        )
        if value is None:
            columns[key] = f"CAST(NULL, '{store}')"
        else:
            plain = json.dumps(value) if isinstance(value, list) else value
            mark = bound.add("trait", store.removeprefix("Nullable(")[:-1].replace("Bool", "UInt8"), plain)
            columns[key] = f"CAST({mark}, '{store}')"
    text = sql.expression(formula, columns, bound, at)
    return warehouse.scalar(f"select {text}", **bound.params)


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("mrr +", (5, 6), "ends too early"),
        ("mrr seats", (4, 9), "cannot stand here"),
        ("mrr * (seats", (12, 13), "missing"),
        ("mrr ? 2", (4, 5), "means nothing"),
        ('plan = "Pro', (7, 11), "no end"),
        ("mrr + revenue", (6, 13), "no trait “revenue”"),
        ("mrr + plan", (6, 10), "takes a number here, and this is a text"),
        ("sqrt(mrr)", (0, 9), "no function “sqrt”"),
        ("if(mrr > 1, 2)", (0, 14), "needs 3 values, and has 2"),
        ('if(mrr > 1, 2, "x")', (15, 18), "must be of one type"),
        ("plan > 3", (7, 8), "must be of one type"),
        ("tags", (0, 4), "cannot give a list"),
        ('since > "2026-02-30"', (8, 20), "no such day"),
        ("today(1)", (0, 8), "takes nothing"),
        ("add_days(since, 1)", (0, 18), "no function"),
        ("(" * 70 + "1" + ")" * 70, (60, 61), "nested too deeply"),
        ("1 + " * 800 + "1", (2000, 3201), "at most"),
        ("", (0, 1), "ends too early"),
    ],
)
def test_what_is_wrong_is_said_at_its_place(text, place, said):
    with pytest.raises(FormulaError) as refused:
        check.read(text, TYPES)
    assert said in refused.value.message
    assert (refused.value.start, refused.value.end) == place


def made_up(dice, depth, kind):
    """The text of a random formula of a type."""
    if depth == 0 or dice.random() < 0.2:
        return dice.choice(
            {
                "number": ["a", "b", "c", "0", "2.5", "100", "-1"],
                "text": ["p", "q", '"x"', '"Ab 文"', '""'],
                "truth": ["t", "u", "true", "false"],
            }[kind]
        )
    part = lambda of: made_up(dice, depth - 1, of)  # noqa: E731
    if kind == "number":
        return dice.choice(
            [
                lambda: f"({part('number')} {dice.choice('+-*/')} {part('number')})",
                lambda: f"coalesce({part('number')}, {part('number')})",
                lambda: f"{dice.choice(['min', 'max'])}({part('number')}, {part('number')}, {part('number')})",
                lambda: f"round({part('number')}, {dice.randint(0, 3)})",
                lambda: f"{dice.choice(['floor', 'ceil', 'abs'])}({part('number')})",
                lambda: f"if({part('truth')}, {part('number')}, {part('number')})",
                lambda: f"length({part('text')})",
                lambda: f"number({part('text')})",
            ]
        )()
    if kind == "text":
        return dice.choice(
            [
                lambda: f"concat({part('text')}, {part('text')})",
                lambda: f"{dice.choice(['lower', 'upper', 'trim'])}({part('text')})",
                lambda: f"if({part('truth')}, {part('text')}, {part('text')})",
                lambda: f"coalesce({part('text')}, {part('text')})",
            ]
        )()
    return dice.choice(
        [
            lambda: f"({part('number')} {dice.choice(['<', '<=', '>', '>=', '=', '!='])} {part('number')})",
            lambda: f"({part('text')} {dice.choice(['=', '!=', '<'])} {part('text')})",
            lambda: f"({part('truth')} {dice.choice(['and', 'or'])} {part('truth')})",
            lambda: f"(not {part('truth')})",
            lambda: f"is_set({part('number')})",
            lambda: f"contains({part('text')}, {part('text')})",
        ]
    )()


def test_random_formulas_come_to_the_same_in_python_and_in_the_store(workspace, warehouse_db):
    dice = random.Random(7)
    types = dict.fromkeys("abc", "number") | dict.fromkeys("pq", "text") | dict.fromkeys("tu", "truth")
    for _ in range(150):
        text = made_up(dice, 3, dice.choice(["number", "text", "truth"]))
        formula = check.read(text, types)
        traits = {
            **{key: dice.choice([None, 0.0, 1.0, -2.5, 7.25]) for key in "abc"},
            **{key: dice.choice([None, "", "12", "Straße 文", " pad "]) for key in "pq"},
            **{key: dice.choice([None, True, False]) for key in "tu"},
        }
        mine = evaluate.value(formula, traits, now(workspace))
        theirs = in_store(formula, traits, now(workspace))
        if isinstance(theirs, float) and not math.isfinite(theirs):
            theirs = None
        assert mine == pytest.approx(theirs) if isinstance(mine, float) else mine == theirs, (text, traits)


def test_the_clock_of_the_workspace_decides_what_today_is(workspace):
    formula = check.read("today()", {})
    with_clock = Now(clock.now(), workspace.tz)
    assert evaluate.value(formula, {}, with_clock) == with_clock.today
