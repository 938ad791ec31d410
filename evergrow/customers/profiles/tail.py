"""The newest events of a person or an account, page by page.

Events lie in the order event, day, person. So it is counted first, from narrow columns or a rollup, on which days the
subject did something; then only as many days are read as fill the page. The index ``whose`` skips what cannot hold the
person.
"""

import base64
import binascii
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import orjson

from evergrow import warehouse
from evergrow.customers.models import Person
from evergrow.customers.privacy.masking import Mask
from evergrow.customers.profiles import personal
from evergrow.customers.profiles.whose import Whose
from evergrow.lib import clock

PER_PAGE = 50
STEPS = (timedelta(days=14), timedelta(days=180))
EVER, AHEAD = datetime(1970, 1, 2, tzinfo=UTC), timedelta(days=2)
CONTEXT = ("library.", "page.", "os.", "device.", "app.", "campaign.", "locale", "timezone", "session_id")


@dataclass(frozen=True, slots=True)
class Filters:
    """What a reader wants to see; ``text`` stands in a property's name or value, days are the workspace's."""

    event: str = ""
    source: str = ""
    text: str = ""
    since: date | None = None
    until: date | None = None

    @property
    def are_set(self) -> bool:
        return any(getattr(self, field.name) for field in fields(self))


@dataclass(frozen=True, slots=True)
class Event:
    at: datetime
    sequence: int
    event: str
    account: int
    person: int
    source: str
    distinct_id: str
    message_id: str
    properties: dict[str, str]
    who: Person | None = None

    @property
    def shown(self) -> list[tuple[str, str]]:
        return sorted(self.properties.items())

    @property
    def preview(self) -> list[tuple[str, str]]:
        """A few properties for one line: what the event says itself before what its client added."""
        return sorted(self.properties.items(), key=lambda each: (each[0].startswith(CONTEXT), each[0]))[:3]


@dataclass(frozen=True, slots=True)
class Tail:
    """A page of events, the newest first; ``older`` is the cursor of the next page, "" at the end."""

    events: list[Event]
    older: str


class NoPlace(ValueError):
    """The cursor is none of ours."""


def read(query: Mapping[str, str]) -> Filters:
    """The filters of an address; what cannot be read is left out."""
    words = {name: query.get(name, "").strip().replace("\x00", "")[:200] for name in ("event", "source", "text")}
    return Filters(**words, since=_day(query.get("since", "")), until=_day(query.get("until", "")))


def tail(of: Whose, filters: Filters, cursor: str = "", most: int = PER_PAGE) -> Tail:
    """A page of the subject's events. Raises NoPlace for a foreign cursor, ``warehouse.StoreUnavailable``."""
    place = _open(cursor) if cursor else None
    until = _end(of, filters) if place is None else min(_end(of, filters), place[0] + timedelta(milliseconds=1))
    first = EVER if filters.since is None else _midnight(of, filters.since)
    bound: dict[str, Any] = {
        **of.asked,
        "until": until,
        "has_place": place is not None,
        "place_at": place[0] if place else EVER,
        "place_sequence": place[1] if place else 0,
        "place": place[2] if place else "",
        "event": filters.event,
        "source": filters.source,
        "text": filters.text,
        "most": most + 1,
    }
    asked = warehouse.statement("customers", "tail_of_people" if of.is_person else "tail_of_account")
    rows: list[tuple[Any, ...]] = []
    for start in _starts(of, filters, until, most):
        since = max(first, start)
        rows = warehouse.rows(asked, **bound, since=since, first_day=(since - timedelta(days=1)).date())
        if len(rows) > most or since == first:
            break
    mask = Mask(of.member)
    found = [_event(of, mask, row) for row in rows[:most]]
    return Tail(_with_people(of, found), _seal(found[-1]) if len(rows) > most else "")


def names(of: Whose, days: int = 400) -> list[str]:
    """The names of the subject's events of the last days, for choice; by name."""
    since = clock.now() - timedelta(days=days)
    if of.is_person:
        asked = warehouse.statement("customers", "person_activity")
        rows = warehouse.rows(asked, **of.asked, since=since, first_day=since.date())
        return sorted({event for _day, event, _count in rows})
    found = warehouse.rows(
        "select distinct event from account_day where workspace_id = {workspace_id:UInt32} "
        "and account = {account:UInt32} and day >= {first_day:Date}",
        **of.asked,
        first_day=since.date(),
    )
    return sorted(event for (event,) in found)


def _starts(of: Whose, filters: Filters, until: datetime, most: int) -> Iterator[datetime]:
    """How far back to look, nearest first; the last is the beginning of time."""
    if filters.source or filters.text:
        yield from (min(until, clock.now()) - step for step in STEPS)
    else:
        held = 0
        for day, events in _days(of, filters, until):
            # The last two days may lie behind the cursor in part, so they do not count.
            held += 0 if day >= (until - timedelta(days=1)).date() and until < clock.now() else events
            if held > most:
                yield datetime.combine(day - timedelta(days=1), time(), UTC)
                break
    yield EVER


def _days(of: Whose, filters: Filters, until: datetime) -> list[tuple[date, int]]:
    """On which days before ``until`` the subject did something, the latest first: a person's of half a year."""
    if not of.is_person:
        asked = warehouse.statement("customers", "tail_account_days")
        rows = warehouse.rows(asked, **of.asked, event=filters.event, until_day=(until + AHEAD).date())
        return [(day, int(events)) for day, events in rows]
    since = min(until, clock.now()) - STEPS[-1]
    rows = warehouse.rows(
        warehouse.statement("customers", "person_activity"), **of.asked, since=since, first_day=since.date()
    )
    counts: dict[date, int] = {}
    for day, event, events in rows:
        if filters.event in ("", event) and day <= (until + AHEAD).date():
            counts[day] = counts.get(day, 0) + int(events)
    return sorted(counts.items(), reverse=True)


def _event(of: Whose, mask: Mask, row: tuple[Any, ...]) -> Event:
    at, sequence, event, account, person, source, distinct_id, message_id, values = row
    whose = of.subject if isinstance(of.subject, Person) else None
    properties = personal.properties(mask, whose, dict(values))
    known_by = mask.masked(whose, "ids", distinct_id)
    return Event(at, sequence, event, account, person, source, known_by, message_id, properties)


def _with_people(of: Whose, found: list[Event]) -> list[Event]:
    """An account's events with who did each today, merges respected."""
    if of.is_person or not found:
        return found
    rows = Person.objects.filter(workspace_id=of.subject.workspace_id, number__in={each.person for each in found})
    people = {row.number: row.merged_into or row for row in rows.select_related("merged_into")}
    return [replace(each, who=people.get(each.person)) for each in found]


def _midnight(of: Whose, day: date) -> datetime:
    return datetime.combine(day, time(), of.subject.workspace.tz)


def _end(of: Whose, filters: Filters) -> datetime:
    """The first moment that is too late."""
    if filters.until is not None:
        return _midnight(of, filters.until) + timedelta(days=1)
    return clock.now() + timedelta(days=366)


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 1970 < found.year < 2149 else None


def _seal(event: Event) -> str:
    """Where the page ends: time in milliseconds, sequence, message id."""
    place = [round(event.at.timestamp() * 1000), event.sequence, event.message_id]
    return base64.urlsafe_b64encode(orjson.dumps(place)).decode().rstrip("=")


def _open(cursor: str) -> tuple[datetime, int, str]:
    try:
        at, sequence, message = orjson.loads(
            base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        )
        if not (type(at) is int and type(sequence) is int and type(message) is str):
            raise ValueError
        if not (0 < at < 5_650_000_000_000 and 0 <= sequence < 2**64):
            raise ValueError
    except (ValueError, TypeError, binascii.Error) as error:
        raise NoPlace(cursor) from error
    return datetime.fromtimestamp(at / 1000, UTC), sequence, message
