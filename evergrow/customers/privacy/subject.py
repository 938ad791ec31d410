"""One human as the rights of people see them: every row and number they are, every id and word that names them."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import quote, quote_plus

from django.db.models import Q, QuerySet

from evergrow.customers.models import Affiliation, Identifier, Person
from evergrow.lib.digits import small
from evergrow.workspaces.models import Workspace

SHORTEST_ID = 8
SHORTEST_PHONE = 7


@dataclass(frozen=True, slots=True)
class Subject:
    """``people`` are primary keys and ``numbers`` the numbers of the person and of all who were merged into them.

    ``ids`` are the values of their identifiers. ``words`` are the ones unlike any other text (emails, phone numbers,
    long ids), which are looked for everywhere; ``names`` only where their ``accounts`` are spoken of.
    ``others`` are longer names of other people there, which must not be damaged.
    """

    workspace_id: int
    people: list[int]
    numbers: list[int]
    ids: list[str]
    words: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    accounts: list[int] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def spellings(self) -> list[str]:
        """``words`` as they stand in text, and as they stand in addresses."""
        forms = [form for word in self.words for form in (word, quote(word, safe=""), quote_plus(word))]
        return list(dict.fromkeys(forms))


def read(kept: dict[str, Any]) -> Subject:
    """A subject from what ``as_json`` gave."""
    return Subject(**kept)


def subject_of(person: Person) -> Subject:
    """Everything that is this person; ``person`` may be one that was merged into another."""
    root = person.merged_into or person
    rows = [root, *root.merged_from.order_by("pk")]
    keys = [row.pk for row in rows]
    known = Identifier.objects.filter(person__in=keys).values_list("value", flat=True)
    emails = {row.email.lower() for row in rows if row.email}
    ids = list(dict.fromkeys([*known, *sorted(emails)]))
    accounts = list(Affiliation.objects.filter(person__in=keys).values_list("account", flat=True).distinct())
    names = [name for name in dict.fromkeys(row.name.strip() for row in rows) if _is_telling(name)]
    names, others = _apart(names, keys, accounts)
    phones = [row.phone.strip() for row in rows if sum(map(str.isdigit, row.phone)) >= SHORTEST_PHONE]
    words = [value for value in ids if _is_unlike_others(value)]
    return Subject(
        root.workspace_id,
        keys,
        [row.number for row in rows],
        ids,
        list(dict.fromkeys([*words, *phones])),
        names,
        others,
        accounts,
    )


def _is_telling(name: str) -> bool:
    """Whether a name can be looked for in text: two Chinese characters, or two words of Latin ones."""
    return len(name) >= 2 and (not name.isascii() or (" " in name and len(name) >= 5))


def _is_unlike_others(value: str) -> bool:
    """Whether an id can be looked for in any text without meeting something else by chance."""
    return "@" in value or (len(value) >= SHORTEST_ID and not value.isalpha())


def _apart(names: list[str], keys: list[int], accounts: list[int]) -> tuple[list[str], list[str]]:
    """The names that nobody else at these accounts has, and the longer names of others that contain one of them."""
    if not names:
        return [], []
    holds = Q()
    for name in names:
        holds |= Q(name__icontains=name)
    there = Person.objects.filter(holds, affiliations__account__in=accounts).exclude(pk__in=keys)
    others = sorted(set(there.values_list("name", flat=True)), key=len, reverse=True)
    taken = {name.casefold() for name in others}
    return [name for name in names if name.casefold() not in taken], others


def find_people(workspace: Workspace, text: str) -> "QuerySet[Person]":
    """Everybody whom an id, email, phone number, number (#12) or name may mean, merged rows as their whole."""
    said = text.strip()
    known = Identifier.objects.filter(workspace=workspace, value__in={said, said.lower()})
    mine = Q(pk__in=known.values("person")) | Q(email__iexact=said) | Q(phone=said) | Q(name__iexact=said)
    if number := small(said.removeprefix("#")):
        mine |= Q(number=number)
    rows = Person.objects.filter(mine, workspace=workspace)
    roots: Iterable[int] = {into or key for key, into in rows.values_list("pk", "merged_into")} if said else ()
    return Person.objects.filter(pk__in=roots).order_by("name", "number")
