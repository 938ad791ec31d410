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
    segments = list(Segment.objects.filter(workspace=workspace, kind=kind, retired_at=None).order_by("name"))
    if not segments:
        return None
    try:
        since = moves.inside(workspace.pk, kind, segments, number)
    except warehouse.StoreUnavailable:
        return {"unavailable": True, "number": number}
    found = [(segment, since[segment.pk]) for segment in segments if segment.pk in since]
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
