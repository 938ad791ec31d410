"""The fields of people and accounts that are traits, under their own names."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db.models import Q, QuerySet

from evergrow.customers.criteria.tree import Kind
from evergrow.customers.models import Account, Affiliation, Person, TeamRole, TeamSeat
from evergrow.workspaces.models import Workspace

PERSON = ("name", "email", "phone", "title", "is_anonymous", "first_seen_at", "last_seen_at", "created_at")
ACCOUNT = (
    *("name", "domain", "country", "industry", "size", "channel", "signed_up_on", "tier", "status", "plan", "mrr"),
    *("seats", "customer_since", "renews_on", "cancelled_on", "created_at"),
)
OWNER = "owner"
# The account above by its name and its id, and the ids of all above it, the nearest first
PARENT, PARENT_ID, ANCESTORS = "parent", "parent_id", "ancestors"
BUILT_IN: dict[Kind, tuple[str, ...]] = {"person": PERSON, "account": (*ACCOUNT, OWNER, PARENT, PARENT_ID, ANCESTORS)}
STEP = 5_000

Row = tuple[int, dict[str, Any]]  # a number with its values by trait


def rows(workspace: Workspace, kind: Kind, numbers: Sequence[int] | None) -> Iterator[list[Row]]:
    """Everything that people or accounts say of themselves, in blocks: of these numbers, or of all."""
    return _people(workspace, numbers) if kind == "person" else _accounts(workspace, numbers)


def _people(workspace: Workspace, numbers: Sequence[int] | None) -> Iterator[list[Row]]:
    found = Person.objects.filter(workspace=workspace, merged_into=None, trashed=None)
    for block in _blocks(found, numbers, ("number", "traits", *PERSON)):
        yield [(number, _together(traits, PERSON, values)) for _pk, number, traits, *values in block]


def _accounts(workspace: Workspace, numbers: Sequence[int] | None) -> Iterator[list[Row]]:
    tops = _tops(workspace)
    here = Account.objects.filter(workspace=workspace)
    for block in _blocks(here, numbers, ("number", "traits", "parent_id", *ACCOUNT)):
        owners = dict(
            TeamSeat.objects.filter(account__in=[pk for pk, *_ in block], role=TeamRole.CSM, ended_on=None).values_list(
                "account_id", "member__user__email"
            )
        )
        yield [
            (number, _together(traits, ACCOUNT, values) | {OWNER: owners.get(pk)} | _above(tops, pk, parent))
            for pk, number, traits, parent, *values in block
        ]


Top = tuple[int | None, str, str]  # its own parent's key, its id, its name


def _tops(workspace: Workspace) -> dict[int, Top]:
    """Every account that stands above another one, by key."""
    below = Account.objects.filter(workspace=workspace).exclude(parent=None)
    rows = Account.objects.filter(pk__in=below.values("parent")).values_list("pk", "parent_id", "external_id", "name")
    return {pk: (parent, external_id, name) for pk, parent, external_id, name in rows}


def _above(tops: Mapping[int, Top], pk: int, parent: int | None) -> dict[str, Any]:
    """The traits that say where an account stands; nothing above one that was deleted."""
    ids: list[str] = []
    seen, key, name = {pk}, parent, None
    while key is not None and key not in seen and (top := tops.get(key)):
        seen.add(key)
        name = name or top[2]
        ids.append(top[1])
        key = top[0]
    return {PARENT: name, PARENT_ID: ids[0] if ids else None, ANCESTORS: ids}


def _together(traits: dict[str, Any], names: Sequence[str], values: Sequence[Any]) -> dict[str, Any]:
    """Custom traits, then the built-in ones, which win."""
    return {**traits, **dict(zip(names, values, strict=True))}


def _blocks(found: QuerySet[Any], numbers: Sequence[int] | None, names: Sequence[str]) -> Iterator[list[Any]]:
    """Values of rows behind their keys, a block at a time, by key."""
    if numbers is not None:
        for start in range(0, len(numbers), STEP):
            yield list(found.filter(number__in=numbers[start : start + STEP]).values_list("pk", *names))
        return
    last = 0
    while block := list(found.filter(pk__gt=last).order_by("pk").values_list("pk", *names)[:STEP]):
        last = block[-1][0]
        yield block


def places(workspace: Workspace, people: Sequence[int] | None) -> Iterator[list[Any]]:
    """Places at accounts in blocks: of these people, or of all; none of or at those who were merged or deleted."""
    found = Affiliation.objects.filter(
        account__workspace=workspace, account__merged_into=None, account__trashed=None, person__merged_into=None
    ).filter(person__trashed=None)
    last = 0
    which = (
        [Q()]
        if people is None
        else [Q(person__number__in=people[start : start + STEP]) for start in range(0, len(people), STEP)]
    )
    for condition in which:
        last = 0
        while block := list(
            found.filter(condition, pk__gt=last)
            .order_by("pk")
            .values("pk", "account__number", "person__number", "influence", "is_key", "started_on", "ended_on")[:STEP]
        ):
            last = block[-1]["pk"]
            yield block
