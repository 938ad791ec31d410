"""Making a workspace and changing how it counts days, weeks and money."""

import re
import zoneinfo
from collections.abc import Callable
from functools import cache
from typing import Any

from babel.numbers import list_currencies
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from evergrow.workspaces import audit
from evergrow.workspaces.access import require
from evergrow.workspaces.errors import BadChoice, BadCurrency, BadSlug, BadZone
from evergrow.workspaces.models import Calendar, Member, Role, User, WeekStart, Workspace

SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?")


@transaction.atomic
def create_workspace(
    *,
    name: str,
    slug: str,
    owner: User,
    zone: str = "Asia/Shanghai",
    currency: str = "CNY",
    calendar: str = Calendar.CN,
    language: str = "zh-hans",
    week_start: int = WeekStart.MONDAY,
    is_sample: bool = False,
) -> Workspace:
    """A new workspace with ``owner`` as its first member.

    ``zone`` is an IANA name, ``currency`` an ISO 4217 code. Raises BadSlug, BadZone, BadCurrency, BadChoice.
    """
    if not SLUG.fullmatch(slug):
        raise BadSlug(
            _("“%(slug)s” cannot stand in an address. Use small Latin letters, digits and hyphens, at most 60.")
            % {"slug": slug}
        )
    workspace = Workspace(slug=slug, is_sample=is_sample)
    wishes = {"name": name, "zone": zone, "currency": currency, "calendar": calendar}
    for field, value in {**wishes, "language": language, "week_start": week_start}.items():
        setattr(workspace, field, _checked(field, value))
    try:
        with transaction.atomic():
            workspace.save()
    except IntegrityError:
        raise BadSlug(_("The address “%(slug)s” is taken. Choose another one.") % {"slug": slug}) from None
    member = Member.objects.create(workspace=workspace, user=owner, role=Role.OWNER)
    audit.record(workspace, "workspace.created", workspace, by=member)
    return workspace


@transaction.atomic
def change_workspace(*, workspace: Workspace, by: Member | None, **changes: Any) -> list[str]:
    """Change ``name``, ``zone``, ``week_start``, ``calendar``, ``currency`` or ``language``; the fields that changed.

    A new zone moves the borders of every day, so rooms that keep day buckets are told to build them again.
    Raises BadZone, BadCurrency, BadChoice; TypeError for another field.
    """
    require(by, "administer")
    before: dict[str, Any] = {}
    for field, value in changes.items():
        value, old = _checked(field, value), getattr(workspace, field)
        if value != old:
            before[field] = old
            setattr(workspace, field, value)
    if not before:
        return []
    workspace.save(update_fields=list(before))
    data = {field: [old, getattr(workspace, field)] for field, old in before.items()}
    audit.record(workspace, "workspace.changed", workspace, by=by, data=data)
    if "zone" in before:
        for told in _zone_listeners:
            told(workspace, by)
    return list(before)


ZoneListener = Callable[[Workspace, Member | None], object]
_zone_listeners: list[ZoneListener] = []


def on_zone_change(listener: ZoneListener) -> ZoneListener:
    """Have ``listener(workspace, by)`` called after a workspace's zone changed, inside the transaction.

    A room that buckets by day enqueues its rebuilding there.
    """
    _zone_listeners.append(listener)
    return listener


def _checked(field: str, value: Any) -> Any:
    match field:
        case "name":
            value = str(value).strip()
            if not 0 < len(value) <= 120:
                raise BadChoice("name", _("A name has 1 to 120 characters."))
        case "zone":
            if value not in zones():
                raise BadZone(
                    _("“%(zone)s” is no time zone. Use a name of the IANA list such as Asia/Shanghai.")
                    % {"zone": value}
                )
        case "currency":
            value = str(value).strip().upper()
            if value not in currencies():
                raise BadCurrency(
                    _("“%(code)s” is no currency. Use an ISO 4217 code such as CNY or USD.") % {"code": value}
                )
        case "calendar" | "week_start" | "language":
            if value not in _choices(field):
                raise BadChoice(field, _("“%(value)s” is not one of the choices.") % {"value": value})
        case _:
            raise TypeError(f"A workspace has no setting called {field!r}.")
    return value


def _choices(field: str) -> list[Any]:
    known: dict[str, list[Any]] = {
        "calendar": Calendar.values,
        "week_start": WeekStart.values,
        "language": [code for code, _label in settings.LANGUAGES],
    }
    return known[field]


@cache
def zones() -> frozenset[str]:
    """The IANA zone names of this machine's time zone data."""
    return frozenset(name for name in zoneinfo.available_timezones() if "/" in name or name == "UTC")


@cache
def currencies() -> frozenset[str]:
    """The ISO 4217 codes, those of the past included."""
    return frozenset(list_currencies())
