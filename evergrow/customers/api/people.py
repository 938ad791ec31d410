"""People on the customer's side."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Prefetch, prefetch_related_objects
from ninja import Query, Router, Schema, Status
from pydantic import Field

from evergrow.customers import access
from evergrow.customers.actions import people as actions
from evergrow.customers.models import Affiliation, Person
from evergrow.customers.privacy.masking import mask_for
from evergrow.workspaces.api import ApiRequest, Day, Input, Line, Number, Page, Window, page, token

router = Router(tags=["people"])
Influence = Affiliation.Influence


class PlaceOut(Schema):
    """A person's place at an account."""

    account: int = Field(alias="account.number")
    title: str
    influence: Influence
    is_key: bool
    started_on: date | None
    ended_on: date | None


class PersonOut(Schema):
    number: int
    name: str
    email: str
    phone: str
    title: str
    traits: dict[str, Any]
    is_anonymous: bool
    first_seen_at: datetime | None
    last_seen_at: datetime | None
    places: list[PlaceOut]

    @staticmethod
    def resolve_name(person: Person, context: dict[str, Any]) -> str:
        """Masked where the token's role may not see it, like ``email``, ``phone`` and ``traits``."""
        return str(mask_for(context["request"]).value(person, "name"))

    @staticmethod
    def resolve_email(person: Person, context: dict[str, Any]) -> str:
        return str(mask_for(context["request"]).value(person, "email"))

    @staticmethod
    def resolve_phone(person: Person, context: dict[str, Any]) -> str:
        return str(mask_for(context["request"]).value(person, "phone"))

    @staticmethod
    def resolve_traits(person: Person, context: dict[str, Any]) -> dict[str, Any]:
        return mask_for(context["request"]).traits(person)

    @staticmethod
    def resolve_places(person: Person, context: dict[str, Any]) -> list[Affiliation]:
        """Only places at accounts that the token may see."""
        if not hasattr(person, "seen_places"):
            prefetch_related_objects([person], _places(context["request"]))
        return list(vars(person)["seen_places"])


class PersonIn(Input):
    """A person needs a name or an email."""

    name: Line = ""
    email: Line = ""
    phone: Line = ""
    title: Line = Field("", description="The job title.")


class PersonChange(PersonIn):
    """What to change; what is left out stays."""

    traits: dict[str, Any] = Field({}, description="Traits to set; null takes one away. Others stay.")


class NewPerson(PersonIn):
    account: Number | None = Field(None, description="The number of the account where they work.")


class PersonPlaceIn(Input):
    title: Line = Field("", max_length=120, description="What they do at this account.")
    influence: Influence = Influence.USES
    is_key: bool = False
    started_on: Day | None = None
    ended_on: Day | None = None


class PeopleWindow(Window):
    account: Number | None = Field(None, description="Only people of this account.")
    email: Line = Field("", description="Only people with this address.")


@router.get("/people", auth=token("view"), response=Page[PersonOut], summary="People")
def people(request: ApiRequest, window: Query[PeopleWindow]) -> dict[str, Any]:
    """The people the token may see, by number."""
    rows = access.people(request.member)
    if window.account is not None:
        rows = rows.filter(affiliations__account=access.account_or_404(request.member, window.account)).distinct()
    if window.email:
        rows = rows.none() if mask_for(request).hides("email") else rows.filter(email=window.email.lower())
    return page(rows.prefetch_related(_places(request)), window, by="number")


@router.post("/people", auth=token("work"), response={201: PersonOut}, summary="Add a person")
def add_person(request: ApiRequest, facts: NewPerson) -> Status[Person]:
    """Add a person, at an account where one is given."""
    where = None if facts.account is None else access.account_or_404(request.member, facts.account)
    with transaction.atomic():
        words = facts.model_dump(exclude={"account"})
        person = actions.add_person(workspace=request.workspace, by=request.member, **words)
        if where is not None:
            actions.affiliate(account=where, person=person, by=request.member)
    return Status(201, person)


@router.get("/people/{number}", auth=token("view"), response=PersonOut, summary="A person")
def person(request: ApiRequest, number: Number) -> Person:
    return access.person_or_404(request.member, number)


@router.patch("/people/{number}", auth=token("work"), response=PersonOut, summary="Change a person")
def edit_person(request: ApiRequest, number: Number, facts: PersonChange) -> Person:
    """Change the facts that are given."""
    found = access.person_or_404(request.member, number)
    actions.edit_person(person=found, by=request.member, **facts.model_dump(exclude_unset=True))
    return found


@router.put(
    "/accounts/{number}/people/{person}", auth=token("work"), response=PlaceOut, summary="Give a person a place"
)
def affiliate(request: ApiRequest, number: Number, person: Number, place: PersonPlaceIn) -> Affiliation:
    """Say that a person works at an account, how they matter there, and since when; or that they left."""
    account = access.account_or_404(request.member, number)
    found = access.person_or_404(request.member, person)
    return actions.affiliate(account=account, person=found, by=request.member, **place.model_dump())


def _places(request: ApiRequest) -> "Prefetch[Any]":
    seen = Affiliation.objects.filter(access.visible(request.member, "account__")).select_related("account")
    return Prefetch("affiliations", seen.order_by("account__number"), to_attr="seen_places")
