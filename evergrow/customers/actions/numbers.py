"""Dense numbers of accounts, people and products, given out once each however many writers ask at the same time."""

from typing import Any, Literal

from django.db import models, transaction

from evergrow.customers.models import Account, Counter, Person, Product
from evergrow.workspaces.models import Workspace

Kind = Literal["account", "person"]
Numbered = Literal["account", "person", "product"]
NUMBERED: dict[Numbered, Any] = {"account": Account, "person": Person, "product": Product}


@transaction.atomic
def next_numbers(workspace: Workspace, kind: Numbered, count: int) -> range:
    """Reserve ``count`` consecutive numbers for new accounts, people or products of a workspace.

    The update locks the counter's row until the transaction ends (SQLite: the whole store), so that the value
    read after it is ours alone. Numbers of a transaction that is rolled back are given out again.
    """
    if count < 1:
        raise ValueError(f"Ask for at least one number, not {count}.")
    counter = Counter.objects.filter(workspace=workspace, kind=kind)
    if not counter.update(last=models.F("last") + count):
        Counter.objects.get_or_create(workspace=workspace, kind=kind, defaults={"last": _highest(workspace, kind)})
        counter.update(last=models.F("last") + count)
    last = counter.get().last
    return range(last - count + 1, last + 1)


def next_number(workspace: Workspace, kind: Numbered) -> int:
    """One new number."""
    return next_numbers(workspace, kind, 1)[0]


def _highest(workspace: Workspace, kind: Numbered) -> int:
    found = NUMBERED[kind]._base_manager.filter(workspace=workspace).aggregate(highest=models.Max("number"))
    return int(found["highest"] or 0)
