"""What stands in the list of the day. Each room registers its kinds of items from its ``AppConfig.ready``:

    sources.register(Source("visit", gettext_lazy("Visits"), "users", facts, rows, detail="room/day/visit.html"))

``facts`` says cheaply what there is, so that thousands can be ranked; ``rows`` reads those that are shown. Both give
only what the member may see.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from django.utils.functional import Promise

from evergrow.customers.models import Account
from evergrow.success.day.points import Rule
from evergrow.success.day.rank import Fact
from evergrow.workspaces.models import Member

Whose = Literal["mine", "team", "all"]


@dataclass(frozen=True, slots=True)
class Ask:
    """Whose list is asked for, and on which day. ``rule`` says how many points work is."""

    member: Member
    whose: Whose
    today: date
    rule: Rule


def asking(member: Member, whose: Any, today: date) -> Ask:
    """The question without points: for prepared questions, which find and do not weigh."""
    return Ask(member, whose, today, Rule({}, {}, 0))


@dataclass(frozen=True, slots=True)
class Row:
    """An item to show. ``note`` says where it comes from (a playbook), ``badge`` its state, ``why`` what else its place
    in the list rests on, in words. ``can_finish``: one press says it is done."""

    object: Any
    title: str
    url: str
    icon: str
    account: Account | None = None
    owner: Member | None = None
    note: str = ""
    note_url: str = ""
    badge: str = ""
    tone: str = ""
    why: Sequence[str] = ()
    can_finish: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """Something on a day of the calendar. ``starts_at`` and ``ends_at`` are set where it has a time of day (UTC).

    ``tone`` is ``""``, ``"late"``, ``"done"`` or ``"risk"``. ``can_move``: the member may drag it to another day.
    """

    key: str
    on: date
    title: str
    url: str
    icon: str
    about: str = ""
    owner: str = ""
    tone: str = ""
    can_move: bool = False
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    place: str = ""
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A kind of item. ``detail`` is the template of an opened item, ``acts`` that of what can be done with it.

    ``postpone(member, object, until)`` puts it off for everybody where that is more than hiding it from one's own list.
    ``between(ask, start, end)`` gives its entries of the calendar, ``move(member, pk, to)`` takes one to another day.
    """

    kind: str
    label: Promise | str
    icon: str
    facts: Callable[[Ask], Iterable[Fact]]
    rows: Callable[[Ask, Sequence[int]], Mapping[int, Row]]
    detail: str = ""
    acts: str = ""
    position: int = 50
    postpone: Callable[[Member, Any, date], object] | None = None
    between: Callable[[Ask, date, date], Iterable[Entry]] | None = None
    move: Callable[[Member, int, date], object] | None = None


_sources: dict[str, Source] = {}


def register(source: Source) -> None:
    """Put a kind of item into the list of the day, or replace the one of that name."""
    _sources[source.kind] = source


def every() -> list[Source]:
    """The kinds in the order of their position."""
    return sorted(_sources.values(), key=lambda each: (each.position, each.kind))


def get(kind: str) -> Source | None:
    return _sources.get(kind)


def split(key: str) -> tuple[Source, int] | None:
    """The kind and primary key that a key such as ``"task:12"`` means; None for any other text."""
    kind, _colon, pk = key.partition(":")
    source = _sources.get(kind)
    return (source, int(pk)) if source and pk.isascii() and pk.isdigit() and len(pk) < 19 else None
