"""To whom at an account a message goes: the first contact with an address, by role; and in which language."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import Q

from evergrow.customers.models import Affiliation, Person, Trashed
from evergrow.success.engine.details import CONTACT_ROLES


def of_accounts(accounts: Iterable[int], today: date) -> dict[int, list[Affiliation]]:
    """The people with an address at these accounts today, by account."""
    rows = Affiliation.objects.filter(
        Q(ended_on=None) | Q(ended_on__gt=today), account__in=list(accounts), person__merged_into=None
    )
    trashed = Trashed.objects.filter(person__isnull=False).values("person")
    found: dict[int, list[Affiliation]] = {}
    for row in rows.exclude(person__email="").exclude(person__in=trashed).select_related("person").order_by("pk"):
        found.setdefault(row.account_id, []).append(row)
    return found


def choose(people: Sequence[Affiliation], roles: Sequence[str]) -> Person | None:
    """The first with the first of these roles that anybody has."""
    for role in roles or CONTACT_ROLES:
        for row in people:
            if role in roles_of(row):
                return row.person
    return None


def roles_of(row: Affiliation) -> set[str]:
    """The roles of a place, by the names that criteria use too."""
    return {row.influence, *(["key"] if row.is_key else [])}


def language_of(person: Person | None, fallback: str) -> str:
    """``zh`` or ``en``: what the person's own trait says, else the workspace's."""
    traits = person.traits if person else {}
    said = str(traits.get("language") or traits.get("locale") or fallback)
    return "zh" if said.lower().startswith("zh") else "en"
