"""What the accounts somebody may see are worth together, and how that is spread."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from evergrow.customers.models import Account
from evergrow.health.value.models import AccountValue
from evergrow.lib.sheets import Cell
from evergrow.workspaces.models import Workspace

TENTH = 10


@dataclass(frozen=True, slots=True)
class Portfolio:
    """``spread``: what each tenth of the accounts, from the most valuable down, is worth; ``top`` the share (0–1) of
    the first tenth. ``mean`` and ``median`` are of an account."""

    accounts: int
    total: float
    mean: float | None
    median: float | None
    top: float | None
    spread: list[float]
    as_of: date | None


def rows(workspace: Workspace, accounts: QuerySet[Account]) -> QuerySet[AccountValue]:
    """The values of these accounts, largest first."""
    found = AccountValue.objects.filter(workspace=workspace, account__in=accounts.order_by().values("pk"))
    return found.select_related("account").order_by("-value", "pk")


def read(workspace: Workspace, accounts: QuerySet[Account]) -> Portfolio:
    found = list(rows(workspace, accounts).values_list("value", "as_of"))
    values = np.array([value for value, _day in found])
    if not len(values):
        return Portfolio(0, 0.0, None, None, None, [], None)
    tenths = [float(part.sum()) for part in np.array_split(values, TENTH)]
    total = float(values.sum())
    top = tenths[0] / total if total else None
    mean, median = float(values.mean()), float(np.median(values))
    return Portfolio(len(values), total, mean, median, top, tenths, found[0][1])


def sheet(workspace: Workspace, accounts: QuerySet[Account]) -> tuple[list[str], Iterator[list[Cell]]]:
    """A row per account; amounts in the workspace's currency, shares between 0 and 1."""
    language = get_language() or "en"
    heads = [
        _("Account"),
        _("id in your systems"),
        _("Lifetime value"),
        _("95% interval, lower end"),
        _("95% interval, upper end"),
        _("Chance to stay"),
        _("Expected purchases"),
        _("Months ahead"),
        _("As of"),
    ]
    return heads, (
        [
            row.account.called(language),
            row.account.external_id,
            round(row.value, 2),
            *(None if end is None else round(end, 2) for end in (row.low, row.high)),
            None if row.alive is None else round(row.alive, 6),
            None if row.expected is None else round(row.expected, 4),
            row.months,
            row.as_of,
        ]
        for row in rows(workspace, accounts).iterator(chunk_size=2000)
    )
