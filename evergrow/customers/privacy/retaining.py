"""Retention rules: how long events of a name, refused messages and details of the audit trail are kept."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from evergrow.customers.models import Kept, RetentionRule
from evergrow.workspaces import audit
from evergrow.workspaces.access import require
from evergrow.workspaces.models import Member, Workspace

RETENTION = "intake.forget_events"
LEAST = {Kept.EVENTS: 7, Kept.REJECTS: 1, Kept.AUDIT: 180}
MOST = 36_500


@transaction.atomic
def save_rule(
    *, workspace: Workspace, about: str, days: int, by: Member | None, pattern: str = "*", rebuild_counts: bool = False
) -> RetentionRule:
    """Make the rule for this pattern or change it. Narrow patterns stand before wide ones, ``*`` last.

    Raises ValidationError for fewer days than ``LEAST`` allows: GDPR Art. 5(2) and PIPL Art. 56 ask for proof of what
    was done, so that the audit trail keeps its details for half a year at least.
    """
    require(by, "administer")
    kept = Kept(about)
    pattern = pattern.strip() or "*"
    if kept != Kept.EVENTS:
        pattern, rebuild_counts = "*", False
    if not LEAST[kept] <= days <= MOST:
        raise ValidationError(
            {"days": _("Keep it for %(least)d to %(most)d days.") % {"least": LEAST[kept], "most": MOST}}
        )
    rule, is_new = RetentionRule.objects.get_or_create(
        workspace=workspace, about=kept, pattern=pattern[:200], defaults={"days": days, "by": by}
    )
    before = None if is_new else rule.days
    rule.days, rule.rebuild_counts, rule.by = days, rebuild_counts, by
    rule.position = _position(pattern)
    rule.save()
    data = {"pattern": pattern, "days": [before, days], "counts": rebuild_counts}
    audit.record(workspace, "retention.set", rule, by=by, data=data)
    return rule


def _position(pattern: str) -> int:
    """The more letters a pattern names, the earlier it counts."""
    return 1000 if pattern == "*" else 500 - min(400, len(pattern.replace("*", ""))) + (1 if "*" in pattern else 0)


@transaction.atomic
def remove_rule(*, rule: RetentionRule, by: Member | None) -> None:
    """Keep it without limit again (refused messages: as long as the setting says)."""
    require(by, "administer")
    audit.record(rule.workspace, "retention.removed", rule, by=by, data={"pattern": rule.pattern, "days": rule.days})
    rule.delete()
