"""Answering a suggested playbook."""

from datetime import timedelta

from django.db import transaction

from evergrow.customers.models import Account
from evergrow.success import errors
from evergrow.success.models import Declined, Playbook
from evergrow.workspaces import audit
from evergrow.workspaces.access import require
from evergrow.workspaces.models import Member

REST_DAYS = 14


@transaction.atomic
def decline(*, account: Account, playbook: Playbook, by: Member, reason: str) -> Declined:
    """Not now: the suggestion stays away for two weeks. The reason is kept. Raises ReasonNeeded."""
    require(by, "work")
    if not reason.strip():
        raise errors.ReasonNeeded()
    until = account.workspace.today() + timedelta(days=REST_DAYS)
    declined = Declined.objects.create(
        account=account, playbook=playbook, by=by, until=until, reason=reason.strip()[:300]
    )
    audit.record(account.workspace, "playbook.declined", account, by=by, data={"playbook": playbook.key})
    return declined
