"""Criteria in two readings: who meets them for certain, and who may meet them once data that are missing come.

Whoever stands in the second and not in the first is unknown: nothing is said of them, so that a value that goes
missing, or a health score without enough data, moves nobody in or out. A comparison that says itself what
becomes of what has no value (“or not set”, “and set”), or asks whether there is a value, is taken by its word.
"""

from dataclasses import replace

from evergrow.customers.criteria.tree import All, AnyOf, AtAccount, Criteria, Node, Not, People, Test, Trait

BAND, INSUFFICIENT = "health.band", "insufficient"
UNKNOWN_BAND = Trait(BAND, Test("is", (INSUFFICIENT,)))


def certain(criteria: Criteria) -> Criteria:
    """Who meets them, whatever the missing values turn out to be."""
    return replace(criteria, root=_read(criteria.root, False))


def possible(criteria: Criteria) -> Criteria:
    """Who meets them, or may once missing values are known."""
    return replace(criteria, root=_read(criteria.root, True))


def _read(node: Node, keeps: bool) -> Node:
    """The tree where what is missing counts as met (``keeps``) or not."""
    match node:
        case All(parts):
            return All(tuple(_read(part, keeps) for part in parts))
        case AnyOf(parts):
            return AnyOf(tuple(_read(part, keeps) for part in parts))
        case Not(part):
            return Not(_read(part, not keeps))
        case Trait():
            return _trait(node, keeps)
        case People(how, who):
            return replace(node, who=_read(who, not keeps if how == "none" else keeps))
        case AtAccount(which):
            return replace(node, which=_read(which, keeps))
        case _:
            return node


def _trait(node: Trait, keeps: bool) -> Node:
    test = node.test
    if test.op == "is_set" or test.unset is not None:
        return node
    found = Trait(node.trait, replace(test, unset=keeps))
    if node.trait != BAND or INSUFFICIENT in test.values:
        return found
    return AnyOf((found, UNKNOWN_BAND)) if keeps else All((found, Not(UNKNOWN_BAND)))
