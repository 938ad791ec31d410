"""Watched properties: those that questions break events down by, whose values' sets of people are kept by the day.

A question notes what it was asked by (``note``); ``tend`` begins to watch it and fills ``property_people`` from the
newest day backwards. A view keeps the sets right for new events from the moment the watch is on. ``since`` says from
which day on they hold everything; a question about earlier days is answered from the events.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import Any

from evergrow import warehouse

MOST_WATCHED = 30
MOST_VALUES = 1_000
AT_ONCE = 1_000_000
KEPT_FOR = timedelta(days=28)
ALWAYS, NEVER = date(1970, 1, 1), date(2149, 6, 6)
ON, WIDE, OFF = "on", "wide", "off"

Report = Callable[[int, int], None]
Lock = Callable[[], AbstractContextManager[Any]]
IsGone = Callable[[str, date], bool]


@dataclass(frozen=True, slots=True)
class Watch:
    """A property of an event. ``since`` is the first day from which on its sets hold everything."""

    workspace_id: int
    event: str
    key: str
    asked_on: date = ALWAYS
    state: str = ""
    since: date = NEVER

    @property
    def named(self) -> dict[str, Any]:
        return {"workspace_id": self.workspace_id, "event": self.event, "property": self.key}


def look(workspace_id: int, event: str, key: str) -> tuple[date | None, date]:
    """From which day on the sets of a property hold everything (None: of no day), and when it was last asked for."""
    found = warehouse.rows(_sql("watch"), workspace_id=workspace_id, event=event, property=key)
    since, asked_on = found[0]
    return since, asked_on


def note(workspace_id: int, event: str, key: str, today: date) -> None:
    """Say that a question was asked by this property of this event."""
    warehouse.insert(
        "asked_properties",
        {"workspace_id": [workspace_id], "event": [event], "property": [key], "asked_on": [today]},
    )


def every(workspace_id: int) -> list[Watch]:
    """What was asked for or is watched, the last asked first."""
    return [Watch(workspace_id, *row) for row in warehouse.rows(_sql("watches"), workspace_id=workspace_id)]


def silently(_done: int, _total: int) -> None:
    """Report to nobody."""


def tend(
    workspace_id: int,
    today: date,
    *,
    alone: Lock = nullcontext,
    is_gone: IsGone = lambda _event, _day: False,
    on_progress: Report = silently,
) -> int:
    """Watch what was asked for, give up what no longer is, fill what is missing; how many days were filled.

    ``alone`` keeps new events out during each step; ``is_gone`` says which days have lost their events, so that their
    sets cannot be filled again. Safe to run twice and after a crash. Raises ``warehouse.StoreUnavailable``.
    """
    filled, known = 0, every(workspace_id)
    wanted = [each for each in known if each.asked_on >= today - KEPT_FOR]
    for each in known:
        if each not in wanted:
            _give_up(each)
    total = min(len(wanted), MOST_WATCHED)
    for place, each in enumerate(wanted[:total]):
        if each.state == WIDE:
            _empty(each)
        else:
            filled += _keep(each, today, alone, is_gone, partial(on_progress, place, total))
    for each in wanted[MOST_WATCHED:]:
        _give_up(each)
    return filled


def _give_up(watch: Watch) -> None:
    """First no question uses the sets any more; the next time they go."""
    if watch.state in (ON, WIDE):
        _say(replace(watch, state=OFF, since=NEVER))
    elif watch.state == OFF:
        _empty(watch)


def _empty(watch: Watch) -> None:
    if _widest(watch):
        warehouse.execute(_sql("watch_forget"), **watch.named)


def _keep(watch: Watch, today: date, alone: Lock, is_gone: IsGone, on_step: Callable[[], None]) -> int:
    """Watch a property and fill what its sets lack; the days filled."""
    if watch.state != ON:
        watch = begin(watch, alone)
    filled = 0
    while watch.state == ON and watch.since != ALWAYS:
        watch, days = fill_more(watch, alone)
        filled += days
        on_step()
    if watch.state == ON and _widest(watch) > MOST_VALUES:
        watch = _too_wide(watch)
    return filled + (_mend(watch, today, alone, is_gone) if watch.state == ON else 0)


def begin(watch: Watch, alone: Lock) -> Watch:
    """From now on new events come into the sets, which hold everything of no day yet."""
    watch = replace(watch, state=ON, since=NEVER)
    with alone():
        _say(watch)
    return watch


def fill_more(watch: Watch, alone: Lock, at_once: int = AT_ONCE) -> tuple[Watch, int]:
    """Fill the newest days that are not yet, some ``at_once`` events; the watch that knows them, how many days."""
    days: list[date] = []
    events, fullest = 0, (0, NEVER)
    for day, count in warehouse.rows(
        _sql("watch_days"), workspace_id=watch.workspace_id, event=watch.event, until=watch.since
    ):
        if events >= at_once:
            break
        days.append(day)
        events, fullest = events + count, max(fullest, (count, day))
    if not days:
        watch = replace(watch, since=ALWAYS)
    elif (warehouse.scalar(_sql("watch_width"), **watch.named, day=fullest[1]) or 0) > MOST_VALUES:
        return _too_wide(watch), 0
    else:
        watch = replace(watch, since=days[-1])
    with alone():
        _fill(watch, days)
        _say(watch)
    return watch, len(days)


def _fill(watch: Watch, days: Sequence[date]) -> None:
    if not days:
        return
    which = {**watch.named, "days": list(days)}
    if warehouse.scalar(_sql("watch_held"), **which):
        warehouse.execute(_sql("watch_empty"), **which)
    warehouse.execute(_sql("watch_fill"), **which)


def _mend(watch: Watch, today: date, alone: Lock, is_gone: IsGone) -> int:
    """Days whose sets do not hold what happened, which nothing but a crash at the wrong moment explains."""
    asked = {**watch.named, "until": today}
    if not warehouse.rows(_sql("watch_lacking"), **asked):
        return 0
    with alone():
        lacking = [day for (day,) in warehouse.rows(_sql("watch_lacking"), **asked) if not is_gone(watch.event, day)]
        _fill(watch, lacking)
    return len(lacking)


def _too_wide(watch: Watch) -> Watch:
    """More values than sets are kept for; what there is goes."""
    watch = replace(watch, state=WIDE, since=NEVER)
    _say(watch)
    return watch


def _widest(watch: Watch) -> int:
    return int(warehouse.scalar(_sql("watch_widest"), **watch.named) or 0)


def _say(watch: Watch) -> None:
    warehouse.execute(_sql("watch_say"), **watch.named, state=watch.state, since=watch.since)


def _sql(name: str) -> str:
    return warehouse.statement("warehouse", name)
