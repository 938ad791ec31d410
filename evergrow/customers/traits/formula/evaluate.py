"""A formula for one subject, in Python. The same results as ``sql`` gives for everybody."""

import math
from collections.abc import Mapping
from typing import Any

from evergrow.customers.traits.formula.check import Formula
from evergrow.customers.traits.formula.functions import FUNCTIONS, Now
from evergrow.customers.traits.formula.tree import Node, Trait, Value


def value(formula: Formula, traits: Mapping[str, Any], now: Now) -> Any:
    """The value of a formula. ``traits`` holds floats (days and seconds since 1970 too), texts, truths, lists."""
    try:
        found = _value(formula.root, traits, now)
    except OverflowError:
        return None
    return None if isinstance(found, float) and not math.isfinite(found) else found


def _value(node: Node, traits: Mapping[str, Any], now: Now) -> Any:
    if isinstance(node, Value):
        return node.value
    if isinstance(node, Trait):
        return traits.get(node.key)
    if node.name == "today":
        return now.today
    if node.name == "now":
        return now.seconds
    args = [_value(arg, traits, now) for arg in node.args]
    if node.name == "day_of":
        return None if args[0] is None else now.day_of(args[0])
    function = FUNCTIONS[node.name]
    if not function.takes_missing and any(arg is None for arg in args):
        return None
    return function.python(*args)
