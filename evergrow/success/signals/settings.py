"""Limits, ladder and archiving of a workspace: read by everybody who looks at signals, set by managers."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from evergrow.success.models import SignalSettings
from evergrow.success.signals import escalation
from evergrow.success.signals.reading import wrong
from evergrow.workspaces import audit
from evergrow.workspaces.access import require
from evergrow.workspaces.models import Member, Workspace

BOUNDS = {
    "most_open": (1, 10_000_000),
    "warn_percent": (1, 100),
    "most_a_day": (1, 1_000_000),
    "per_member_a_day": (1, 100_000),
    "archive_closed_days": (0, 3650),
    "archive_untouched_days": (0, 3650),
}


@transaction.atomic
def set_limits(*, workspace: Workspace, by: Member | None, ladder: Any = None, **numbers: int) -> SignalSettings:
    """Change some of them. Raises RuleWrong at what is out of bounds."""
    require(by, "manage")
    found, _made = SignalSettings.objects.get_or_create(workspace=workspace)
    for name, value in numbers.items():
        least, most = BOUNDS[name]
        if not least <= value <= most:
            raise wrong(name, _("A whole number from %(least)s to %(most)s.") % {"least": least, "most": most})
        setattr(found, name, value)
    if ladder is not None:
        named = {rung.member or 0 for rung in escalation.read(ladder) if rung.to == "member"}
        if len(named) != Member.objects.filter(workspace=workspace, left_at=None, pk__in=named).count():
            raise wrong("ladder", _("Choose the colleague who gets it."))
        found.ladder = ladder
    found.save(update_fields=[*numbers, *(["ladder"] if ladder is not None else [])])
    audit.record(workspace, "signals.limits_set", workspace, by=by, data=dict(numbers))
    return found
