"""Where two accounts that become one stand among those above and below them."""

from evergrow.customers.account_merges.record import Record
from evergrow.customers.models import Account


def settle(kept: Account, merged: Account, record: Record) -> None:
    """What stood below ``merged`` stands below ``kept``; without a parent of its own ``kept`` stands where it stood.

    Where ``kept`` stood below ``merged``, it takes that one's place, so that no ring comes about.
    """
    above = _above(kept)
    if merged.pk in above or (kept.parent_id is None and _may_be(merged.parent_id, kept, merged)):
        record.change(kept, parent=merged.parent)
    for child in Account.everyone.filter(parent=merged).exclude(pk=kept.pk).order_by("pk"):
        record.change(child, parent=kept)
    record.change(merged, parent=None)


def _may_be(parent: int | None, kept: Account, merged: Account) -> bool:
    """Whether the account with this key may stand above ``kept``: it stands below neither of the two."""
    if parent is None or parent == kept.pk:
        return False
    row = Account.everyone.get(pk=parent)
    return kept.pk not in _above(row)


def _above(account: Account) -> list[int]:
    """The keys of the accounts above, from the nearest up."""
    found: list[int] = []
    key = account.parent_id
    while key is not None and key not in found:
        found.append(key)
        key = Account.everyone.filter(pk=key).values_list("parent", flat=True).first()
    return found


def break_rings(*accounts: Account) -> None:
    """Where somebody put accounts elsewhere since, one that came back may stand above itself: it stands alone then."""
    for account in accounts:
        account.refresh_from_db(fields=["parent"])
        if account.pk in _above(account):
            Account.everyone.filter(pk=account.pk).update(parent=None)
