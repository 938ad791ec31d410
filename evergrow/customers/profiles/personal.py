"""The one place through which profile pages read what says who a person is, masked where the reader may not see it."""

from typing import Any

from django.db.models import QuerySet

from evergrow.customers.models import Identifier, Person
from evergrow.customers.privacy.masking import Mask
from evergrow.workspaces import prepared
from evergrow.workspaces.models import Member

FIELDS = ("name", "email", "phone", "title")


def facts(member: Member, person: Person) -> dict[str, str]:
    """``FIELDS`` of a person as this member may read them."""
    mask = Mask(member)
    return {name: str(mask.value(person, name)) for name in FIELDS}


def traits(member: Member, person: Person) -> dict[str, Any]:
    """The person's traits as this member may read them, by name."""
    return dict(sorted(Mask(member).traits(person).items()))


def identifiers(member: Member, person: Person) -> list[Identifier]:
    """The ids by which the person's events reach us, as this member may read them; rows that are never saved."""
    mask, found = Mask(member), _identifiers(person)
    for each in found:
        each.value = mask.masked(person, "ids", each.value)
    return found


@prepared.rows
def _identifiers(person: Person) -> QuerySet[Identifier]:
    return Identifier.objects.filter(person=person).order_by("kind", "value")


def properties(mask: Mask, person: Person | None, values: dict[str, str]) -> dict[str, str]:
    """An event's properties as this member may read them."""
    return {name: mask.masked(person, "events", value) for name, value in values.items()}
