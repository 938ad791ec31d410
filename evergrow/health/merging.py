"""What becomes of an account's health when it is merged: the kept account's own is computed anew the next night."""

from evergrow.customers.account_merges import registry
from evergrow.customers.account_merges.record import Record
from evergrow.customers.models import Account
from evergrow.health.models import AccountHealth
from evergrow.health.risk.models import ChurnChance, ExpansionChance


def _state(kept: Account, merged: Account, record: Record) -> None:
    for row in AccountHealth.objects.filter(account=merged):
        record.drop(row)


def _chances(kept: Account, merged: Account, record: Record) -> None:
    for rows in (ChurnChance.objects.filter(account=merged), ExpansionChance.objects.filter(account=merged)):
        for row in rows:
            record.drop(row)


registry.add("health.AccountHealth", settle=_state)
registry.add("health.ChurnChance", settle=_chances)
registry.add("health.ExpansionChance")
