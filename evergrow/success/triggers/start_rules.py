"""How a playbook's triggers are held in check: its share that is held out, and its starts a day."""

import secrets
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from evergrow.lib import clock
from evergrow.success.models import Playbook, StartRules
from evergrow.success.triggers.definition import NotReadable
from evergrow.workspaces import audit
from evergrow.workspaces.access import require
from evergrow.workspaces.models import Member

MOST_HELD_OUT, MOST_CAPACITY, MOST_KEPT = 50, 100_000, 365


def of(playbook: Playbook) -> StartRules:
    """The rules of a playbook; made with a salt of their own the first time."""
    found = StartRules.objects.filter(playbook=playbook).first()
    if found is not None:
        return found
    try:
        with transaction.atomic():
            return StartRules.objects.create(playbook=playbook, salt=secrets.token_hex(12))
    except IntegrityError:
        return StartRules.objects.get(playbook=playbook)


def current(playbook: Playbook) -> StartRules:
    """The rules in force, to be read: the usual ones where none were written down."""
    return StartRules.objects.filter(playbook=playbook).first() or StartRules(playbook=playbook)


@transaction.atomic
def save(
    *,
    playbook: Playbook,
    by: Member | None,
    held_out_percent: Any,
    capacity: int | None,
    when_full: str,
    keep_days: int,
) -> StartRules:
    """Change the rules. A larger share keeps everybody who is held out by now. Raises NotReadable."""
    require(by, "manage")
    share = _share(held_out_percent)
    if capacity is not None and not 0 <= capacity <= MOST_CAPACITY:
        raise NotReadable("capacity", _("Starts a day are 0 to %(most)s.") % {"most": MOST_CAPACITY})
    if when_full not in StartRules.WhenFull.values:
        raise NotReadable("when_full", _("Choose what becomes of the rest when the day is full."))
    if not 1 <= keep_days <= MOST_KEPT:
        raise NotReadable("keep_days", _("It may wait 1 to %(most)s days.") % {"most": MOST_KEPT})
    rules = of(playbook)
    fields: dict[str, Any] = {
        "held_out_percent": share,
        "capacity": capacity,
        "when_full": when_full,
        "keep_days": keep_days,
    }
    changed = {name: value for name, value in fields.items() if getattr(rules, name) != value}
    StartRules.objects.filter(pk=rules.pk).update(**fields, changed_at=clock.now())
    data = {name: str(value) for name, value in changed.items()}
    audit.record(playbook.workspace, "trigger.rules_changed", playbook, by=by, data=data)
    return StartRules.objects.get(pk=rules.pk)


def _share(given: Any) -> Decimal:
    try:
        share = Decimal(str(given).strip() or "0").quantize(Decimal("0.01"))
    except InvalidOperation:
        share = Decimal(-1)
    if not 0 <= share <= MOST_HELD_OUT:
        raise NotReadable(
            "held_out_percent", _("The share held out is 0 to %(most)s percent.") % {"most": MOST_HELD_OUT}
        )
    return share
