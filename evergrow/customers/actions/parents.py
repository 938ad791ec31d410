"""Which account may stand above which."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from evergrow.customers.models import Account
from evergrow.workspaces.models import Workspace


class BadParent(ValidationError):
    """An account cannot stand above this one."""


def check_parent(account: Account) -> None:
    """Let an account (not saved yet) have the parent that it was given. To be called in the transaction that saves it.

    Raises BadParent for an account of another workspace, for the account itself, and for one that stands below it at
    any depth.
    """
    if account.parent is None:
        return
    if account.parent.workspace_id != account.workspace_id:
        raise BadParent({"parent": _("The parent is an account of another workspace.")})
    # One at a time: two colleagues who put two accounts below each other at once would make a ring.
    Workspace.objects.select_for_update().get(pk=account.workspace_id)
    above, seen = account.parent_id, set[int]()
    while above is not None and above not in seen:
        if above == account.pk:
            sentence = _("%(parent)s stands below this account, or is this account.")
            raise BadParent({"parent": sentence % {"parent": account.parent.name}})
        seen.add(above)
        above = Account.everyone.filter(pk=above).values_list("parent", flat=True).first()
