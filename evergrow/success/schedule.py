"""When steps are due. Pure date arithmetic over published steps; nothing here reads or writes a store."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Protocol, cast

from evergrow.lib import workdays
from evergrow.success.models import DueFrom, Unit


class Dated(Protocol):
    """What of a step decides its due date."""

    key: str
    due_from: str
    offset: int
    unit: str
    roll: str
    after: list[str]


def plan(
    steps: Iterable[Dated],
    *,
    start: date,
    anchor: date | None,
    calendar: str,
    known: Mapping[str, date] | None = None,
) -> dict[str, date | None]:
    """The due date of every step, by key. ``steps`` come in order, each after those it waits for.

    ``known`` gives days that are settled: when a step was done, or the date a person fixed. A step counted from an
    anchor that is missing has no date (None). No step is due before ``start``, however late a run begins, nor before
    those it waits for.
    """
    dates: dict[str, date | None] = {}
    for step in steps:
        dates[step.key] = (known or {}).get(step.key) or _due(step, start, anchor, calendar, dates)
    return dates


def _due(
    step: Dated, start: date, anchor: date | None, calendar: str, before: Mapping[str, date | None]
) -> date | None:
    earliest = max([start, *(day for key in step.after if (day := before.get(key)) is not None)])
    base = {DueFrom.START: start, DueFrom.ANCHOR: anchor, DueFrom.PREVIOUS: earliest}[DueFrom(step.due_from)]
    if base is None:
        return None
    shifted = max(earliest, _shift(base, step, calendar))
    return max(earliest, workdays.roll(shifted, cast(workdays.Roll, step.roll), calendar))


def _shift(base: date, step: Dated, calendar: str) -> date:
    if step.unit == Unit.WORKDAYS:
        return workdays.add(base, step.offset, calendar)
    return base + timedelta(days=step.offset)
