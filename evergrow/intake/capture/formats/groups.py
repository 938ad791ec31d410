"""Which of several groups is the account, in formats that know groups of many kinds."""

from collections.abc import Mapping
from typing import Any

ACCOUNT_KINDS = (
    "account", "company", "organization", "organisation", "org", "customer", "tenant", "workspace", "team", "group",
)  # fmt: skip


def account_of(groups: Any) -> str | None:
    """The id of the account among groups by kind: the kind that means one, or the only kind there is."""
    if not isinstance(groups, Mapping):
        return None
    named = {str(kind).lower().removesuffix("_id").removesuffix("id"): _first(value) for kind, value in groups.items()}
    named = {kind: value for kind, value in named.items() if value}
    for kind in ACCOUNT_KINDS:
        if kind in named:
            return named[kind]
    return next(iter(named.values())) if len(named) == 1 else None


def account_among(properties: Mapping[str, Any]) -> str | None:
    """The account among an event's properties: under ``account_id``, ``company_id`` and so on, or ``company``."""
    for name in (*(f"{kind}_id" for kind in ACCOUNT_KINDS), "company"):
        found = _first(properties.get(name))
        if found:
            return found
    return None


def _first(value: Any) -> str:
    if isinstance(value, list):
        value = value[0] if value else ""
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
