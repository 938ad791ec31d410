"""Numbers of campaigns: given out once each, never again after one was deleted, since plans are about a number."""

from django.db import models, transaction

from evergrow.customers.models.counters import Counter
from evergrow.workspaces.models import Workspace

KIND = "campaign"


@transaction.atomic
def next_number(workspace: Workspace) -> int:
    """One new number; the counter's row is locked until the transaction ends."""
    counter = Counter.objects.filter(workspace=workspace, kind=KIND)
    if not counter.update(last=models.F("last") + 1):
        Counter.objects.get_or_create(workspace=workspace, kind=KIND, defaults={"last": 0})
        counter.update(last=models.F("last") + 1)
    return counter.get().last
