"""What a member wants to hear by which channel."""

from collections.abc import Mapping, Sequence
from datetime import time

from django.db import transaction
from django.utils.translation import gettext as _

from evergrow.workspaces.actions.workspaces import zones
from evergrow.workspaces.errors import BadChoice
from evergrow.workspaces.models import Member
from evergrow.workspaces.notices import kinds
from evergrow.workspaces.notices.channel_models import NoticeSettings, Pace, Robot

APP, MAIL = "app", "mail"
DEFAULT = [APP, MAIL]


def of(member: Member) -> NoticeSettings:
    """The member's settings; an unsaved row with the defaults where they chose nothing yet."""
    return NoticeSettings.objects.filter(member=member).first() or NoticeSettings(member=member)


def channels(settings: NoticeSettings, kind: str) -> list[str]:
    """The channels a kind goes through: ``"app"``, ``"mail"``, ``"robot:3"``."""
    return list(settings.choices.get(kind, DEFAULT))


def robots_for(member: Member) -> list[Robot]:
    """The robots that a member may choose for their own notices."""
    found = Robot.objects.filter(workspace_id=member.workspace_id, for_members=True, removed_at=None)
    return list(found.order_by("name", "pk"))


@transaction.atomic
def choose(
    *,
    member: Member,
    choices: Mapping[str, Sequence[str]],
    pace: str,
    hour: int,
    working_days_only: bool,
    quiet_from: time | None,
    quiet_until: time | None,
    zone: str = "",
) -> NoticeSettings:
    """Keep how a member wants to hear: nobody else chooses it, so it leaves no audit entry. Raises BadChoice."""
    known = {APP, MAIL, *(f"robot:{robot.pk}" for robot in robots_for(member))}
    for kind, wanted in choices.items():
        if not kinds.is_known(kind) or not set(wanted) <= known:
            raise BadChoice("choices", _("“%(value)s” is not one of the choices.") % {"value": f"{kind} {wanted}"})
    if pace not in Pace.values:
        raise BadChoice("pace", _("“%(value)s” is not one of the choices.") % {"value": pace})
    if not 0 <= hour <= 23:
        raise BadChoice("hour", _("An hour lies between 0 and 23."))
    if zone and zone not in zones():
        raise BadChoice("zone", _("“%(zone)s” is no time zone of the IANA list.") % {"zone": zone})
    if (quiet_from is None) != (quiet_until is None):
        raise BadChoice("quiet_until", _("Quiet hours have a beginning and an end."))
    fields = {
        "choices": {kind: sorted(set(wanted)) for kind, wanted in choices.items()},
        "pace": pace,
        "hour": hour,
        "working_days_only": working_days_only,
        "quiet_from": quiet_from,
        "quiet_until": quiet_until,
        "zone": zone,
    }
    return NoticeSettings.objects.update_or_create(member=member, defaults=fields)[0]
