"""What a reader wants to see of the stream, as it stands in the address."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Literal, get_args

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from evergrow.customers import access
from evergrow.customers.models import Person
from evergrow.workspaces.models import Member

Show = Literal["accepted", "all", "refused"]
TYPES = {
    "track": _("Track"),
    "page": _("Page"),
    "screen": _("Screen"),
    "identify": _("Identify"),
    "group": _("Group"),
    "alias": _("Alias"),
}
MOST_MATCHES = 200
MERGES_DEEP = 5


@dataclass(frozen=True, slots=True)
class Filters:
    """``who`` is a person's or an account's name, or an id; ``text`` stands in a property's value."""

    source: str = ""
    event: str = ""
    type: str = ""
    who: str = ""
    text: str = ""
    show: Show = "accepted"

    @property
    def are_set(self) -> bool:
        return any(getattr(self, field.name) for field in fields(self) if field.name != "show")


@dataclass(frozen=True, slots=True)
class Whose:
    """The numbers of the people and accounts that ``who`` names, among those that the reader may see."""

    people: list[int]
    accounts: list[int]


def read(query: Mapping[str, str]) -> Filters:
    """The filters of an address; what is not known there is left out."""
    given = {name: query.get(name, "").strip().replace("\x00", "")[:200] for name in ("source", "event", "who", "text")}
    kind, show = query.get("type", ""), query.get("show", "")
    shown: Show = next((each for each in get_args(Show) if each == show), "accepted")
    return Filters(**given, type=kind if kind in TYPES else "", show=shown)


def whose(member: Member, who: str) -> Whose:
    """Whom the text names, with everybody who was joined into these people."""
    if not who:
        return Whose([], [])
    named = Q(name__icontains=who) | Q(email__iexact=who) | Q(identifiers__value=who)
    people = access.people(member).filter(named).order_by("pk").values_list("pk", "number").distinct()[:MOST_MATCHES]
    numbers: dict[int, int] = dict(people)
    fresh = list(numbers)
    for _step in range(MERGES_DEEP):
        rows = Person.objects.filter(workspace_id=member.workspace_id, merged_into__in=fresh)
        fresh = [pk for pk, number in rows.values_list("pk", "number") if numbers.setdefault(pk, number) == number]
        if not fresh:
            break
    is_it = Q(name__icontains=who) | Q(other_name__icontains=who) | Q(external_id=who)
    accounts = access.accounts(member).filter(is_it).order_by("pk").values_list("number", flat=True)
    return Whose(list(numbers.values()), list(accounts[:MOST_MATCHES]))
