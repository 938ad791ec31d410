"""How many people or accounts meet criteria, and a few of them, as far as a member may see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models import QuerySet

from evergrow.customers import access, criteria
from evergrow.customers.criteria.tree import Kind
from evergrow.customers.models import Account, Person
from evergrow.workspaces.models import AccountScope, Member

SHOWN = 8


@dataclass(frozen=True, slots=True)
class Preview:
    """``size`` of ``total`` meet them; ``rows`` are a few accounts or people, by number."""

    kind: Kind
    sentence: str
    size: int
    total: int
    rows: Sequence[Account | Person]

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return self.size / self.total if self.total else 0.0


def preview(member: Member, asked: criteria.Criteria, shown: int = SHOWN) -> Preview:
    """Raises CostError, ``warehouse.StoreUnavailable``."""
    visible: QuerySet[Any] = access.accounts(member) if asked.kind == "account" else access.people(member)
    if member.scope == AccountScope.ALL:
        size, numbers = criteria.preview(member.workspace, asked, shown)
    else:
        seen = np.fromiter(visible.values_list("number", flat=True).order_by(), np.uint32)
        numbers = np.intersect1d(criteria.find(member.workspace, asked), seen)
        size = len(numbers)
    rows = list(visible.filter(number__in=numbers[:shown].tolist()).order_by("number"))
    return Preview(asked.kind, criteria.sentence(asked), size, visible.count(), rows)
