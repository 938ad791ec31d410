"""What criteria look at, so that a change elsewhere tells whether they must be asked again."""

from dataclasses import dataclass, field

from evergrow.customers.criteria import comparison
from evergrow.customers.criteria.tree import (
    All,
    AnyOf,
    AtAccount,
    Criteria,
    Did,
    First,
    InSegment,
    Kind,
    Node,
    Not,
    People,
    Sequence,
    Stopped,
    Trait,
)
from evergrow.customers.criteria.windows import Between, Last, Relative, Window


@dataclass(slots=True)
class Needs:
    """Traits as (kind, name), events by name (``*``: any), segments by number, places of people at accounts.

    ``relative``: the answer changes as days pass. ``hours``: it changes as moments pass.
    """

    traits: set[tuple[Kind, str]] = field(default_factory=set)
    events: set[str] = field(default_factory=set)
    segments: set[int] = field(default_factory=set)
    places: bool = False
    relative: bool = False
    hours: bool = False


def needs(criteria: Criteria) -> Needs:
    found = Needs()
    _look(criteria.root, criteria.kind, found)
    return found


def _look(node: Node, kind: Kind, found: Needs) -> None:
    match node:
        case All(parts) | AnyOf(parts):
            for part in parts:
                _look(part, kind, found)
        case Not(part):
            _look(part, kind, found)
        case Trait(trait, test):
            found.traits.add((kind, trait))
            if comparison.is_of_days(test):
                found.relative |= any(not hasattr(value, "isoformat") for value in test.values)
        case Did(doing, _, within) | First(doing, within):
            found.events.add(doing.event)
            _look_at_time(within, found)
        case Stopped(doing):
            found.events.add(doing.event)
            found.relative = True
        case Sequence(steps, _, within):
            found.events.update(step.event for step in steps)
            _look_at_time(within, found)
        case InSegment():
            found.segments.add(node.segment)
            found.relative |= node.since is not None
        case People(_, who):
            found.places = found.relative = True
            _look(who, "person", found)
        case AtAccount(which):
            found.places = found.relative = True
            _look(which, "account", found)


def _look_at_time(window: Window | None, found: Needs) -> None:
    if isinstance(window, Last):
        found.relative = True
        found.hours |= window.span.unit == "hours"
    elif isinstance(window, Between):
        days = (window.first, window.last, window.before)
        found.relative |= any(isinstance(day, Relative) for day in days)
