"""What kinds of rows a bulk change may be about. A room above registers its own with ``register``."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from evergrow.customers.models import Account, Person


@dataclass(frozen=True, slots=True)
class Subject:
    """``everybody`` gives all rows, hidden ones too; ``url`` the address of one (workspace's slug, row)."""

    model: type[models.Model]
    label: str | Promise
    everybody: Callable[[], Any]
    url: Callable[[str, Any], str] | None = None


SUBJECTS: dict[str, Subject] = {
    "account": Subject(Account, gettext_lazy("Accounts"), lambda: Account.everyone.all()),
    "person": Subject(Person, gettext_lazy("People"), lambda: Person.objects.all()),
}


def register(key: str, subject: Subject) -> None:
    """Let bulk changes be about further rows; ``key`` has at most 8 characters."""
    SUBJECTS[key] = subject


def url_of(row: models.Model, slug: str) -> str:
    """The address of a row of a registered kind; empty where it has none."""
    found = next((each for each in SUBJECTS.values() if type(row) is each.model and each.url), None)
    return found.url(slug, row) if found and found.url else ""
