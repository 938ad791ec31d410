"""Facts of accounts that a question may filter and break down by. Rooms above may register more."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from evergrow.customers.models import Account, AccountStatus, Tier
from evergrow.workspaces.models import Workspace

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Fact:
    """``of(workspace)`` gives the value by account number; accounts without a value are left out."""

    key: str
    label: Words
    of: Callable[[Workspace], Mapping[int, str]]
    words: Mapping[str, Words] | None = None

    def shown(self, value: str) -> str:
        """How a value is shown to the reader."""
        return str((self.words or {}).get(value, value))


_facts: dict[str, Fact] = {}


def register(fact: Fact) -> None:
    """Offer a fact to every question; the same key again replaces it."""
    _facts[fact.key] = fact


def every() -> list[Fact]:
    return list(_facts.values())


def keys() -> list[str]:
    return list(_facts)


def get(key: str) -> Fact:
    """The fact with this key. Raises KeyError; parsing has already refused unknown ones."""
    return _facts[key]


def _column(name: str) -> Callable[[Workspace], dict[int, str]]:
    def of(workspace: Workspace) -> dict[int, str]:
        rows: Any = Account.objects.filter(workspace=workspace).values_list("number", name)
        return {number: str(value) for number, value in rows if value not in (None, "")}

    return of


def _choices(choices: Any) -> dict[str, Words]:
    return {str(value): label for value, label in choices.choices}


for _fact in (
    Fact("tier", pgettext_lazy("of an account", "Tier"), _column("tier"), _choices(Tier)),
    Fact("status", pgettext_lazy("of an account", "Status"), _column("status"), _choices(AccountStatus)),
    Fact("plan", pgettext_lazy("of an account", "Plan"), _column("plan")),
    Fact("country", pgettext_lazy("of an account", "Country"), _column("country")),
    Fact("industry", pgettext_lazy("of an account", "Industry"), _column("industry")),
    Fact("size", pgettext_lazy("of an account", "Company size"), _column("size")),
    Fact("channel", pgettext_lazy("of an account", "First touch"), _column("channel")),
    Fact("mrr", _("MRR"), _column("mrr")),
):
    register(_fact)
