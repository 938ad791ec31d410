"""Finished work counts as following an account up, for the rules of the public pool."""

from collections.abc import Collection, Iterable
from datetime import date

from django.db.models import Max

from evergrow.customers.pool import follow_ups
from evergrow.success.models import StepKind, Task, TaskState
from evergrow.workspaces.models import Workspace


@follow_ups.register
def finished_work(workspace: Workspace, accounts: Collection[int]) -> Iterable[tuple[int, date]]:
    """The day on which a colleague finished a task, call or message last; waits that end by themselves do not count."""
    done = Task.objects.filter(
        account__in=accounts, state=TaskState.DONE, ended_by__isnull=False, ended_at__isnull=False
    )
    rows = done.exclude(kind=StepKind.WAIT).values_list("account").annotate(last=Max("ended_at"))
    return [(account, moment.astimezone(workspace.tz).date()) for account, moment in rows]
