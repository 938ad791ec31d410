"""The rules of the pool: read, and changed by those who manage."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from evergrow.customers.models import PoolRules, TeamRole
from evergrow.lib import clock
from evergrow.workspaces import audit
from evergrow.workspaces.access import require
from evergrow.workspaces.models import Member, Workspace

FIELDS = (
    "role",
    "daily_cap",
    "holding_cap",
    "protected_days",
    "takes_back",
    "quiet_days",
    "result_days",
    "remind_days",
)


def of(workspace: Workspace) -> PoolRules:
    """The workspace's rules; an unsaved row with the defaults where nobody set any."""
    return PoolRules.objects.filter(workspace=workspace).first() or PoolRules(workspace=workspace)


def checked(rules: PoolRules, wishes: dict[str, Any]) -> PoolRules:
    """``rules`` with ``wishes`` in place, unsaved. Raises ValidationError by field."""
    for name, value in wishes.items():
        if name not in FIELDS:
            raise TypeError(f"The pool has no rule called {name!r}.")
        setattr(rules, name, value)
    if rules.role not in TeamRole.values:
        raise ValidationError({"role": _("“%(value)s” is not one of the choices.") % {"value": rules.role}})
    if rules.takes_back and not (rules.quiet_days or rules.result_days):
        raise ValidationError({"quiet_days": _("Say after how many days an account is taken back.")})
    least = min(days for days in (rules.quiet_days, rules.result_days) if days) if rules.takes_back else 0
    if rules.takes_back and rules.remind_days >= least:
        raise ValidationError({"remind_days": _("The warning must come after the follow-up and before the end.")})
    return rules


@transaction.atomic
def change(*, workspace: Workspace, by: Member | None, **wishes: Any) -> PoolRules:
    """Set rules; what is left out stays. Raises ValidationError by field."""
    require(by, "manage")
    rules = of(workspace)
    before = {name: getattr(rules, name) for name in FIELDS}
    rules = checked(rules, wishes)
    rules.changed_by, rules.changed_at = by, clock.now()
    rules.save()
    data = {name: [old, getattr(rules, name)] for name, old in before.items() if old != getattr(rules, name)}
    audit.record(workspace, "pool.rules_changed", workspace, by=by, data=data)
    return rules
