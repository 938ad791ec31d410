"""The card “segments” of the pages of an account and of a person."""

from typing import Any

from evergrow import warehouse
from evergrow.customers import registry
from evergrow.customers.models import Account, Person, Segment
from evergrow.customers.registry import Panel, PersonPanel
from evergrow.customers.segments import moves
from evergrow.workspaces.access import GatedRequest
from evergrow.workspaces.models import Workspace


def card(workspace: Workspace, kind: str, number: int) -> dict[str, Any] | None:
    """The segments that hold a subject, with the moment it came in; None where the workspace has no segment."""
    in_use = Segment.objects.filter(workspace=workspace, kind=kind, retired_at=None)
    keys = list(in_use.values_list("pk", flat=True))
    if not keys:
        return None
    try:
        since = moves.inside(workspace.pk, kind, keys, number)
    except warehouse.StoreUnavailable:
        return {"unavailable": True, "number": number}
    found = [(segment, since[segment.pk]) for segment in in_use.filter(pk__in=since).order_by("name")] if since else []
    return {"memberships": found, "number": number}


def account_card(request: GatedRequest, account: Account) -> dict[str, Any] | None:
    return card(request.workspace, "account", account.number)


def person_card(request: GatedRequest, person: Person) -> dict[str, Any] | None:
    return card(request.workspace, "person", person.number)


TEMPLATE = "customers/segments/_card.html"
registry.add(
    Panel("segments", TEMPLATE, account_card, "rail", position=70),
    PersonPanel("segments", TEMPLATE, person_card, "rail", position=40),
)
