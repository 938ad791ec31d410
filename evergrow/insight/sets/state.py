"""In which state events are on each day: what is kept of a day in memory holds while that is the same.

Events that come in raise the number of their days; whatever removes or changes stored ones is ``warehouse.rewritten``.
What was asked is remembered while the version of the events is the same, once that is settled.
"""

import threading
from collections import OrderedDict
from collections.abc import Mapping
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
    rewritten = warehouse.rewritten(workspace)
    statement = warehouse.statement("insight", "moments_of_days")
    rows = warehouse.rows(statement, workspace=workspace, events=[event], first=first, last=last)
    numbers = {day: int(number) for _event, day, number in rows}
    return State(dict(sorted(numbers.items())), rewritten, people.current(workspace))
