"""What counts as following an account up. Rooms above register what they know: finished tasks, calls, messages."""

from collections.abc import Callable, Collection, Iterable
from datetime import date

from django.db.models import Max

from evergrow.customers.models import Note, Visit
from evergrow.workspaces.models import Workspace

Source = Callable[[Workspace, Collection[int]], Iterable[tuple[int, date]]]
_sources: list[Source] = []


def register(source: Source) -> Source:
    """Have ``source(workspace, account ids)`` asked: pairs of account id and the day it was followed up last."""
    _sources.append(source)
    return source


def last(workspace: Workspace, accounts: Collection[int]) -> dict[int, date]:
    """The day on which each of these accounts was followed up last; those that never were are left out."""
    found: dict[int, date] = {}
    for source in _sources:
        for account, day in source(workspace, accounts):
            found[account] = max(day, found.get(account, day))
    return found


@register
def _notes(workspace: Workspace, accounts: Collection[int]) -> Iterable[tuple[int, date]]:
    rows = Note.objects.filter(account__in=accounts).values_list("account").annotate(last=Max("created_at"))
    return [(account, moment.astimezone(workspace.tz).date()) for account, moment in rows]


@register
def _visits(workspace: Workspace, accounts: Collection[int]) -> Iterable[tuple[int, date]]:
    past = Visit.objects.filter(account__in=accounts, happened_on__lte=workspace.today())
    return list(past.values_list("account").annotate(last=Max("happened_on")))
