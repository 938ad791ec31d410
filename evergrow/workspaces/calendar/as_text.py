"""The working days as a file, ``working-days/days.yaml``: own days as stretches, official years by their holidays."""

from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from evergrow.lib.official_notice import Holiday
from evergrow.workspaces import configuration
from evergrow.workspaces.calendar import acts, days
from evergrow.workspaces.configuration import BadObject, Data, Which
from evergrow.workspaces.configuration.registry import Path
from evergrow.workspaces.models import Member, Workspace

NAME, DAYS, YEARS = "days", "own", "official"


def export(workspace: Workspace, which: Which) -> dict[str, Data]:
    own = days.stretches(days.own(workspace.calendar_days).values())
    taken = days.official(workspace.calendar_days)
    if not (own or taken):
        return {}
    return {NAME: {DAYS: [_row(each) for each in own], YEARS: [_year(*each) for each in taken.items()]}}


def read(workspace: Workspace, name: str, data: Data) -> Data:
    """The data in the form of an export. Raises BadObject."""
    if name != NAME:
        raise BadObject((), _("A workspace has one of these. Call the file “%(name)s”.") % {"name": f"{NAME}.yaml"})
    stored = _stored(data)
    own = days.stretches(days.own(stored).values())
    return {DAYS: [_row(each) for each in own], YEARS: [_year(*each) for each in days.official(stored).items()]}


def write(workspace: Workspace, name: str, data: Data, by: Member | None) -> None:
    acts.replace(workspace=workspace, stored=_stored(data), by=by)


def _row(each: days.Stretch) -> dict[str, Any]:
    return {
        "from": each.first.isoformat(),
        "until": each.last.isoformat(),
        "works": each.works,
        "name": each.name,
    }


def _year(year: int, holidays: list[Holiday]) -> dict[str, Any]:
    return {"year": year, "holidays": [days.as_stored(each) for each in holidays]}


def _stored(data: Data) -> dict[str, Any]:
    own: dict[str, Any] = {}
    for place, row in enumerate(_list(data, DAYS), 1):
        own |= _days_of(row, (DAYS, place))
    if len(own) > acts.MOST:
        raise BadObject((DAYS,), _("A workspace has at most %(n)s days of its own.") % {"n": acts.MOST})
    official = {}
    for place, row in enumerate(_list(data, YEARS), 1):
        year = row.get("year") if isinstance(row, dict) else None
        if type(year) is not int or year not in acts.YEARS:
            raise BadObject((YEARS, place, "year"), _("The year has to lie between 2000 and 2099."))
        rows = _list(row, "holidays", (YEARS, place))
        official[str(year)] = [_holiday(each, year, (YEARS, place, "holidays", n)) for n, each in enumerate(rows, 1)]
    return {part: rows for part, rows in ((days.OWN, own), (days.OFFICIAL, official)) if rows}


def _days_of(row: Any, path: Path) -> dict[str, Any]:
    row = row if isinstance(row, dict) else {}
    first, last = (_day(row.get(end), (*path, end)) for end in ("from", "until"))
    if not timedelta(0) <= last - first < acts.LONGEST:
        raise BadObject((*path, "until"), _("The last day lies before the first, or too far behind it."))
    name, works = row.get("name"), row.get("works")
    if not isinstance(name, str) or not 0 < len(name.strip()) <= acts.NAME:
        raise BadObject((*path, "name"), _("Say in 1 to %(n)s characters why.") % {"n": acts.NAME})
    if not isinstance(works, bool):
        raise BadObject((*path, "works"), _("Write true where people work, false where they do not."))
    said = {"works": works, "name": name.strip()}
    return {(first + timedelta(n)).isoformat(): said for n in range((last - first).days + 1)}


def _holiday(row: Any, year: int, path: Path) -> dict[str, Any]:
    name = row.get("name") if isinstance(row, dict) else None
    if not isinstance(name, str) or not 0 < len(name) <= acts.NAME:
        raise BadObject((*path, "name"), _("A holiday needs a name."))
    parts = {
        part: tuple(_day(day, (*path, part, n)) for n, day in enumerate(_list(row, part, path), 1))
        for part in ("free", "worked")
    }
    for part, found in parts.items():
        if any(day.year not in (year - 1, year) for day in found):
            raise BadObject((*path, part), _("These days do not lie in %(year)s.") % {"year": year})
    return days.as_stored(Holiday(name, parts["free"], parts["worked"]))


def _list(data: Data, part: str, path: Path = ()) -> list[Any]:
    found = data.get(part, [])
    if not isinstance(found, list):
        raise BadObject((*path, part), _("This has to be a list."))
    return found


def _day(value: Any, path: Path) -> date:
    try:
        day = date.fromisoformat(str(value))
    except ValueError:
        raise BadObject(path, _("Write a day like 2027-01-04.")) from None
    if day.year not in acts.YEARS:
        raise BadObject(path, _("The year has to lie between 2000 and 2099."))
    return day


configuration.register(
    configuration.Kind("working-days", pgettext_lazy("configuration", "Working days"), 5, export, read, write)
)
