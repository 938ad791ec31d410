"""What becomes of an account's health when it is merged: the kept account's own is computed anew the next night.

Entered values move along. Of overrides, those that the kept account has of the same score stay; the other's end.
"""

from django.utils.translation import gettext_lazy as _

from evergrow.customers.account_merges import registry
from evergrow.customers.account_merges.record import Record
from evergrow.customers.models import Account
from evergrow.health.models import AccountHealth, EndReason, Override, OverrideState, ProductLineHealth
from evergrow.health.risk.models import ChurnChance, ExpansionChance

OPEN = (OverrideState.ASKED, OverrideState.APPROVED)


def _state(kept: Account, merged: Account, record: Record) -> None:
    for row in AccountHealth.objects.filter(account=merged):
        record.drop(row)


def _lines(kept: Account, merged: Account, record: Record) -> None:
    for row in ProductLineHealth.objects.filter(account=merged):
        record.drop(row)


def _chances(kept: Account, merged: Account, record: Record) -> None:
    for rows in (ChurnChance.objects.filter(account=merged), ExpansionChance.objects.filter(account=merged)):
        for row in rows:
            record.drop(row)


def _overrides(kept: Account, merged: Account, record: Record) -> None:
    taken = set(Override.objects.filter(account=kept, state__in=OPEN).values_list("target", "state"))
    for row in Override.objects.filter(account=merged, state__in=OPEN).order_by("pk"):
        if (row.target, row.state) not in taken:
            continue
        if row.state == OverrideState.ASKED:
            record.change(row, state=OverrideState.WITHDRAWN)
        else:
            today = kept.workspace.today()
            record.change(row, state=OverrideState.ENDED, ended_on=today, end_reason=EndReason.REPLACED)


registry.add("health.AccountHealth", settle=_state)
registry.add("health.ProductLineHealth", settle=_lines)
registry.add("health.Override", _("Scores set by hand"), settle=_overrides)
registry.add("health.Entry", _("Entered values"))
registry.add("health.ChurnChance", settle=_chances)
registry.add("health.ExpansionChance")
