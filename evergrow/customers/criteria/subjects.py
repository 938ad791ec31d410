"""One person or account with all that criteria may look at: traits, events, segments, people or accounts."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from evergrow.customers.criteria.tree import ANY_EVENT, Kind
from evergrow.customers.criteria.values import Value
from evergrow.customers.criteria.windows import Days, Stretch


class Happening(NamedTuple):
    """One event: ``at`` in milliseconds since 1970, ``day`` in days since 1970 of the workspace's zone."""

    at: int
    sequence: int
    day: int
    event: str
    properties: Mapping[str, str]


class History:
    """What a subject did of one event, in order."""

    __slots__ = ("ats", "days", "happenings")

    def __init__(self, happenings: Iterable[Happening] = ()) -> None:
        self.happenings = sorted(happenings, key=lambda one: (one.at, one.sequence))
        self.ats = [one.at for one in self.happenings]
        self.days = [one.day for one in self.happenings]

    def __len__(self) -> int:
        return len(self.happenings)

    def span(self, stretch: Stretch) -> tuple[int, int]:
        """Where the events of a stretch begin and end in the order."""
        if isinstance(stretch, Days):
            first = 0 if stretch.first is None else bisect_left(self.days, stretch.first)
            last = len(self.days) if stretch.last is None else bisect_right(self.days, stretch.last)
            return first, last
        return bisect_left(self.ats, stretch.since), bisect_right(self.ats, stretch.until)

    def within(self, stretch: Stretch) -> Sequence[Happening]:
        first, last = self.span(stretch)
        return self.happenings[first:last]


NOTHING = History()


class Place(NamedTuple):
    """A place that holds at ``account`` for ``person``: one of them is the subject itself, the other is looked at."""

    other: "Subject"
    roles: tuple[str, ...]
    started_on: date
    ended_on: date


@dataclass(slots=True)
class Subject:
    """``histories`` by event name; ``places`` of an account are its people, those of a person their accounts.

    ``segments`` gives the moment of entering by segment number. Places are loaded when they are first looked at.
    """

    kind: Kind
    number: int
    traits: Mapping[str, Value] = field(default_factory=dict)
    histories: dict[str, History] = field(default_factory=dict)
    segments: Mapping[int, datetime] = field(default_factory=dict)
    load_places: Callable[[], Sequence[Place]] = tuple
    known_places: Sequence[Place] | None = None

    @property
    def places(self) -> Sequence[Place]:
        if self.known_places is None:
            self.known_places = self.load_places()
        return self.known_places

    def history(self, event: str) -> History:
        """Events of a name in order; ``*`` is every event."""
        found = self.histories.get(event)
        if found is None and event == ANY_EVENT:
            found = History(one for each in self.histories.values() for one in each.happenings)
            self.histories[ANY_EVENT] = found
        return found or NOTHING


def histories(happenings: Iterable[Happening]) -> dict[str, History]:
    """Events by name."""
    by_event: dict[str, list[Happening]] = {}
    for one in happenings:
        by_event.setdefault(one.event, []).append(one)
    return {event: History(found) for event, found in by_event.items()}


def make(kind: Kind, number: int, traits: Mapping[str, Value], happenings: Iterable[Happening], **rest: Any) -> Subject:
    """A subject from its parts."""
    return Subject(kind, number, traits, histories(happenings), **rest)
