"""This room's addresses and what each asks of its visitor; the gate test fails when one is missing.

``GATED`` maps a URL name to ``(ability, method, arguments besides the workspace)``; the arguments may be a
function ``(workspace) -> dict`` that makes the object to point at. ``PUBLIC`` needs no sign-in.
"""

from datetime import date
from typing import Any

from evergrow.customers.tests.stage import make_account, make_person
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


def a_computed_trait(workspace: Workspace) -> dict[str, Any]:
    from evergrow.customers.models import ComputedTrait, ComputedTraitVersion

    trait = ComputedTrait.objects.create(
        workspace=workspace, kind="person", key=f"visits_{ComputedTrait.objects.count()}"
    )
    ComputedTraitVersion.objects.create(trait=trait, number=1, definition={"measure": "count", "event": "*"})
    return {"pk": trait.pk}


def a_computed_act(workspace: Workspace) -> dict[str, Any]:
    return {**a_computed_trait(workspace), "what": "computation"}


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
    "customers:person_trait": ("view", "GET", a_person),
    "customers:account_trait": ("view", "GET", an_account),
    "customers:traits": ("view", "GET", {}),
    "customers:trait": ("view", "GET", {}),
    "customers:trait_describe": ("manage", "GET", {}),
    "customers:traits_export": ("view", "GET", {}),
    "customers:traits_exchange": ("manage", "GET", {}),
    "customers:computed_trait_new": ("manage", "GET", {}),
    "customers:computed_trait_preview": ("manage", "POST", {}),
    "customers:computed_trait": ("manage", "GET", a_computed_trait),
    "customers:computed_trait_act": ("manage", "POST", a_computed_act),
}
PUBLIC: set[str] = set()
