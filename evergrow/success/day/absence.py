"""Who is away when, as far as another room tells: it registers once, and load counts these days as none."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date

from evergrow.workspaces.models import Workspace

Away = Callable[[Workspace, list[int], date, date], Mapping[int, Iterable[date]]]
_tellers: list[Away] = []


def register(tell: Away) -> None:
    """``tell(workspace, members, start, end)`` gives ``{member's key: days away}`` between the days, both included."""
    if tell not in _tellers:
        _tellers.append(tell)


def days_away(workspace: Workspace, members: list[int], start: date, end: date) -> dict[int, set[date]]:
    """The days on which each of the members is away; nobody is where no room tells."""
    found: dict[int, set[date]] = {}
    for tell in _tellers:
        for member, days in tell(workspace, members, start, end).items():
            found.setdefault(member, set()).update(days)
    return found
