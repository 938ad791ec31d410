"""The account list's filter “money”: the accounts behind a number of the money page."""

import re
from datetime import date

import numpy as np
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evergrow.customers import registry
from evergrow.health.money import ledger as ledgers
from evergrow.health.money.parts import Part, mask
from evergrow.health.money.report import visible
from evergrow.workspaces.models import Member

MOST_ACCOUNTS = 30_000


def value(part: Part, start: date, end: date) -> str:
    """How the filter stands in an address: ``churn@2026-01-31..2026-02-28``."""
    return f"{part.value}@{start}..{end}"


def condition(member: Member, values: list[str]) -> Q:
    """Accounts behind any of these numbers. Raises ValueError with a sentence for what cannot be read."""
    asked = [_parse(text) for text in values]
    ledger = ledgers.read(member.workspace, visible(member))
    found: set[int] = set()
    for part, start, end in asked:
        found.update(ledger.accounts[np.flatnonzero(mask(ledger.span(start, end), part))].tolist())
    if len(found) > MOST_ACCOUNTS:
        raise ValueError(_("More than %(most)s accounts are behind this.") % {"most": f"{MOST_ACCOUNTS:,}"})
    return Q(pk__in=sorted(found))


def _parse(text: str) -> tuple[Part, date, date]:
    found = re.fullmatch(r"([a-z]+)@(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)", text, re.ASCII)
    try:
        if found:
            return Part(found[1]), date.fromisoformat(found[2]), date.fromisoformat(found[3])
    except ValueError:
        pass
    raise ValueError(
        _("“%(text)s” cannot be read. Write a movement and two days: churn@2026-01-31..2026-02-28.")
        % {"text": text[:80]}
    )


registry.add(
    registry.Filter(
        "money",
        gettext_lazy("Revenue moved"),
        condition,
        kind="text",
        hint=gettext_lazy("A movement between the ends of two days: churn@2026-01-31..2026-02-28."),
        position=132,
    )
)
