"""Which person numbers of the event store mean another person now: a copy of what the relational store knows."""

import logging
import time
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q

from evergrow import warehouse
from evergrow.customers.models import Person

log = logging.getLogger(__name__)
BLOCK = 10_000


def write(people: Iterable[Person]) -> int:
    """Copy where these people, and all who were merged into them, belong now; how many numbers were written.

    Writing the same again does no harm: the newest version of a number counts.
    Raises ``warehouse.StoreUnavailable``.
    """
    keys = [person.pk for person in people]
    written = 0
    for start in range(0, len(keys), BLOCK):
        part = keys[start : start + BLOCK]
        rows = Person.objects.filter(Q(pk__in=part) | Q(merged_into__in=part)).values_list(
            "workspace_id", "number", "merged_into__number"
        )
        written += _insert([(workspace, number, into or number) for workspace, number, into in rows])
    return written


def write_all() -> int:
    """Copy every merge of every workspace, for what a crash may have left out."""
    rows = Person.objects.exclude(merged_into=None).values_list("workspace_id", "number", "merged_into__number")
    return _insert(list(rows))


def write_on_commit(*people: Person) -> None:
    """Copy once the transaction is through; a store that is away gets it at the next start."""

    def copy() -> None:
        try:
            write(people)
            for workspace in {person.workspace_id for person in people}:
                warehouse.touch(workspace, rewritten=False)
        except warehouse.StoreUnavailable:
            log.exception("A merge of people was not copied into the event store yet; the next start does it.")

    transaction.on_commit(copy)


def _insert(rows: list[tuple[int, int, int]]) -> int:
    if not rows:
        return 0
    workspaces, numbers, into = zip(*rows, strict=True)
    version = time.time_ns()
    return warehouse.insert(
        "person_overrides",
        {"workspace_id": workspaces, "from_person": numbers, "to_person": into, "version": [version] * len(rows)},
    )
