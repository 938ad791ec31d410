"""Criteria → JSON, in the one form that ``parse`` reads."""

from datetime import date
from typing import Any

from evergrow.customers.criteria.tree import (
    NEVER,
    ONCE,
    All,
    AnyOf,
    AtAccount,
    Bounds,
    Criteria,
    Did,
    Doing,
    First,
    InSegment,
    Node,
    Not,
    People,
    Sequence,
    Stopped,
    Test,
    Trait,
)
from evergrow.customers.criteria.windows import DayRef, Last, Span, Window

LISTS = ("is", "is_not", "contains", "not_contains", "starts_with", "ends_with", "has_any", "has_all", "has_none")


def as_data(criteria: Criteria) -> dict[str, Any]:
    """The JSON form."""
    return node_data(criteria.root)


def node_data(node: Node) -> dict[str, Any]:
    """The JSON form of a part."""
    match node:
        case All(parts):
            return {"all": [node_data(part) for part in parts]}
        case AnyOf(parts):
            return {"any": [node_data(part) for part in parts]}
        case Not(part):
            return {"not": node_data(part)}
        case Trait(trait, test):
            return {"trait": trait, **_test(test)}
        case Did():
            return _did(node)
        case First(doing, within):
            return {"first": doing.event, **_where(doing), "within": _window(within)}
        case Stopped(doing, quiet, times, before):
            after: dict[str, Any] = {"times": times}
            if before:
                after["within"] = _span(before)
            return {"stopped": doing.event, **_where(doing), "for": _span(quiet), "after": after}
        case Sequence(steps, gap, within):
            found: dict[str, Any] = {"sequence": [{"did": step.event, **_where(step)} for step in steps]}
            if gap:
                found["gap"] = _span(gap)
            return {**found, **_within(within)}
        case InSegment(ref, _number, is_in, since):
            found = {"segment": ref} if is_in else {"segment": ref, "in": False}
            return {**found, "in_since": _span(since)} if since else found
        case People(how, who, count, role):
            found = {"people": {"at_least": count} if how == "at_least" else how, "who": node_data(who)}
            return {**found, "role": role} if role else found
        case AtAccount(which, role):
            return {"account": node_data(which), "role": role} if role else {"account": node_data(which)}


def _did(node: Did) -> dict[str, Any]:
    doing = node.doing
    if node.measure:
        measure = {node.measure.op: node.measure.property or True}
        return {
            "did": doing.event,
            **_where(doing),
            "measure": measure,
            **_bounds(node.bounds),
            **_within(node.within),
        }
    if node.bounds == NEVER:
        return {"did_not": doing.event, **_where(doing), **_within(node.within)}
    times = {} if node.bounds == ONCE else {"times": _bounds(node.bounds)}
    return {"did": doing.event, **_where(doing), **times, **_within(node.within)}


def _bounds(bounds: Bounds) -> dict[str, Any]:
    values = [_number(value) for value in bounds.values]
    return {bounds.op: values if bounds.op == "between" else values[0]}


def _number(value: float) -> float:
    return int(value) if value == int(value) and abs(value) < 1e15 else value


def _where(doing: Doing) -> dict[str, Any]:
    if not doing.where:
        return {}
    return {"where": [{"property": where.property, **_test(where.test)} for where in doing.where]}


def _test(test: Test) -> dict[str, Any]:
    values = [_plain(value) for value in test.values]
    found: dict[str, Any] = {test.op: values if test.op in LISTS or test.op == "between" else values[0]}
    if test.unset is not None:
        found["or_unset" if test.unset else "and_set"] = True
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, Span):
        return _span(value)
    return _day(value) if isinstance(value, date) or hasattr(value, "is_ahead") else value


def _day(ref: DayRef) -> Any:
    if isinstance(ref, date):
        return ref.isoformat()
    return {"ahead" if ref.is_ahead else "ago": ref.n, "unit": ref.unit}


def _span(span: Span) -> dict[str, int]:
    return {span.unit: span.n}


def _within(window: Window | None) -> dict[str, Any]:
    return {} if window is None else {"within": _window(window)}


def _window(window: Window) -> dict[str, Any]:
    if isinstance(window, Last):
        return _span(window.span)
    days = {"from": window.first, "to": window.last, "before": window.before}
    return {key: _day(day) for key, day in days.items() if day is not None}
