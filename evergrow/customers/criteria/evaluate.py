"""Criteria → a Python function of one subject, which says the same as the SQL of ``compile``.

Everything relative to now is worked out once, so that asking a subject takes microseconds.
"""

import math
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from evergrow.customers.criteria import comparison
from evergrow.customers.criteria.compile_events import ZERO, milliseconds, stopped_days
from evergrow.customers.criteria.subjects import Happening, Place, Subject
from evergrow.customers.criteria.tree import (
    ANY_EVENT,
    All,
    AnyOf,
    AtAccount,
    Criteria,
    Did,
    Doing,
    First,
    InSegment,
    Measure,
    Node,
    Not,
    People,
    Stopped,
    Trait,
    Where,
)
from evergrow.customers.criteria.tree import Sequence as Steps
from evergrow.customers.criteria.values import NUMBER, Value
from evergrow.customers.criteria.windows import Days, Now, Stretch, entered_before, resolve

Holds = Callable[[Subject], bool]


def evaluator(criteria: Criteria, at: datetime | None = None) -> Holds:
    """A function that says whether a subject meets the criteria: as of ``at``, or of the moment it is called."""
    if at is not None:
        return compile_node(criteria.root, Now.of(criteria.workspace, at))
    from evergrow.customers.criteria.needs import needs

    is_exact = needs(criteria).hours
    made: tuple[Any, Holds] | None = None

    def holds(subject: Subject) -> bool:
        nonlocal made
        now = Now.of(criteria.workspace)
        key = now.moment if is_exact else now.today
        if made is None or made[0] != key:
            made = (key, compile_node(criteria.root, now))
        return made[1](subject)

    return holds


def compile_node(node: Node, now: Now) -> Holds:
    """The function of one part of the tree."""
    match node:
        case All(parts):
            return _all([compile_node(part, now) for part in parts])
        case AnyOf(parts):
            return _any([compile_node(part, now) for part in parts])
        case Not(part):
            inner = compile_node(part, now)
            return lambda subject: not inner(subject)
        case Trait(trait, test):
            passes = comparison.predicate(test, now)
            return lambda subject: passes(subject.traits.get(trait))
        case Did():
            return _did(node, now)
        case First():
            return _first(node, now)
        case Stopped():
            return _stopped(node, now)
        case Steps():
            return _sequence(node, now)
        case InSegment():
            return _segment(node, now)
        case People():
            return _people(node, now)
        case AtAccount(which, role):
            inner = compile_node(which, now)
            return lambda subject: any(inner(place.other) for place in holding(subject, now, role))


def _all(parts: Sequence[Holds]) -> Holds:
    if len(parts) == 1:
        return parts[0]

    def holds(subject: Subject) -> bool:
        for part in parts:  # noqa: SIM110
            if not part(subject):
                return False
        return True

    return holds


def _any(parts: Sequence[Holds]) -> Holds:
    def holds(subject: Subject) -> bool:
        for part in parts:  # noqa: SIM110
            if part(subject):
                return True
        return False

    return holds


def counter(doing: Doing, stretch: Stretch, now: Now) -> Callable[[Subject], int]:
    """How often a subject did something in a stretch."""
    event = doing.event
    if not doing.where:

        def count(subject: Subject) -> int:
            first, last = subject.history(event).span(stretch)
            return max(last - first, 0)

        return count
    picked = picker(doing, stretch, now)
    return lambda subject: len(picked(subject))


def picker(doing: Doing, stretch: Stretch, now: Now) -> Callable[[Subject], Sequence[Happening]]:
    """The events of a subject that are this doing, in order."""
    event, checks = doing.event, [_where(where, now) for where in doing.where]
    if not checks:
        return lambda subject: subject.history(event).within(stretch)
    return lambda subject: [
        one for one in subject.history(event).within(stretch) if all(check(one) for check in checks)
    ]


def _where(where: Where, now: Now) -> Callable[[Happening], bool]:
    passes, key = comparison.predicate(where.test, now), where.property

    def check(one: Happening) -> bool:
        text = one.properties.get(key)
        return passes(None if text is None else property_value(text))

    return check


def property_value(text: str) -> Value:
    """A property as the event store reads it: a number where the text is one."""
    number = property_number(text)
    return Value(text, number, "text" if number is None else "number")


def property_number(text: str) -> float | None:
    if not NUMBER.fullmatch(text):
        return None
    number = float(text)
    return number if math.isfinite(number) else None


def _did(node: Did, now: Now) -> Holds:
    stretch, accepts = resolve(node.within, now), node.bounds.accepts
    if node.measure is None:
        count = counter(node.doing, stretch, now)
        if node.bounds.op == "at_least":
            (least,) = node.bounds.values
            return lambda subject: count(subject) >= least
        return lambda subject: accepts(count(subject))
    measure = measurer(node.measure, node.doing, stretch, now)

    def holds(subject: Subject) -> bool:
        value = measure(subject)
        return value is not None and accepts(value)

    return holds


def measurer(measure: Measure, doing: Doing, stretch: Stretch, now: Now) -> Callable[[Subject], float | None]:
    """The measure of a subject's events; ``None`` where there is nothing to take a mean, minimum or maximum of."""
    picked, key, op = picker(doing, stretch, now), measure.property, measure.op
    if op == "days":
        return lambda subject: float(len({one.day for one in picked(subject)}))
    if op == "unique":
        return lambda subject: float(len({one.properties[key] for one in picked(subject) if key in one.properties}))

    def value(subject: Subject) -> float | None:
        texts = (one.properties.get(key) for one in picked(subject))
        numbers = [number for text in texts if text is not None and (number := property_number(text)) is not None]
        if not numbers:
            return 0.0 if op in ZERO else None
        if op == "min" or op == "max":
            return min(numbers) if op == "min" else max(numbers)
        total = math.fsum(numbers)
        return round(total if op == "sum" else total / len(numbers), 6)

    return value


def _first(node: First, now: Now) -> Holds:
    stretch = resolve(node.within, now)
    everything = picker(node.doing, Days(None, None), now)

    def holds(subject: Subject) -> bool:
        found = everything(subject)
        if not found:
            return False
        if isinstance(stretch, Days):
            day = found[0].day
            return (stretch.first is None or day >= stretch.first) and (stretch.last is None or day <= stretch.last)
        return stretch.since <= found[0].at <= stretch.until

    return holds


def _stopped(node: Stopped, now: Now) -> Holds:
    earlier, quiet = stopped_days(node, now)
    before, since, times = counter(node.doing, earlier, now), counter(node.doing, quiet, now), node.times
    return lambda subject: not since(subject) and before(subject) >= times


def _sequence(node: Steps, now: Now) -> Holds:
    stretch = resolve(node.within, now)
    checks = [(step.event, [_where(where, now) for where in step.where]) for step in node.steps]
    gap = None if node.gap is None else milliseconds(node.gap)
    events = {event for event, _ in checks}
    names = [ANY_EVENT] if ANY_EVENT in events else sorted(events)

    def holds(subject: Subject) -> bool:
        done = []
        for name in names:
            for one in subject.history(name).within(stretch):
                mask = 0
                for place, (event, conditions) in enumerate(checks):
                    if event in (one.event, ANY_EVENT) and all(check(one) for check in conditions):
                        mask |= 1 << place
                if mask:
                    done.append((one.at, mask))
        return holds_sequence(sorted(done), len(checks), gap)

    return holds


def holds_sequence(done: Sequence[tuple[int, int]], steps: int, gap: int | None) -> bool:
    """Whether events, as (milliseconds, bits of the steps they fit) in order, fill all steps one after the other.

    For each step the latest moment is kept at which it and all before it were filled: a later one leaves more room
    for the next. One event fills one step. At the same moment earlier steps come first.
    """
    latest: list[int | None] = [None] * steps
    for at, mask in done:
        for place in range(steps - 1, -1, -1):
            if mask >> place & 1:
                before = latest[place - 1] if place else at
                if before is not None and (gap is None or not place or at - before <= gap):
                    latest[place] = at
        if latest[-1] is not None:
            return True
    return False


def _segment(node: InSegment, now: Now) -> Holds:
    number, is_in = node.segment, node.is_in
    if node.since is None:
        return lambda subject: (number in subject.segments) is is_in
    until = entered_before(node.since, now)

    def holds(subject: Subject) -> bool:
        entered = subject.segments.get(number)
        return (entered is not None and entered < until) is is_in

    return holds


def holding(subject: Subject, now: Now, role: str) -> list[Place]:
    """The places that hold today, with a role if one is asked for."""
    return [
        place
        for place in subject.places
        if place.started_on <= now.today < place.ended_on and (not role or role in place.roles)
    ]


def _people(node: People, now: Now) -> Holds:
    meets, role, least = compile_node(node.who, now), node.role, node.count if node.how == "at_least" else 1

    def holds(subject: Subject) -> bool:
        numbers = {place.other.number: place.other for place in holding(subject, now, role)}
        found = sum(meets(person) for person in numbers.values())
        if node.how == "all":
            return bool(numbers) and found == len(numbers)
        return found == 0 if node.how == "none" else found >= least

    return holds
