"""Putting other contact rules in force, with what waits by the old ones."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from evergrow.success.contact import policy
from evergrow.success.contact.policy import Policy
from evergrow.success.engine.going import wake_workers
from evergrow.success.engine.sending import leave
from evergrow.workspaces.models import Member, Workspace


@transaction.atomic
def change(*, workspace: Workspace, data: Mapping[str, Any], by: Member | None, version: int | None = None) -> Policy:
    """As ``policy.save``; mails that wait are asked about anew at once. Raises PolicyUnreadable, PolicyChanged."""
    found = policy.save(workspace=workspace, data=data, by=by, version=version)
    if leave.ask_again(workspace):
        wake_workers(workspace)
    return found
