"""The one place through which profile pages read what says who a person is."""

from typing import Any

from evergrow.customers.models import Identifier, Person
from evergrow.workspaces.models import Member

FIELDS = ("name", "email", "phone", "title")


def facts(member: Member, person: Person) -> dict[str, str]:
    """``FIELDS`` of a person as this member may read them."""
    return {name: str(getattr(person, name)) for name in FIELDS}


def traits(member: Member, person: Person) -> dict[str, Any]:
    """The person's traits as this member may read them, by name."""
    return dict(sorted(person.traits.items()))


def identifiers(member: Member, person: Person) -> list[Identifier]:
    """The ids by which the person's events reach us, as this member may read them."""
    return list(person.identifiers.order_by("kind", "value"))


def properties(member: Member, values: dict[str, str]) -> dict[str, str]:
    """An event's properties as this member may read them."""
    return dict(values)
