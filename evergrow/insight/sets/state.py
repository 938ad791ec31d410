"""In which state events are on each day: what is kept of a day in memory holds while that is the same.

Events that come in raise the number of their days; whatever removes or changes stored ones is ``warehouse.rewritten``.
What was asked is remembered while the version of the events is the same, once that is settled.
"""

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from evergrow import warehouse
from evergrow.insight.funnel import people
from evergrow.insight.funnel.people import People

MOST = 500

Asked = tuple[int, str, date, date]


@dataclass(frozen=True, slots=True)
class State:
    """``numbers``: how many events there are on each day that has any. ``people``: who turned out to be whom."""

    numbers: Mapping[date, int]
    rewritten: str
    people: People


_known: OrderedDict[Asked, tuple[str, State]] = OrderedDict()
_lock = threading.Lock()


def look(workspace: int, event: str, first: date, last: date) -> State:
    """The state of an event on the days between, now. Raises ``warehouse.StoreUnavailable``."""
    asked = workspace, event, first, last
    version = warehouse.version(workspace)
    with _lock:
        told, known = _known.get(asked, ("", None))
        if known is not None and told == version:
            _known.move_to_end(asked)
            return known
    found = _read(*asked)
    if version.is_settled:
        with _lock:
            _known[asked] = str(version), found
            while len(_known) > MOST:
                _known.popitem(last=False)
    return found


def forget() -> None:
    """Look at everything anew."""
    with _lock:
        _known.clear()


def _read(workspace: int, event: str, first: date, last: date) -> State:
    seen = see(workspace, [event], first, last)
    numbers = {day: number for (_event, day), number in seen.numbers.items()}
    return State(dict(sorted(numbers.items())), seen.rewritten, seen.people)


@dataclass(frozen=True, slots=True)
class Seen:
    """As ``State``, of several events: ``numbers`` are by event and day."""

    numbers: Mapping[tuple[str, date], int]
    rewritten: str
    people: People


def see(workspace: int, events: Sequence[str], first: date, last: date) -> Seen:
    """The state of some events now, with one statement and one more where people may have merged.

    Raises ``warehouse.StoreUnavailable``.
    """
    rows = warehouse.rows(
        warehouse.statement("insight", "moments_of_days"),
        workspace=workspace,
        events=list(events),
        first=first,
        last=last,
    )
    *_row, rewritten, merged, is_settled = rows[0] if rows else ("", "", 0)
    mark = f"{merged} {rewritten}" if is_settled else ""
    numbers = {(event, day): int(number) for event, day, number, *_more in rows}
    return Seen(numbers, str(rewritten), people.current(workspace, mark))
