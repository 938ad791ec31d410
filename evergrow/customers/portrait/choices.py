"""Groups to choose from for a portrait: states, tiers, segments, or any criteria."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from evergrow.customers import criteria
from evergrow.customers.criteria import Criteria, CriteriaError
from evergrow.customers.models import AccountStatus, Segment
from evergrow.customers.tiers import scheme as schemes
from evergrow.workspaces.models import Workspace

KINDS = ("account", "person")


@dataclass(frozen=True, slots=True)
class Choice:
    """``token`` stands in the address; ``data`` is the group as criteria."""

    token: str
    label: str
    data: Mapping[str, Any]


def offered(workspace: Workspace, kind: str) -> list[tuple[str, list[Choice]]]:
    """The groups of a kind under their headings."""
    found = [(_("Status"), [_status(status, kind) for status in AccountStatus])]
    tiers = [_tier(tier.key, tier.name, kind) for tier in schemes.of(workspace).tiers]
    found.append((_("Tier"), tiers))
    if segments := _segments(workspace, kind):
        found.append((_("Segments"), segments))
    return found


def _at_account(data: dict[str, Any], kind: str) -> dict[str, Any]:
    """What is asked of accounts, asked of the people there."""
    return data if kind == "account" else {"account": {"all": [data]}}


def _status(status: AccountStatus, kind: str) -> Choice:
    data = _at_account({"trait": "status", "is": [str(status)]}, kind)
    return Choice(f"status:{status}", str(status.label), {"all": [data]})


def _tier(key: str, name: str, kind: str) -> Choice:
    return Choice(f"tier:{key}", name, {"all": [_at_account({"trait": "tier", "is": [key]}, kind)]})


def _segments(workspace: Workspace, kind: str) -> list[Choice]:
    rows = Segment.objects.filter(workspace=workspace, kind=kind, retired_at=None).order_by("pk")
    return [Choice(f"segment:{row.pk}", str(row), {"all": [{"segment": row.pk}]}) for row in rows]


def read(workspace: Workspace, kind: str, token: str, typed: str = "") -> tuple[str, Criteria] | None:
    """The group of an address with its name: a token, or criteria as JSON. None for none.

    Raises CriteriaError for criteria that cannot be used.
    """
    if typed.strip():
        try:
            data = json.loads(typed)
        except ValueError:
            raise CriteriaError("", _("The criteria are no JSON.")) from None
        parsed = criteria.parse(data, kind, workspace)
        return criteria.sentence(parsed, workspace), parsed
    for _heading, choices in offered(workspace, kind):
        for choice in choices:
            if choice.token == token:
                return choice.label, criteria.parse(dict(choice.data), kind, workspace)
    return None
