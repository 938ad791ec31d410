"""Accounts."""

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext
from ninja import Query, Router, Schema, Status
from ninja.errors import ValidationError
from pydantic import Field

from evergrow.customers import access, registry
from evergrow.customers.actions import accounts as actions
from evergrow.customers.actions.parents import BadParent
from evergrow.customers.models import Account, AccountStatus
from evergrow.customers.queries.account_list import conditions, shape
from evergrow.lib import listing
from evergrow.workspaces.api import ApiRequest, Day, Input, Line, Money, Number, Page, Window, page, token

router = Router(tags=["accounts"])


class AccountOut(Schema):
    """A customer organisation. What concerns money follows from its subscriptions."""

    number: int
    external_id: str
    name: str
    other_name: str
    domain: str
    country: str
    industry: str
    size: str
    channel: str
    signed_up_on: date | None
    parent: int | None = Field(None, alias="parent.number", description="The number of the account above it.")
    tier: str
    status: AccountStatus
    plan: str
    mrr: Money
    seats: int | None
    customer_since: date | None
    renews_on: date | None
    cancelled_on: date | None
    traits: dict[str, Any]
    created_at: datetime
    updated_at: datetime


class AccountIn(Input):
    name: Line = Field(min_length=1)
    other_name: Line = Field("", description="The name in the other language.")
    external_id: Line = Field("", description="Its id in your systems; left out, it gets one of ours.")
    domain: Line = ""
    country: Line = ""
    industry: Line = ""
    size: Line = ""
    channel: Line = Field("", description="The first touch.")
    signed_up_on: Day | None = None
    parent: Number | None = Field(None, description="The number of the account that it belongs to.")


class AccountChange(AccountIn):
    """What to change; what is left out stays."""

    name: Line = Field("", min_length=1)
    traits: dict[str, Any] = Field({}, description="Traits to set; null takes one away. Others stay.")


class TierIn(Input):
    tier: Line = Field(description="The key of a tier of the workspace's scheme.")


class AccountWindow(Window):
    q: Line = Field("", description="Words in a name, an id or a domain.")
    external_id: Line = Field("", description="Only the account with this id in your systems.")


def filter_parameters() -> list[dict[str, Any]]:
    """The filters that rooms have registered for the account list, as parameters of the document."""
    return [
        {
            "name": part.key,
            "in": "query",
            "required": False,
            "description": f"{part.label}, as in the address of the account list. Repeat it for several values.",
            "schema": {"type": "array", "items": {"type": "string"}},
        }
        for part in registry.filters()
    ]


@router.get(
    "/accounts",
    auth=token("view"),
    response=Page[AccountOut],
    summary="Accounts",
    openapi_extra={"parameters": filter_parameters()},
)
def accounts(request: ApiRequest, window: Query[AccountWindow]) -> dict[str, Any]:
    """The accounts the token may see, by number, under the same filters as the page."""
    state = listing.parse(request.META.get("QUERY_STRING", ""), shape())
    found = conditions(request.member, state)
    if found.problems:
        raise ValidationError([{"loc": ["query", key], "msg": text} for key, text in found.problems.items()])
    rows = access.accounts(request.member).filter(found.condition).select_related("parent")
    if window.external_id:
        known = Account.everyone.known(request.workspace.pk, [window.external_id])
        rows = rows.filter(pk__in=[pk for pk, _number in known.values()])
    return page(rows, window, by="number")


@router.post("/accounts", auth=token("work"), response={201: AccountOut}, summary="Make an account")
def create_account(request: ApiRequest, facts: AccountIn) -> Status[Account]:
    wish = _with_parent(request, facts.model_dump())
    made = actions.create_account(workspace=request.workspace, by=request.member, **wish)
    made.refresh_from_db()
    return Status(201, made)


@router.get("/accounts/{number}", auth=token("view"), response=AccountOut, summary="An account")
def account(request: ApiRequest, number: Number) -> Account:
    return access.account_or_404(request.member, number)


@router.patch("/accounts/{number}", auth=token("work"), response=AccountOut, summary="Change an account")
def edit_account(request: ApiRequest, number: Number, facts: AccountChange) -> Account:
    """Change the facts that are given; money follows from subscriptions and is not written here."""
    found = access.account_or_404(request.member, number)
    wish = _with_parent(request, facts.model_dump(exclude_unset=True))
    actions.edit_account(account=found, by=request.member, **wish)
    return found


def _with_parent(request: ApiRequest, facts: dict[str, Any]) -> dict[str, Any]:
    """The facts with the parent's account for its number. Raises BadParent where the member sees no such account."""
    if facts.get("parent") is None:
        return facts
    parent = access.accounts(request.member).filter(number=facts["parent"]).first()
    if parent is None:
        raise BadParent({"parent": gettext("There is no account with this number.")})
    return {**facts, "parent": parent}


@router.put("/accounts/{number}/tier", auth=token("manage"), response=AccountOut, summary="Put into a tier")
def set_tier(request: ApiRequest, number: Number, wish: TierIn) -> Account:
    """Say how much attention the account gets. Where rules decide, ask for an exception instead."""
    found = access.account_or_404(request.member, number)
    actions.set_tier(accounts=[found], tier=wish.tier, by=request.member)
    return found
