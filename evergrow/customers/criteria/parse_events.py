"""JSON → conditions on what was done: did, did_not, first, stopped, sequence."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from evergrow.customers.criteria import limits
from evergrow.customers.criteria.comparison import PROPERTY_OPS
from evergrow.customers.criteria.errors import CriteriaError
from evergrow.customers.criteria.parse_comparison import UNITS, day_ref, is_text, number, parse_test
from evergrow.customers.criteria.parse_comparison import span as read_span
from evergrow.customers.criteria.tree import (
    BOUNDS,
    NEVER,
    ONCE,
    Bounds,
    Did,
    Doing,
    First,
    Measure,
    Node,
    Stopped,
    Where,
)
from evergrow.customers.criteria.tree import (
    Sequence as Steps,
)
from evergrow.customers.criteria.windows import Between, Last, Span, Window

VERBS = ("did", "did_not", "first", "stopped", "sequence")
WITH_HOURS = (*UNITS, "hours")
MEASURES = ("sum", "avg", "min", "max", "unique", "days")


def is_event_part(raw: Mapping[str, Any]) -> bool:
    return any(verb in raw for verb in VERBS)


def parse_event(raw: Mapping[str, Any], part: str) -> Node:
    """A condition on what was done. Raises CriteriaError."""
    verb = next(verb for verb in VERBS if verb in raw)
    return {"did": _did, "did_not": _did_not, "first": _first, "stopped": _stopped, "sequence": _sequence}[verb](
        raw, part
    )


def _did(raw: Mapping[str, Any], part: str) -> Node:
    if "measure" in raw:
        return _measured(raw, part)
    _no_more(raw, {"did", "where", "times", "within"}, part)
    bounds = ONCE
    if "times" in raw:
        bounds = _bounds(raw["times"], at(part, "times"), is_whole=True)
    return Did(doing(raw, "did", part), bounds, _within(raw, part))


def _did_not(raw: Mapping[str, Any], part: str) -> Node:
    _no_more(raw, {"did_not", "where", "within"}, part)
    return Did(doing(raw, "did_not", part), NEVER, _within(raw, part))


def _measured(raw: Mapping[str, Any], part: str) -> Node:
    _no_more(raw, {"did", "where", "measure", "within", *BOUNDS}, part)
    measure, here = raw["measure"], at(part, "measure")
    if not isinstance(measure, Mapping) or len(measure) != 1 or next(iter(measure)) not in MEASURES:
        sentence = _("A measure is one of %(known)s with a property, for example {“sum”: “amount”}.")
        raise CriteriaError(here, sentence % {"known": ", ".join(MEASURES)})
    op, of = next(iter(measure.items()))
    if op == "days":
        of = ""
    elif not is_text(of):
        raise CriteriaError(at(here, op), _("Say the property to compute with."))
    bounds = _bounds({key: raw[key] for key in raw if key in BOUNDS}, part, is_whole=op in ("unique", "days"))
    return Did(doing(raw, "did", part), bounds, _within(raw, part), Measure(op, of))


def _first(raw: Mapping[str, Any], part: str) -> Node:
    _no_more(raw, {"first", "where", "within"}, part)
    within = _within(raw, part)
    if within is None:
        sentence = _("Say in which time the first time fell, for example “within”: {“days”: 30}.")
        raise CriteriaError(at(part, "within"), sentence)
    return First(doing(raw, "first", part), within)


def _stopped(raw: Mapping[str, Any], part: str) -> Node:
    _no_more(raw, {"stopped", "where", "for", "after"}, part)
    if "for" not in raw:
        raise CriteriaError(at(part, "for"), _("Say for how long it was not done, for example “for”: {“days”: 14}."))
    after, here = raw.get("after", {}), at(part, "after")
    if not isinstance(after, Mapping):
        raise CriteriaError(here, _("Say how often it was done before, for example {“times”: 3}."))
    _no_more(after, {"times", "within"}, here)
    times = after.get("times", 1)
    if isinstance(times, Mapping) and set(times) == {"at_least"}:
        times = times["at_least"]
    if isinstance(times, bool) or not isinstance(times, int) or not 1 <= times <= limits.MOST_TIMES:
        raise CriteriaError(at(here, "times"), _("Say how many times, as a whole number from 1 on."))
    before = read_span(after["within"], at(here, "within")) if "within" in after else None
    return Stopped(doing(raw, "stopped", part), read_span(raw["for"], at(part, "for")), times, before)


def _sequence(raw: Mapping[str, Any], part: str) -> Node:
    _no_more(raw, {"sequence", "gap", "within"}, part)
    steps, here = raw["sequence"], at(part, "sequence")
    if not isinstance(steps, list) or not 2 <= len(steps) <= limits.MOST_STEPS:
        sentence = _("A sequence has 2 to %(most)s steps, each {“did”: “…”}.")
        raise CriteriaError(here, sentence % {"most": limits.MOST_STEPS})
    found = []
    for place, step in enumerate(steps):
        if not isinstance(step, Mapping):
            raise CriteriaError(at(here, place), _("A step is an object such as {“did”: “login”}."))
        _no_more(step, {"did", "where"}, at(here, place))
        found.append(doing(step, "did", at(here, place)))
    gap = read_span(raw["gap"], at(part, "gap"), ("hours", "days", "weeks")) if "gap" in raw else None
    return Steps(tuple(found), gap, _within(raw, part))


def doing(raw: Mapping[str, Any], verb: str, part: str) -> Doing:
    """The event and the conditions on its properties. Raises CriteriaError."""
    event = raw.get(verb)
    if not is_text(event):
        raise CriteriaError(at(part, verb), _("Choose an event, or “*” for any."))
    where, here = raw.get("where", []), at(part, "where")
    if not isinstance(where, list) or len(where) > limits.MOST_WHERE:
        sentence = _("Conditions on properties are a list of at most %(most)s.")
        raise CriteriaError(here, sentence % {"most": limits.MOST_WHERE})
    return Doing(str(event), tuple(_where(each, at(here, place)) for place, each in enumerate(where)))


def _where(raw: Any, part: str) -> Where:
    if not isinstance(raw, Mapping):
        raise CriteriaError(part, _("A condition on a property is an object with “property” and a comparison."))
    key = raw.get("property")
    if not is_text(key):
        raise CriteriaError(at(part, "property"), _("Choose a property."))
    rest = {name: raw[name] for name in raw if name != "property"}
    test = parse_test(rest, part, PROPERTY_OPS)
    if test.op == "between" and not isinstance(test.values[0], int | float):
        raise CriteriaError(at(part, "between"), _("Properties are compared between two numbers."))
    return Where(str(key), test)


def _bounds(raw: Any, part: str, *, is_whole: bool) -> Bounds:
    if isinstance(raw, int) and not isinstance(raw, bool):
        raw = {"at_least": raw}
    if not isinstance(raw, Mapping) or len(raw) != 1 or next(iter(raw)) not in BOUNDS:
        sentence = _("Say exactly one of %(known)s, for example “at_least”: 3.")
        wrong = next((key for key in raw if key not in BOUNDS), None) if isinstance(raw, Mapping) else None
        raise CriteriaError(at(part, wrong) if wrong else part, sentence % {"known": ", ".join(BOUNDS)})
    op, value = next(iter(raw.items()))
    here = at(part, op)
    if op == "between":
        if not isinstance(value, list) or len(value) != 2:
            raise CriteriaError(here, _("“between” takes two numbers, for example [2, 5]."))
        limits_ = tuple(number(each, at(here, place)) for place, each in enumerate(value))
        if limits_[0] > limits_[1]:
            raise CriteriaError(here, _("The first value is greater than the second. Swap them."))
    else:
        limits_ = (number(value, here),)
    if is_whole and any(each != int(each) or not 0 <= each <= limits.MOST_TIMES for each in limits_):
        raise CriteriaError(here, _("This needs a whole number, 0 or more."))
    return Bounds(op, limits_)


def _within(raw: Mapping[str, Any], part: str) -> Window | None:
    if raw.get("within") is None:
        return None
    here, inner = at(part, "within"), raw["within"]
    if not isinstance(inner, Mapping) or not inner:
        raise CriteriaError(here, _("A time is written {“days”: 30}, or {“from”: “2026-01-01”, “to”: “2026-03-31”}."))
    if not set(inner) & {"from", "to", "before"}:
        return Last(read_span(inner, here, WITH_HOURS))
    _no_more(inner, {"from", "to", "before"}, here)
    if "to" in inner and "before" in inner:
        raise CriteriaError(here, _("“to” counts its day, “before” does not. Keep one."))
    days = {key: day_ref(inner[key], at(here, key)) for key in inner}
    first, last = days.get("from"), days.get("to")
    if first is not None and last is not None and type(first) is type(last) and _is_after(first, last):
        raise CriteriaError(here, _("The first day lies after the second. Swap them."))
    return Between(first, last, days.get("before"))


def _is_after(first: Any, last: Any) -> bool:
    if hasattr(first, "is_ahead"):
        if first.unit != last.unit:
            return False
        return bool((first.n if first.is_ahead else -first.n) > (last.n if last.is_ahead else -last.n))
    return bool(first > last)


def span(raw: Any, part: str) -> Span:
    """A length of days, weeks, months or working days."""
    return read_span(raw, part)


def at(part: str, piece: str | int) -> str:
    """The address of a piece of a part."""
    return f"{part}.{piece}" if part else str(piece)


def _no_more(raw: Mapping[str, Any], known: set[str] | Sequence[str], part: str) -> None:
    for key in raw:
        if key not in known:
            sentence = _("“%(key)s” does not belong here. Known: %(known)s.")
            raise CriteriaError(at(part, key), sentence % {"key": str(key)[:80], "known": ", ".join(sorted(known))})
