"""This room's addresses and what each asks of its visitor; the gate test fails when one is missing.

``GATED`` maps a URL name to ``(ability, method, arguments besides the workspace)``; the arguments may be a
function ``(workspace) -> dict`` that makes the object to point at. ``PUBLIC`` needs no sign-in.
"""

from datetime import date, timedelta
from typing import Any

from evergrow import warehouse
from evergrow.customers.models import IdealProfile, TierScheme
from evergrow.customers.tests.stage import make_account, make_person
from evergrow.customers.tiers.scheme import STANDARD_DEFINITION
from evergrow.workspaces.models import Workspace


def an_account(workspace: Workspace) -> dict[str, Any]:
    return {"number": make_account(workspace).number}


def a_tab(workspace: Workspace) -> dict[str, Any]:
    return {**an_account(workspace), "tab": "timeline"}


def a_person(workspace: Workspace) -> dict[str, Any]:
    return {"number": make_person(make_account(workspace)).number}


def a_place(workspace: Workspace) -> dict[str, Any]:
    account = make_account(workspace)
    return {"number": account.number, "person": make_person(account).number}


def a_note(workspace: Workspace) -> dict[str, Any]:
    account = make_account(workspace)
    return {"number": account.number, "pk": account.notes.create(body="Decides in May.").pk}


def a_visit(workspace: Workspace) -> dict[str, Any]:
    account = make_account(workspace)
    return {"number": account.number, "pk": account.visits.create(happened_on=date(2026, 3, 1), need="x").pk}


def with_store(workspace: Workspace) -> dict[str, Any]:
    """Pages that read the event store need its tables."""
    warehouse.migrate()
    return {}


def a_request(workspace: Workspace) -> dict[str, Any]:
    made = make_account(workspace)
    asked = made.tier_requests.create(tier="vip", reason="Why", until=workspace.today() + timedelta(days=9))
    return {"pk": asked.pk}


def a_use(workspace: Workspace) -> dict[str, Any]:
    made = make_account(workspace)
    line = made.entitlement_uses.create(entitlement="training", on=workspace.today(), quantity=1)
    return {"number": made.number, "pk": line.pk}


def a_scheme(workspace: Workspace) -> dict[str, Any]:
    TierScheme.objects.get_or_create(
        workspace=workspace, number=1, defaults={"state": "published", "definition": STANDARD_DEFINITION}
    )
    return {"number": 1}


def a_scheme_draft(workspace: Workspace) -> dict[str, Any]:
    warehouse.migrate()
    TierScheme.objects.get_or_create(workspace=workspace, number=1, defaults={"definition": STANDARD_DEFINITION})
    return {}


def a_profile(workspace: Workspace) -> dict[str, Any]:
    warehouse.migrate()
    part = {"key": "retail", "name": {"en": "Retail"}, "kind": "must", "criteria": {"trait": "industry", "is": ["x"]}}
    IdealProfile.objects.get_or_create(
        workspace=workspace, number=1, defaults={"state": "published", "definition": {"criteria": [part]}}
    )
    return {"number": 1}


def a_profile_to_export(workspace: Workspace) -> dict[str, Any]:
    a_profile(workspace)
    return {}


def with_key(key: str) -> dict[str, Any]:
    return {"key": key}


GATED: dict[str, tuple[str, str, Any]] = {
    "customers:accounts": ("view", "GET", {}),
    "customers:accounts_export": ("view", "GET", {}),
    "customers:accounts_hand_over": ("manage", "POST", {}),
    "customers:accounts_tier": ("manage", "POST", {}),
    "customers:accounts_filter": ("view", "GET", {"key": "tier"}),
    "customers:views": ("view", "POST", {}),
    "customers:view": ("view", "GET", {"pk": 1}),
    "customers:view_delete": ("view", "GET", {"pk": 1}),
    "customers:account_new": ("work", "GET", {}),
    "customers:account": ("view", "GET", an_account),
    "customers:account_edit": ("work", "GET", an_account),
    "customers:account_tier": ("manage", "GET", an_account),
    "customers:tier_ask": ("work", "GET", an_account),
    "customers:tier_end": ("manage", "POST", an_account),
    "customers:tier_review": ("work", "GET", an_account),
    "customers:entitlement_use": ("work", "GET", an_account),
    "customers:entitlement_reversal": ("work", "GET", a_use),
    "customers:tiers": ("view", "GET", {}),
    "customers:tier_decision": ("manage", "POST", {}),
    "customers:tier_approval": ("manage", "POST", a_request),
    "customers:tier_refusal": ("manage", "GET", a_request),
    "customers:tier_withdrawal": ("work", "POST", a_request),
    "customers:entitlements": ("view", "GET", {}),
    "customers:tier_scheme": ("view", "GET", {}),
    "customers:tier_export": ("view", "GET", {}),
    "customers:tier_version": ("view", "GET", a_scheme),
    "customers:tier_draft": ("manage", "GET", {}),
    "customers:tier_preview": ("manage", "GET", a_scheme_draft),
    "customers:tier_upload": ("manage", "POST", {}),
    "customers:tier_publication": ("manage", "POST", {}),
    "customers:tier_discard": ("manage", "POST", {}),
    "customers:tier_rule": ("manage", "GET", with_key("vip")),
    "customers:tier_removal": ("manage", "POST", with_key("vip")),
    "customers:tier_entitlement": ("manage", "GET", with_key("training")),
    "customers:tier_entitlement_removal": ("manage", "POST", with_key("training")),
    "customers:icp": ("view", "GET", {}),
    "customers:icp_export": ("view", "GET", a_profile_to_export),
    "customers:icp_version": ("view", "GET", a_profile),
    "customers:icp_computation": ("manage", "POST", {}),
    "customers:icp_draft": ("manage", "GET", with_store),
    "customers:icp_upload": ("manage", "POST", {}),
    "customers:icp_publication": ("manage", "POST", {}),
    "customers:icp_discard": ("manage", "POST", {}),
    "customers:icp_criterion": ("manage", "GET", with_key("new")),
    "customers:icp_criterion_removal": ("manage", "POST", with_key("retail")),
    "customers:portrait": ("view", "GET", {}),
    "customers:portrait_export": ("view", "GET", {}),
    "customers:account_team": ("manage", "GET", an_account),
    "customers:note_new": ("work", "GET", an_account),
    "customers:note": ("work", "GET", a_note),
    "customers:visit_new": ("work", "GET", an_account),
    "customers:visit": ("work", "GET", a_visit),
    "customers:person_new": ("work", "GET", an_account),
    "customers:place": ("work", "GET", a_place),
    "customers:account_tab": ("view", "GET", a_tab),
    "customers:criteria": ("view", "GET", {}),
    "customers:criteria_preview": ("view", "POST", {}),
    "customers:criteria_choices": ("view", "GET", {}),
    "customers:criteria_text": ("view", "POST", {}),
    "customers:people": ("view", "GET", {}),
    "customers:people_export": ("view", "GET", {}),
    "customers:person": ("view", "GET", a_person),
    "customers:person_edit": ("work", "GET", a_person),
}
PUBLIC: set[str] = set()
