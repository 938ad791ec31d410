"""A formula for everybody, as one SQL expression. Values are bound; names come from fixed tables."""

from collections.abc import Mapping

from evergrow.customers.criteria.bound import Bound
from evergrow.customers.traits.formula.check import Formula
from evergrow.customers.traits.formula.functions import FUNCTIONS, Now
from evergrow.customers.traits.formula.tree import Node, Trait, Type, Value

# How a trait of a type is read from a row of the mirror; what reads as something else is missing
READ: dict[Type, str] = {
    "number": "if(type = 'number', number, NULL)",
    "truth": "if(type = 'truth', number != 0, NULL)",
    "day": "multiIf(type = 'date', number, type = 'moment', {day}, NULL)",
    "moment": "if(type = 'moment', number, NULL)",
    "text": "toNullable(text)",
    "list": "if(type = 'list', toNullable(text), NULL)",
}


def expression(formula: Formula, columns: Mapping[str, str], bound: Bound, now: Now) -> str:
    """The formula over columns that hold the values of traits (``columns`` by key)."""
    return _Compiler(columns, bound, now).sql(formula.root)


def types_of(formula: Formula) -> dict[str, Type]:
    """The types of the traits that a formula needs, by key."""
    found: dict[str, Type] = {}

    def walk(node: Node) -> None:
        if isinstance(node, Trait):
            found[node.key] = node.type
        elif not isinstance(node, Value):
            for arg in node.args:
                walk(arg)

    walk(formula.root)
    return found


def reading(kind: Type, bound: Bound, now: Now) -> str:
    """How a trait of this type is read from a row of the mirror."""
    return READ[kind].replace("{day}", day_of("number", bound, now))


def day_of(seconds: str, bound: Bound, now: Now) -> str:
    """The day of a moment in the workspace's zone, as days since 1970."""
    zone = bound.add("zone", "String", str(now.zone))
    return f"toFloat64(toInt32(toDate32(toDateTime64({seconds}, 0, 'UTC'), {zone})))"


class _Compiler:
    def __init__(self, columns: Mapping[str, str], bound: Bound, now: Now) -> None:
        self.columns, self.bound, self.now = columns, bound, now

    def sql(self, node: Node) -> str:
        if isinstance(node, Trait):
            return self.columns[node.key]
        if isinstance(node, Value):
            return self._literal(node)
        if node.name == "today":
            return self.bound.add("today", "Float64", self.now.today)
        if node.name == "now":
            return self.bound.add("now", "Float64", self.now.seconds)
        args = [self.sql(arg) for arg in node.args]
        if node.name == "day_of":
            return day_of(args[0], self.bound, self.now)
        return FUNCTIONS[node.name].sql(*args)

    def _literal(self, node: Value) -> str:
        if node.type == "text":
            return self.bound.add("text", "String", node.value)
        if node.type == "truth":
            return "true" if node.value else "false"
        return self.bound.add("value", "Float64", float(node.value))
