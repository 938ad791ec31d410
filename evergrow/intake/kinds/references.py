"""What rows refer to: accounts and people that are there already."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from evergrow.customers.models import Account, Identifier
from evergrow.intake.kinds.kind import Chunk, Field
from evergrow.intake.kinds.problems import Problem
from evergrow.intake.kinds.upsert import parts
from evergrow.intake.kinds.values import text

ACCOUNT = Field(
    "account",
    _("account id"),
    text(200),
    is_required=True,
    hint=_("The id the account has in your systems, as in the accounts you imported."),
)

EVENTS_ACCOUNT = Field(ACCOUNT.key, ACCOUNT.label, ACCOUNT.parse, hint=ACCOUNT.hint)


def account_keys(chunk: Chunk) -> dict[str, tuple[int, int]]:
    """``{id in your systems: (primary key, number)}`` of the accounts that a chunk names."""
    known = chunk.memory.setdefault("accounts", {})
    wanted = sorted({value for value in chunk.column("account") if value is not None and value not in known})
    for part in parts(wanted):
        known.update(Account.everyone.known(chunk.source.workspace_id, part))
    return known


def check_account(chunk: Chunk) -> None:
    """Put the primary key of each row's account into ``account_id``, its number into ``account_number``."""
    keys = account_keys(chunk)
    found: list[int | None] = []
    numbers: list[int] = []
    for index, external_id in enumerate(chunk.column("account")):
        key = keys.get(external_id) if external_id is not None else (None, 0)
        if key is None:
            chunk.reject(
                index,
                Problem(
                    _("There is no account with the id “%(value)s”. Import the accounts first."),
                    {"value": external_id},
                    ACCOUNT.label,
                ),
            )
            key = (None, 0)
        found.append(key[0])
        numbers.append(key[1])
    chunk.values["account_id"], chunk.values["account_number"] = found, numbers


def people_by(chunk: Chunk, kind: str, values: Iterable[str | None]) -> dict[str, tuple[int, int]]:
    """``{identifier: (primary key, number)}`` of the people known under these identifiers."""
    known = chunk.memory.setdefault(f"people by {kind}", {})
    wanted = sorted({value for value in values if value is not None})
    rows = Identifier.objects.filter(workspace_id=chunk.source.workspace_id, kind=kind)
    for part in parts([value for value in wanted if value not in known]):
        found = rows.filter(value__in=part).values_list("value", "person_id", "person__number")
        known.update((value, (pk, number)) for value, pk, number in found)
    return {value: known[value] for value in wanted if value in known}
