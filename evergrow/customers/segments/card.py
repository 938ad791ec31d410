"""The card “segments” of the pages of an account and of a person."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from django.db.models import QuerySet

from evergrow import warehouse
from evergrow.customers import registry
from evergrow.customers.models import Account, Person, Segment
from evergrow.customers.registry import Panel, PersonPanel
from evergrow.customers.segments import moves
from evergrow.workspaces import prepared
from evergrow.workspaces.access import GatedRequest
from evergrow.workspaces.models import Workspace


@prepared.rows
def _keys(workspace: Workspace, kind: str) -> QuerySet[Segment, int]:
    return Segment.objects.filter(workspace=workspace, kind=kind, retired_at=None).values_list("pk", flat=True)


@prepared.rows
def _named(workspace: Workspace, keys: Sequence[int]) -> QuerySet[Segment]:
    return Segment.objects.filter(workspace=workspace, pk__in=keys).order_by("name")


def card(workspace: Workspace, kind: str, numbers: Sequence[int]) -> dict[str, Any] | None:
    """The segments that hold a subject, with the moment it came in; None where the workspace has no segment.

    ``numbers`` are all the subject ever had, that of today first.
    """
    keys = _keys(workspace, kind)
    if not keys:
        return None

    def read() -> dict[int, datetime] | None:
        try:
            return moves.inside(workspace.pk, keys, numbers)
        except warehouse.StoreUnavailable:
            return None

    since = warehouse.meanwhile(read)

    @cache
    def memberships() -> list[tuple[Segment, datetime]] | None:
        """None while the event store is away."""
        found = since()
        if not found:
            return None if found is None else []
        return [(segment, found[segment.pk]) for segment in _named(workspace, list(found))]

    return {"memberships": memberships, "number": numbers[0]}


def account_card(request: GatedRequest, account: Account) -> dict[str, Any] | None:
    merged = Account.everyone.filter(merged_into=account).values_list("number", flat=True)
    return card(request.workspace, "account", [account.number, *merged])


def person_card(request: GatedRequest, person: Person) -> dict[str, Any] | None:
    return card(request.workspace, "person", [person.number, *person.merged_numbers])


TEMPLATE = "customers/segments/_card.html"
registry.add(
    Panel("segments", TEMPLATE, account_card, "rail", position=70),
    PersonPanel("segments", TEMPLATE, person_card, "rail", position=40),
)
