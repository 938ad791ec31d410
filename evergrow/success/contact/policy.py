"""The contact rules of a workspace: read, checked, changed. Until somebody changes them the defaults are in force."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from evergrow.lib import clock, workdays
from evergrow.success.contact import hours, limits
from evergrow.success.contact.hours import Stretch
from evergrow.success.contact.limits import Limit
from evergrow.success.errors import Refused
from evergrow.success.models.contact import GRANTED, Contact, ContactChannel, ContactPolicy, ContactSlot, SendingHours
from evergrow.workspaces import audit, prepared
from evergrow.workspaces.access import require
from evergrow.workspaces.models import Member, Workspace

MOST_SAME_HOURS = 24 * 90
EVERY_DAY = [0, 1, 2, 3, 4, 5, 6]
DEFAULTS: dict[str, Any] = {
    "is_on": True,
    "limits": [
        {"channel": "", "most": 3, "days": 7, "is_calendar": False},
        {"channel": "mail", "most": 1, "days": 1, "is_calendar": True},
        {"channel": "sms", "most": 1, "days": 1, "is_calendar": True},
        {"channel": "wechat", "most": 1, "days": 1, "is_calendar": True},
        {"channel": "survey", "most": 1, "days": 90, "is_calendar": False},
    ],
    "quiet": [{"days": EVERY_DAY, "from": "21:00", "to": "08:00"}],
    "quiet_channels": ["mail", "sms", "wechat", "push", "survey", "call"],
    "when_quiet": "defer",
    "sending": [],
    "sending_on_workdays": True,
    "same_hours": 24,
}


class PolicyUnreadable(Refused):
    sentence = _("The contact rules cannot be saved: %(problem)s")


class PolicyChanged(Refused):
    sentence = _("Somebody else changed the contact rules meanwhile. Reload the page and change them again.")


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules in force. ``version`` is 0 while they are the defaults."""

    version: int
    zone: ZoneInfo
    calendar: workdays.AnyCalendar
    is_on: bool
    limits: tuple[Limit, ...]
    quiet: tuple[Stretch, ...]
    quiet_channels: frozenset[str]
    drops_when_quiet: bool
    sending: tuple[Stretch, ...]
    sending_on_workdays: bool
    same_hours: int

    def for_channel(self, channel: str) -> list[Limit]:
        """The limits that a contact by this channel counts against, the same order for everybody."""
        return sorted((each for each in self.limits if each.concerns(channel)), key=lambda each: each.key)

    def quiet_until(self, channel: str, at: datetime) -> datetime | None:
        """When quiet hours that concern the channel end; None when it is not quiet."""
        return hours.ends(self.quiet, at, self.zone) if channel in self.quiet_channels else None

    def sends_from(self, at: datetime, own: Sequence[Stretch] = ()) -> datetime | None:
        """When a colleague's sends go out next; None when they go out at ``at``."""
        stretches = own or self.sending
        if not stretches:
            return None
        is_day = (lambda day: workdays.is_workday(day, self.calendar)) if self.sending_on_workdays else None
        begins = hours.begins(stretches, at, self.zone, is_day)
        return None if begins is None or begins <= at else begins

    def as_data(self) -> dict[str, Any]:
        """The rules as they are typed, stored and sent."""
        return {
            "is_on": self.is_on,
            "limits": [each.as_data() for each in self.limits],
            "quiet": [each.as_data() for each in self.quiet],
            "quiet_channels": sorted(self.quiet_channels),
            "when_quiet": "drop" if self.drops_when_quiet else "defer",
            "sending": [each.as_data() for each in self.sending],
            "sending_on_workdays": self.sending_on_workdays,
            "same_hours": self.same_hours,
        }


@prepared.first
def _row(workspace: Workspace) -> QuerySet[ContactPolicy]:
    return ContactPolicy.objects.filter(workspace=workspace)


def current(workspace: Workspace) -> Policy:
    """The rules in force in a workspace."""
    row = _row(workspace)
    if row is None:
        return read(workspace, DEFAULTS)
    return read(workspace, {name: getattr(row, name) for name in DEFAULTS}, row.version)


def read(workspace: Workspace, data: Mapping[str, Any], version: int = 0) -> Policy:
    """Rules from plain data; what is left out is as in the defaults. Raises PolicyUnreadable."""
    given = {**DEFAULTS, **data}
    try:
        found = Policy(
            version=version,
            zone=workspace.tz,
            calendar=workspace.workdays,
            is_on=bool(given["is_on"]),
            limits=tuple(limits.read(each) for each in given["limits"]),
            quiet=tuple(hours.read(given["quiet"])),
            quiet_channels=frozenset(given["quiet_channels"]),
            drops_when_quiet=given["when_quiet"] == "drop",
            sending=tuple(hours.read(given["sending"])),
            sending_on_workdays=bool(given["sending_on_workdays"]),
            same_hours=int(given["same_hours"]),
        )
    except (KeyError, TypeError, ValueError) as problem:
        raise PolicyUnreadable(problem=problem) from None
    _check(found)
    return found


def _check(policy: Policy) -> None:
    keys = [each.key for each in policy.limits]
    if len(keys) != len(set(keys)):
        raise PolicyUnreadable(problem=_("Two limits are for the same channel and the same days. Keep one of them."))
    if not policy.quiet_channels <= set(ContactChannel.values):
        raise PolicyUnreadable(problem=_("A channel of the quiet hours is not known."))
    if not 0 <= policy.same_hours <= MOST_SAME_HOURS:
        raise PolicyUnreadable(problem=_("The hours in which the same counts once are 0 to 2160."))


@transaction.atomic
def save(*, workspace: Workspace, data: Mapping[str, Any], by: Member | None, version: int | None = None) -> Policy:
    """Put other rules in force; contacts of the past count by them at once.

    ``version`` is the one that was edited: PolicyChanged when another is in force by now. Raises PolicyUnreadable.
    """
    require(by, "manage")
    row, _made = ContactPolicy.objects.get_or_create(workspace=workspace, defaults={**DEFAULTS, "version": 0})
    row = ContactPolicy.objects.select_for_update().get(pk=row.pk)
    if version is not None and version != row.version:
        raise PolicyChanged()
    before = read(workspace, {name: getattr(row, name) for name in DEFAULTS}, row.version)
    after = read(workspace, data, row.version + 1)
    fields = {**after.as_data(), "version": after.version, "changed_by": by, "changed_at": clock.now()}
    ContactPolicy.objects.filter(pk=row.pk).update(**fields)
    _fit_slots(workspace, before, after)
    changed = {key: value for key, value in after.as_data().items() if value != before.as_data()[key]}
    audit.record(workspace, "contact.policy_changed", row, by=by, data={"version": after.version, **changed})
    return after


def _fit_slots(workspace: Workspace, before: Policy, after: Policy) -> None:
    """A limit that is new counts what was granted before; places of one that is gone are given up."""
    kept = {each.key for each in after.limits}
    ContactSlot.objects.filter(workspace=workspace).exclude(limit__in=kept).exclude(limit__startswith="same:").delete()
    known = {each.key for each in before.limits}
    for limit in after.limits:
        if limit.key not in known:
            _fill(workspace, limit, after)


def _fill(workspace: Workspace, limit: Limit, policy: Policy) -> None:
    since = limit.since(clock.now(), policy.zone)
    rows = Contact.objects.filter(
        workspace=workspace, state__in=GRANTED, is_transactional=False, granted_at__gte=since
    ).order_by("granted_at", "pk")
    rows = rows.filter(channel=limit.channel) if limit.channel else rows
    numbers: dict[str, int] = {}
    made = []
    for pk, holder, at in rows.values_list("pk", "holder", "granted_at"):
        if at is None:
            continue
        numbers[holder] = numbers.get(holder, 0) + 1
        made.append(
            ContactSlot(
                workspace=workspace,
                holder=holder,
                limit=limit.key,
                number=numbers[holder],
                contact_id=pk,
                taken_at=at,
            )
        )
    ContactSlot.objects.bulk_create(made, batch_size=500)


def hours_of(member: Member | None) -> list[Stretch]:
    """A colleague's own sending hours; none where the policy's hold."""
    row = SendingHours.objects.filter(member=member).first() if member else None
    return hours.read(row.hours) if row else []


@transaction.atomic
def save_hours(*, member: Member, data: Sequence[Mapping[str, Any]], by: Member | None) -> None:
    """Write down a colleague's own sending hours, their own or, with the ability to manage, another's."""
    require(by, "work" if by and by.pk == member.pk else "manage")
    try:
        found = hours.read(data)
    except (KeyError, TypeError, ValueError) as problem:
        raise PolicyUnreadable(problem=problem) from None
    if found:
        SendingHours.objects.update_or_create(member=member, defaults={"hours": [each.as_data() for each in found]})
    else:
        SendingHours.objects.filter(member=member).delete()
    audit.record(member.workspace, "contact.hours_changed", member, by=by)
