"""A person and an account while a segment is read."""

from dataclasses import dataclass, field
from datetime import date, datetime

from evergrow.customers.models import Identifier, Person
from evergrow.customers.traits import Heard

Kind = Identifier.Kind
Id = tuple[str, str]


@dataclass(slots=True, eq=False)
class Who:
    """A person; ``key`` and ``number`` are 0 until one that is new is saved.

    Most people of a segment only did something; their whole ``row`` is read where more was said of them.
    """

    key: int = 0
    number: int = 0
    row: Person | None = None
    was_anonymous: bool = False
    seen: tuple[datetime | None, datetime | None] = (None, None)  # first and last, as far as it was written down
    known: bool = False  # identified: has a user id, or is a contact
    has_user: bool = False
    ids: list[Id] = field(default_factory=list)
    accounts: list["Firm"] = field(default_factory=list)  # where they are, or are since this segment
    places: list[tuple["Firm", date | None, date | None]] = field(default_factory=list)  # with dates, as written down
    joined: list["Who"] = field(default_factory=list)  # rows that were merged into this one here
    into: "Who | None" = None
    traits: Heard = field(default_factory=Heard)
    first: int | None = None
    last: int | None = None

    def root(self) -> "Who":
        who = self
        while who.into is not None:
            who = who.into
        return who

    @property
    def is_dated(self) -> bool:
        """Whether the account where they are depends on the day."""
        return any(since or until for _, since, until in self.places)

    def firm_on(self, day: date) -> "Firm | None":
        """The only account where they are on a day; None where that are none or several."""
        there = {firm for firm, since, until in self.places if (since or day) <= day <= (until or day)}
        written = {firm for firm, _, _ in self.places}
        there |= {firm for firm in self.accounts if firm not in written}
        return there.pop() if len(there) == 1 else None

    def join(self, given: "Who") -> None:
        """Take in somebody who turned out to be this person."""
        given.into = self
        self.ids += given.ids
        self.known, self.has_user = self.known or given.known, self.has_user or given.has_user
        self.traits.join(given.traits)
        self.accounts += [firm for firm in given.accounts if firm not in self.accounts]
        self.places += given.places
        self.joined += given.joined + ([given] if given.key else [])
        moments = [moment for moment in (given.first, self.first) if moment is not None]
        self.first = min(moments, default=None)
        self.last = max((moment for moment in (given.last, self.last) if moment is not None), default=None)


@dataclass(slots=True, eq=False)
class Firm:
    """An account; ``key`` and ``number`` are 0 until one that is new is saved."""

    external_id: str
    key: int = 0
    number: int = 0
    traits: Heard = field(default_factory=Heard)
    first: int = 0
