"""Changing the working days of a workspace: days of its own, and the official days of a year."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from evergrow.lib import official_notice
from evergrow.lib.official_notice import BadNotice, Holiday
from evergrow.workspaces import audit
from evergrow.workspaces.access import require
from evergrow.workspaces.calendar import days
from evergrow.workspaces.calendar.words import refusal
from evergrow.workspaces.errors import BadChoice
from evergrow.workspaces.models import Member, Workspace

LONGEST, MOST, NAME = timedelta(days=62), 1000, 80
YEARS = range(2000, 2100)


@transaction.atomic
def set_own(*, workspace: Workspace, first: date, last: date, works: bool, name: str, by: Member | None) -> list[date]:
    """Make days worked or free whatever the calendar says; those that were said before are said anew. The days that
    changed. Raises BadChoice.
    """
    require(by, "administer")
    name = name.strip()
    if last < first:
        raise BadChoice("last", _("The last day lies before the first."))
    if last - first >= LONGEST:
        raise BadChoice("last", _("At most %(n)s days at once.") % {"n": LONGEST.days})
    if first.year not in YEARS or last.year not in YEARS:
        raise BadChoice("first", _("The year has to lie between 2000 and 2099."))
    if not 0 < len(name) <= NAME:
        raise BadChoice("name", _("Say in 1 to %(n)s characters why.") % {"n": NAME})
    stored = _locked(workspace)
    row, wished = {"works": works, "name": name}, _range(first, last)
    own = dict(stored.get(days.OWN, {}))
    changed = [day for day in wished if own.get(day.isoformat()) != row]
    own |= {day.isoformat(): row for day in wished}
    if len(own) > MOST:
        raise BadChoice("last", _("A workspace has at most %(n)s days of its own.") % {"n": MOST})
    if changed:
        _store(workspace, {**stored, days.OWN: own})
        told = {"from": first.isoformat(), "until": last.isoformat(), "works": works, "name": name}
        audit.record(workspace, "calendar.set", workspace, by=by, data=told)
    return changed


@transaction.atomic
def unset_own(*, workspace: Workspace, first: date, last: date, by: Member | None) -> int:
    """Let the calendar count again for these days; how many days were said otherwise before."""
    require(by, "administer")
    stored = _locked(workspace)
    own = dict(stored.get(days.OWN, {}))
    gone = [day for day in own if first.isoformat() <= day <= last.isoformat()]
    if gone:
        _store(workspace, {**stored, days.OWN: {day: row for day, row in own.items() if day not in gone}})
        told = {"from": first.isoformat(), "until": last.isoformat(), "days": len(gone)}
        audit.record(workspace, "calendar.unset", workspace, by=by, data=told)
    return len(gone)


def read_notice(workspace: Workspace, year: int, text: str) -> list[Holiday]:
    """The holidays in the text of the notice for ``year``, as ``take_in`` would take them. Raises BadChoice."""
    if workspace.calendar != days.WITH_NOTICES:
        raise BadChoice("text", _("Only the calendar of China has official notices."))
    if year not in YEARS:
        raise BadChoice("text", _("The year has to lie between 2000 and 2099."))
    try:
        return official_notice.read(text, year)
    except BadNotice as bad:
        raise BadChoice("text", refusal(bad, year)) from None


@transaction.atomic
def take_in(*, workspace: Workspace, year: int, text: str, by: Member | None) -> list[Holiday]:
    """From now on the days of ``year`` are as its official notice says. Raises BadChoice."""
    require(by, "administer")
    found = read_notice(workspace, year, text)
    stored = _locked(workspace)
    taken = {**stored.get(days.OFFICIAL, {}), str(year): [days.as_stored(holiday) for holiday in found]}
    if taken != stored.get(days.OFFICIAL):
        _store(workspace, {**stored, days.OFFICIAL: taken})
        free, worked = (sum(len(getattr(each, part)) for each in found) for part in ("free", "worked"))
        told = {"year": year, "free": free, "worked": worked}
        audit.record(workspace, "calendar.taken_in", workspace, by=by, data=told)
    return found


@transaction.atomic
def take_back(*, workspace: Workspace, year: int, by: Member | None) -> bool:
    """Forget what the notice of ``year`` said; whether one was taken in."""
    require(by, "administer")
    stored = _locked(workspace)
    taken = dict(stored.get(days.OFFICIAL, {}))
    if taken.pop(str(year), None) is None:
        return False
    _store(workspace, {**stored, days.OFFICIAL: taken})
    audit.record(workspace, "calendar.taken_back", workspace, by=by, data={"year": year})
    return True


@transaction.atomic
def replace(*, workspace: Workspace, stored: Mapping[str, Any], by: Member | None) -> None:
    """Take the days as a file of configuration has them, checked by whoever read it."""
    require(by, "administer")
    if _locked(workspace) != stored:
        _store(workspace, stored)
        own, years = len(stored.get(days.OWN, {})), sorted(stored.get(days.OFFICIAL, {}))
        audit.record(workspace, "calendar.replaced", workspace, by=by, data={"days": own, "years": years})


def _range(first: date, last: date) -> Sequence[date]:
    return [first + timedelta(n) for n in range((last - first).days + 1)]


def _locked(workspace: Workspace) -> dict[str, Any]:
    return dict(Workspace.objects.select_for_update().get(pk=workspace.pk).calendar_days)


def _store(workspace: Workspace, stored: Mapping[str, Any]) -> None:
    workspace.calendar_days = {part: rows for part, rows in stored.items() if rows}
    workspace.save(update_fields=["calendar_days"])
