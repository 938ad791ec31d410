"""The fields of people and accounts that are traits, under their own names."""

from collections.abc import Iterator, Sequence
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
BUILT_IN: dict[Kind, tuple[str, ...]] = {"person": PERSON, "account": (*ACCOUNT, OWNER)}
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
    for block in _blocks(Account.objects.filter(workspace=workspace), numbers, ("number", "traits", *ACCOUNT)):
        owners = dict(
            TeamSeat.objects.filter(account__in=[pk for pk, *_ in block], role=TeamRole.CSM, ended_on=None).values_list(
                "account_id", "member__user__email"
            )
        )
        yield [
            (number, _together(traits, ACCOUNT, values) | {OWNER: owners.get(pk)})
            for pk, number, traits, *values in block
        ]


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
