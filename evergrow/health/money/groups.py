"""By what the measures are split: tier, owner, plan or segment, as the accounts are today."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from evergrow.customers.models import Account, Segment, SegmentKind, TeamRole, TeamSeat
from evergrow.customers.segments import membership
from evergrow.customers.tiers import scheme
from evergrow.health.money.ledger import Array, Ledger
from evergrow.workspaces.models import Workspace

MOST = 40
NOTHING = "-"


class By(StrEnum):
    TIER = "tier"
    PLAN = "plan"
    OWNER = "owner"
    SEGMENT = "segment"


NAMES: dict[By, str | Promise] = {
    By.TIER: gettext_lazy("Tier"),
    By.PLAN: pgettext_lazy("subscription", "Plan"),
    By.OWNER: gettext_lazy("Owner"),
    By.SEGMENT: gettext_lazy("Segment"),
}


@dataclass(frozen=True, slots=True)
class Group:
    """Some of the ledger's accounts, as a mask; ``query`` is how the account list finds them."""

    key: str
    label: str
    members: Array
    query: str = ""


def groups(workspace: Workspace, ledger: Ledger, by: By) -> list[Group]:
    """The groups, the largest first. Segments may overlap; all others part the accounts."""
    found = _segments(workspace, ledger) if by is By.SEGMENT else _valued(ledger, *_values(workspace, by))
    return sorted(found, key=lambda group: -int(group.members.sum()))[:MOST]


def _values(workspace: Workspace, by: By) -> tuple[Mapping[int, str], Mapping[str, str]]:
    """The value of each account by primary key, and what values are called."""
    if by is By.OWNER:
        seats = TeamSeat.objects.filter(account__workspace=workspace, role=TeamRole.CSM, ended_on=None)
        seats = seats.select_related("member__user")
        return {seat.account_id: str(seat.member_id) for seat in seats}, {
            str(seat.member_id): str(seat.member) for seat in seats
        }
    rows = dict(Account.objects.filter(workspace=workspace).values_list("pk", by.value))
    names = dict(scheme.of(workspace).choices) if by is By.TIER else {}
    return rows, names


def _valued(ledger: Ledger, values: Mapping[int, str], names: Mapping[str, str]) -> list[Group]:
    own = np.array([values.get(pk) or NOTHING for pk in ledger.accounts.tolist()], dtype=object)
    return [
        Group(value, _("None of them") if value == NOTHING else names.get(value, value), np.asarray(own == value))
        for value in sorted(set(own.tolist()))
    ]


def _segments(workspace: Workspace, ledger: Ledger) -> list[Group]:
    numbers = dict(Account.objects.filter(workspace=workspace).values_list("pk", "number"))
    own = np.array([numbers.get(pk, 0) for pk in ledger.accounts.tolist()], dtype=np.int64)
    language = get_language() or "en"
    rows = Segment.objects.filter(workspace=workspace, kind=SegmentKind.ACCOUNT, retired_at=None)
    rows = rows.exclude(as_of=None).order_by("-size")[:MOST]
    stored = membership.stored_of(workspace.pk, list(rows))
    return [
        Group(str(segment.pk), segment.called(language), np.isin(own, stored.get(segment.pk, np.zeros(0))))
        for segment in rows
    ]
