"""Random worlds and random questions about them."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from evergrow.insight.conditions import NUMERIC, VALUELESS, Check, Condition, Topic
from evergrow.insight.period import WHOLE_DAYS, Between, Interval, Last, Range
from evergrow.insight.tests.reference import Happened, Value, World
from evergrow.insight.trend import watched
from evergrow.insight.trend.parse_series import adds_up
from evergrow.insight.trend.question import (
    ACTIVE,
    NAMES,
    PER,
    WINDOWS,
    Asked,
    Breakdown,
    Comparison,
    Formula,
    Measure,
    Statistic,
    TrendQuestion,
)

# A zone, and a day near which its clocks change
ZONES = {
    "Asia/Shanghai": date(2026, 3, 25),
    "America/New_York": date(2026, 3, 9),
    "Europe/Paris": date(2025, 10, 26),
    "Australia/Lord_Howe": date(2026, 4, 6),
    "Asia/Kolkata": date(2024, 3, 1),
    "Asia/Kathmandu": date(2026, 1, 1),
}
EVENTS = ["login", "export", "it's \\ {odd:String}"]
VALUES = ["Pro", "pro plan", "", "12", "-3.5", "1e2", "inf", "nan", "0x10", "云", "a,b", '["=x"]']
PLANS = ["Pro", "Basic", "12"]
TOPICS = [Topic("property", "plan"), Topic("account", "plan"), Topic("account", "country"), Topic("property", "?")]
AGO = [0, 0, 1, 1, 2, 3, 5, 8, 20, 40, 90, 370]
MINUTES = [0, 0, 5, 10, 29, 30, 31, 90]


def make_world(seed: int, *, most: int = 150) -> World:
    rnd = random.Random(seed)
    zone, near = rnd.choice(list(ZONES.items()))
    today = near + timedelta(days=rnd.randrange(4))
    midnight = datetime.combine(today, time(0), ZoneInfo(zone))
    moments = [
        midnight.astimezone(UTC)
        + timedelta(days=-rnd.choice(AGO), hours=rnd.randrange(24))
        + rnd.choice([timedelta(0), timedelta(milliseconds=-1), timedelta(minutes=30)])
        for _ in range(12)
    ]
    events = [
        Happened(
            event=rnd.choice(EVENTS),
            at=rnd.choice(moments) + timedelta(minutes=rnd.choice(MINUTES)),
            person=rnd.choice([0, 1, 2, 3, 4, 5, 6, 70_000]),
            account=rnd.choice([0, 1, 2, 3, 4, 900_000]),
            properties=make_properties(rnd),
        )
        for _ in range(rnd.choice([0, 5, 60, most]))
    ]
    return World(
        events=events,
        zone=zone,
        week_start=rnd.choice([0, 6]),
        today=today,
        merges=rnd.choice([{}, {2: 1}, {2: 1, 3: 1, 70_000: 5}, {6: 8}]),
        facts={"plan": {number: rnd.choice(PLANS) for number in (1, 2, 3)}, "country": rnd.choice([{}, {4: "CN"}])},
        visible=rnd.choice([None, None, None, frozenset({1, 2}), frozenset()]),
        until=rnd.choice([time(23, 59), time(10, 20)]),
    )


def make_properties(rnd: random.Random) -> dict[str, str]:
    found = {key: rnd.choice(VALUES) for key in ("plan", "o'dd key") if rnd.random() < 0.7}
    if rnd.random() < 0.3:
        found["session_id"] = rnd.choice(["s1", "s2"])
    return found


def make_condition(rnd: random.Random) -> Condition:
    topic = rnd.choice([Topic("property", "plan"), Topic("property", "o'dd key"), Topic("account", "plan")])
    check = rnd.choice(list(Check))
    if check in VALUELESS:
        return Condition(topic, check)
    if check in NUMERIC:
        return Condition(topic, check, (rnd.choice(["0", "12", "-4", "1e1"]),))
    return Condition(topic, check, tuple(rnd.sample([*VALUES, "PRO", "'; DROP TABLE events; --"], rnd.choice([1, 2]))))


def make_asked(rnd: random.Random, measures: list[Measure]) -> Asked:
    measure = rnd.choice(measures)
    known = [each for each in Statistic if measure is Measure.PROPERTY or each is not Statistic.SUM]
    return Asked(
        event=rnd.choice(["", *EVENTS]),
        measure=measure,
        filters=tuple(make_condition(rnd) for _ in range(rnd.choice([0, 0, 0, 1]))),
        days=rnd.choice(WINDOWS) if measure in ACTIVE else 7,
        statistic=rnd.choice(known) if measure in PER or measure is Measure.PROPERTY else Statistic.AVERAGE,
        property=rnd.choice(["plan", "o'dd key"]) if measure is Measure.PROPERTY else "",
    )


def make_range(rnd: random.Random, world: World, interval: Interval) -> Range:
    if interval is Interval.HOUR:
        first = world.today - timedelta(days=rnd.randrange(4))
        return rnd.choice([Last(rnd.choice([1, 2, 3]), Interval.DAY), Between(first, first + timedelta(days=2))])
    first = world.today - timedelta(days=rnd.randrange(60))
    return rnd.choice(
        [
            Last(rnd.choice([1, 2, 5, 14]), rnd.choice(WHOLE_DAYS[:3])),
            Last(rnd.choice([1, 2]), rnd.choice(WHOLE_DAYS)),
            Between(first, first + timedelta(days=rnd.randrange(90))),
        ]
    )


def make_question(rnd: random.Random, world: World) -> TrendQuestion:
    interval = rnd.choice(list(Interval))
    measures = [each for each in Measure if interval is not Interval.HOUR or each not in ACTIVE]
    series = tuple(make_asked(rnd, measures) for _ in range(rnd.choice([1, 1, 1, 1, 1, 2, 3])))
    is_cumulative = rnd.random() < 0.3 and all(map(adds_up, series))
    split = None
    if rnd.random() < 0.5:
        split = Breakdown(tuple(rnd.sample(TOPICS, rnd.choice([1, 1, 2, 3]))), rnd.choice([1, 2, 5, 20]))
    return TrendQuestion(
        series=series,
        formulas=tuple(Formula(formula_text(make_tree(rnd, len(series)))) for _ in range(rnd.choice([0, 0, 1, 2]))),
        interval=interval,
        range=make_range(rnd, world, interval),
        filters=tuple(make_condition(rnd) for _ in range(rnd.choice([0, 0, 0, 1]))),
        split=split,
        compare=rnd.choice([Comparison.NONE, Comparison.NONE, *Comparison]),
        is_cumulative=is_cumulative,
        smoothing=0 if is_cumulative else rnd.choice([0, 0, 2, 7]),
    )


def by_a_property(rnd: random.Random, world: World) -> TrendQuestion:
    """A question that the sets of a watched property may answer."""
    question = make_question(rnd, world)
    measures = [each for each in watched.KNOWN if question.interval is not Interval.HOUR or each not in ACTIVE]
    asked = Asked(event=rnd.choice(EVENTS), measure=rnd.choice(measures), days=rnd.choice([1, 7, 30]))
    split = Breakdown((Topic("property", rnd.choice(["plan", "plan", "?"])),), rnd.choice([1, 2, 5]))
    is_cumulative = question.is_cumulative and asked.measure not in ACTIVE
    return replace(question, series=(asked,), formulas=(), filters=(), split=split, is_cumulative=is_cumulative)


def by_facts(rnd: random.Random, world: World) -> TrendQuestion:
    """A question about people by facts of their accounts."""
    facts = [Topic("account", "plan"), Topic("account", "country")]
    split = Breakdown(tuple(rnd.sample(facts, rnd.choice([1, 2]))), rnd.choice([1, 2, 5]))
    question = by_a_property(rnd, world)
    measure = Measure.PEOPLE if question.interval is Interval.HOUR else rnd.choice([Measure.PEOPLE, *ACTIVE])
    asked = replace(question.first, measure=measure, event=rnd.choice(["", *EVENTS]))
    is_cumulative = question.is_cumulative and measure is Measure.PEOPLE
    return replace(question, series=(asked,), split=split, is_cumulative=is_cumulative)


Tree = Any


def make_tree(rnd: random.Random, letters: int, depth: int = 0) -> Tree:
    """A formula as nested lists: a letter, a number, ``["−", one]`` or ``[one, sign, other]``; a letter in any case."""
    if depth == 0:
        tree = make_tree(rnd, letters, 1)
        return tree if letters_in(tree) else [tree, rnd.choice("+-×÷*/−"), "A"]
    kind = rnd.random()
    if depth > 3 or kind < 0.45:
        return rnd.choice(NAMES[:letters]) if rnd.random() < 0.8 else rnd.choice(["0", "2", "100", "1.5", ".25", "3."])
    if kind < 0.55:
        return ["−", make_tree(rnd, letters, depth + 1)]
    return [make_tree(rnd, letters, depth + 1), rnd.choice("+-×÷*/−"), make_tree(rnd, letters, depth + 1)]


def letters_in(tree: Tree) -> bool:
    return any(map(letters_in, tree)) if isinstance(tree, list) else tree in NAMES


def formula_text(tree: Tree) -> str:
    """The tree with every pair in brackets."""
    return tree if isinstance(tree, str) else "(" + " ".join(formula_text(each) for each in tree) + ")"


def formula_value(text: str, values: dict[str, Value]) -> Value:
    """What a formula written by ``formula_text`` comes to, by Python's own arithmetic."""
    for sign, plain in {"×": "*", "÷": "/", "−": "-"}.items():
        text = text.replace(sign, plain)
    needed = {name: value for name, value in values.items() if name in text}
    if None in needed.values():
        return None
    try:
        return float(eval(text, {"__builtins__": {}}, needed))
    except ZeroDivisionError:
        return None
