"""Whose budget a contact counts against: a human, whatever records and addresses we have of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from evergrow.customers.models import Identifier, Person
from evergrow.customers.privacy.digests import digest
from evergrow.workspaces import prepared
from evergrow.workspaces.models import Workspace


@dataclass(frozen=True, slots=True)
class Holder:
    """``key`` is what is written now; ``keys`` is every key that ever stood for the same human. ``merged`` are the row
    keys of the records that were merged into ``person``.

    Records merged into one, and records that share an address, are one human. They go by the email of the earliest,
    as a digest, and by that record where none has an email.
    """

    key: str
    keys: frozenset[str]
    person: Person | None
    address: str
    merged: frozenset[int] = frozenset()


def normal(address: str) -> str:
    """An address as it is compared: no spaces around it, an email in small letters."""
    text = address.strip()
    return text.lower() if "@" in text else text


def of(workspace: Workspace, *, person: Person | None = None, address: str = "") -> Holder:
    """The holder of a person, of an address, or of both. Raises ValueError without either."""
    address = normal(address)
    if person is None and not address:
        raise ValueError("Name a person or an address to reach.")
    people = [person.merged_into or person] if person else []
    addresses = {address} if address else set[str]()
    addresses |= {form for each in people if each.email for form in (each.email, normal(each.email))}
    sharing = _known_by(workspace, addresses)
    found = sorted({each.pk: each for each in [*people, *sharing]}.values(), key=lambda each: each.pk)
    if not found:
        key = _address_key(workspace, address)
        return Holder(key, frozenset({key}), None, address)
    merged = dict(_merged_into([each.pk for each in found]))
    emails = [normal(each.email) for each in found if each.email]
    keys = {f"p{pk}" for pk in [*(each.pk for each in found), *merged]}
    keys |= {_address_key(workspace, each) for each in {*map(normal, addresses), *emails}}
    key = _address_key(workspace, emails[0]) if emails else f"p{found[0].pk}"
    who = people[0] if people else found[0]
    return Holder(key, frozenset(keys), who, address, frozenset(pk for pk, into in merged.items() if into == who.pk))


@prepared.rows
def _merged_into(people: Sequence[int]) -> QuerySet[Person, tuple[int, int | None]]:
    return Person.objects.filter(merged_into__in=people).values_list("pk", "merged_into")


@prepared.rows
def _people_known_by(workspace: Workspace, wanted: Sequence[str]) -> QuerySet[Identifier, int]:
    known = Identifier.objects.filter(workspace=workspace, value__in=wanted, kind__in=["email", "phone"])
    return known.values_list("person", flat=True)


@prepared.rows
def _with_email(workspace: Workspace, wanted: Sequence[str]) -> QuerySet[Person]:
    return Person.objects.filter(email__in=wanted, workspace=workspace).select_related("merged_into")


@prepared.rows
def _with_key(workspace: Workspace, keys: Sequence[int]) -> QuerySet[Person]:
    return Person.objects.filter(pk__in=keys, workspace=workspace).select_related("merged_into")


def _known_by(workspace: Workspace, addresses: Iterable[str]) -> list[Person]:
    wanted = [each for each in addresses if each]
    if not wanted:
        return []
    rows = [*_with_email(workspace, wanted), *_with_key(workspace, _people_known_by(workspace, wanted))]
    return [row.merged_into or row for row in rows]


def _address_key(workspace: Workspace, address: str) -> str:
    return f"a{digest(workspace.pk, address)}"
