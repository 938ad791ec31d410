"""Random criteria, the same for a seed."""

import random
from typing import Any

from evergrow.customers.tests.criteria.world import EVENTS, PLANS

TRAITS = ["plan", "score", "born", "trial_ends", "tags", "fan", "created_at", "email", "mrr", "renews_on", "nothing"]
VALUES = [*PLANS[:5], 7, "7", 2.5, True, "a", "b", "3", "p7@example.com", 100, "2026-04-01", "true"]
DAYS = ["2026-03-25", "2026-02-23", "1990-03-25", {"ago": 30}, {"ago": 2, "unit": "working_days"}, {"ahead": 90}]
SPANS = [{"days": 1}, {"days": 7}, {"days": 30}, {"weeks": 2}, {"months": 1}, {"working_days": 3}, {"working_days": 20}]


def some(rnd: random.Random, kind: str, depth: int = 3) -> dict[str, Any]:
    """Criteria for people or accounts."""
    if depth and rnd.random() < 0.55:
        shape = rnd.choice(["all", "all", "any", "not"])
        if shape == "not":
            return {"not": some(rnd, kind, depth - 1)}
        return {shape: [some(rnd, kind, depth - 1) for _ in range(rnd.randint(1, 3))]}
    make = rnd.choice([trait, trait, did, did, measured, other, relation])
    return make(rnd, kind)


def trait(rnd: random.Random, kind: str) -> dict[str, Any]:
    return {"trait": rnd.choice(TRAITS), **compared(rnd, False)}


def compared(rnd: random.Random, is_property: bool) -> dict[str, Any]:
    values = [value for value in rnd.sample(VALUES, rnd.randint(1, 3)) if value != ""]
    tests: list[dict[str, Any]] = [
        {rnd.choice(["is", "is_not"]): values},
        {
            rnd.choice(["contains", "not_contains", "starts_with", "ends_with"]): [
                rnd.choice(["P", "e", "版", "É", "@", "0"])
            ]
        },
        {"matches": rnd.choice(["^[A-Z]", "o$", r"\d+", "(?i)PRO", "版|r"])},
        {rnd.choice(["over", "at_least", "under", "at_most"]): rnd.choice([0, 7, 2.5, 100])},
        {"between": [0, rnd.choice([0, 7, 100])]},
        {"is_set": rnd.random() < 0.5},
    ]
    if not is_property:
        tests += [
            {rnd.choice(["before", "after", "on"]): rnd.choice(DAYS)},
            {"between": ["2026-01-01", rnd.choice(["2026-03-25", {"ahead": 1}])]},
            {rnd.choice(["in_last", "in_next"]): rnd.choice(SPANS)},
            {"anniversary_in": {"days": rnd.choice([1, 6, 300])}},
            {rnd.choice(["has_any", "has_all", "has_none"]): rnd.sample(["a", "b", "3", "true"], 2)},
        ]
    found = rnd.choice(tests)
    if rnd.random() < 0.15:
        found[rnd.choice(["or_unset", "and_set"])] = True
    return found


def when(rnd: random.Random) -> dict[str, Any]:
    found: Any = rnd.choice(
        [
            *SPANS,
            {"hours": 5},
            {"hours": 24},
            {"from": "2026-02-23", "to": "2026-03-24"},
            {"from": {"ago": 90}, "to": {"ago": 31}},
            {"before": "2026-03-25"},
            {"from": "2026-03-20"},
            None,
        ]
    )
    return {"within": found} if found else {}


def where(rnd: random.Random) -> dict[str, Any]:
    if rnd.random() < 0.6:
        return {}
    return {"where": [{"property": rnd.choice(["amount", "plan", "none"]), **compared(rnd, True)}]}


def event(rnd: random.Random) -> str:
    return rnd.choice([*EVENTS, *EVENTS, "*", "nothing"])


def bounds(rnd: random.Random, most: int = 4) -> dict[str, Any]:
    low = rnd.randint(0, most)
    if rnd.random() < 0.2:
        return {"between": [low, low + rnd.randint(0, 3)]}
    return {rnd.choice(["at_least", "at_most", "exactly", "over", "under"]): low}


def did(rnd: random.Random, kind: str) -> dict[str, Any]:
    if rnd.random() < 0.3:
        return {"did_not": event(rnd), **where(rnd), **when(rnd)}
    times = {"times": bounds(rnd)} if rnd.random() < 0.6 else {}
    return {"did": event(rnd), **where(rnd), **times, **when(rnd)}


def measured(rnd: random.Random, kind: str) -> dict[str, Any]:
    op = rnd.choice(["sum", "avg", "min", "max", "unique", "days"])
    return {"did": event(rnd), **where(rnd), "measure": {op: "amount"}, **bounds(rnd, 12), **when(rnd)}


def other(rnd: random.Random, kind: str) -> dict[str, Any]:
    match rnd.choice(["first", "stopped", "sequence", "sequence"]):
        case "first":
            return {"first": event(rnd), **where(rnd), "within": when(rnd).get("within") or {"days": 30}}
        case "stopped":
            after: dict[str, Any] = {"times": rnd.randint(1, 2)}
            if rnd.random() < 0.5:
                after["within"] = rnd.choice(SPANS)
            return {"stopped": event(rnd), **where(rnd), "for": rnd.choice(SPANS), "after": after}
        case _:
            steps = [{"did": event(rnd), **where(rnd)} for _ in range(rnd.randint(2, 3))]
            gap = {"gap": rnd.choice([{"hours": 1}, {"days": 7}, {"days": 30}])} if rnd.random() < 0.6 else {}
            return {"sequence": steps, **gap, **when(rnd)}


def relation(rnd: random.Random, kind: str) -> dict[str, Any]:
    role = {"role": rnd.choice(["decides", "uses", "key"])} if rnd.random() < 0.4 else {}
    if kind == "person":
        return {"account": some(rnd, "account", 1), **role}
    how = rnd.choice(["any", "all", "none", {"at_least": 2}])
    return {"people": how, "who": some(rnd, "person", 1), **role}
