"""Whom a letter names: people of accounts, colleagues, others."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from evergrow.customers import access
from evergrow.customers.mail.reading import Party
from evergrow.customers.models import Account, Affiliation, Direction, Identifier, Person
from evergrow.workspaces.models import Member


@dataclass(slots=True)
class Named:
    """``people`` by address, ``accounts`` with those of their people that are named (in the order of the head),
    ``colleagues`` by address."""

    people: dict[str, Person] = field(default_factory=dict)
    accounts: dict[Account, list[Person]] = field(default_factory=dict)
    colleagues: dict[str, Member] = field(default_factory=dict)


def named(member: Member, addresses: Iterable[str]) -> Named:
    """Whom these addresses mean, as far as the member may see it."""
    wanted = list(dict.fromkeys(address.lower() for address in addresses if address))
    found = Named(colleagues=_colleagues(member, wanted))
    found.people = people(member, [each for each in wanted if each not in found.colleagues])
    order = {person.pk: place for place, person in enumerate(found.people.values())}
    places = Affiliation.objects.filter(person__in=order, ended_on=None).order_by("pk")
    seen = access.accounts(member).in_bulk({place.account_id for place in places})
    here = {person.pk: person for person in found.people.values()}
    for place in sorted(places, key=lambda each: order[each.person_id]):
        if (account := seen.get(place.account_id)) is not None:
            found.accounts.setdefault(account, []).append(here[place.person_id])
    return found


def people(member: Member, addresses: list[str]) -> dict[str, Person]:
    """The people behind addresses, by an identifier or by the field of their profile."""
    if not addresses:
        return {}
    ids = Identifier.objects.filter(workspace_id=member.workspace_id, kind=Identifier.Kind.EMAIL, value__in=addresses)
    by_id = {row.value: row.person_id for row in ids}
    seen = access.people(member)
    rows = {person.pk: person for person in by_address(seen, list(by_id.values()), addresses)}
    by_field = {person.email.lower(): person for person in rows.values() if person.email}
    found = {address: rows.get(by_id.get(address, 0)) or by_field.get(address) for address in addresses}
    return {address: person for address, person in found.items() if person is not None}


def by_address(seen: QuerySet[Person], keys: list[int], addresses: list[str]) -> QuerySet[Person]:
    """Those of ``seen`` with one of these keys, or one of these addresses however it is written."""
    return seen.annotate(low_email=Lower("email")).filter(Q(pk__in=keys) | Q(low_email__in=addresses))


def _colleagues(member: Member, addresses: list[str]) -> dict[str, Member]:
    here = Member.objects.filter(workspace_id=member.workspace_id, left_at=None).select_related("user")
    by_address = {each.user.email.lower(): each for each in here}
    return {address: by_address[address] for address in addresses if address in by_address}


def direction(member: Member, parties: Iterable[Party], found: Named) -> str:
    """From us where a colleague wrote it, or somebody whom no account knows: under our domain, or to a contact."""
    sender = next((each.address for each in parties if each.role == "from"), "")
    if sender in found.people:
        return str(Direction.IN)
    own = member.user.email.lower().rpartition("@")[2]
    to_contact = any(each.role != "from" and each.address in found.people for each in parties)
    is_ours = sender in found.colleagues or sender.rpartition("@")[2] == own or to_contact
    return str(Direction.OUT if is_ours else Direction.IN)


def suggested(member: Member, addresses: Iterable[str], text: str) -> list[Account]:
    """Accounts that a letter without a known address may belong to: those of people named in its text, then those
    whose domain an address has."""
    said = list(dict.fromkeys(word.lower() for word in re.findall(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", text)))[:40]
    found = list(named(member, said).accounts) if said else []
    domains = {each.rpartition("@")[2] for each in (*addresses, *said)} - {""}
    by_domain = access.accounts(member).filter(domain__in=domains).order_by("name")[:6]
    return list(dict.fromkeys([*found, *by_domain]))[:6]
