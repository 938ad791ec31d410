"""This room's addresses and what each asks of its visitor; the gate test fails when one is missing.

``GATED`` maps a URL name to ``(ability, method, arguments besides the workspace)``; the arguments may be a
function ``(workspace) -> dict`` that makes the object to point at. ``PUBLIC`` needs no sign-in.
"""

from datetime import date
from typing import Any

from evergrow.customers.actions.segments import create_segment, save_draft
from evergrow.customers.models import Segment
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


def segment(workspace: Workspace) -> Segment:
    return create_segment(workspace=workspace, name="Rich", kind="account", criteria={"all": []}, by=None)


def a_segment(workspace: Workspace) -> dict[str, Any]:
    return {"key": segment(workspace).key}


def a_drafted_segment(workspace: Workspace) -> dict[str, Any]:
    made = segment(workspace)
    save_draft(segment=made, criteria={"trait": "mrr", "over": 5}, by=None)
    return {"key": made.key}


def a_list(workspace: Workspace) -> dict[str, Any]:
    number = make_account(workspace).number
    return {"key": create_segment(workspace=workspace, name="Guests", kind="account", numbers=[number], by=None).key}


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
    "customers:segments": ("view", "GET", {}),
    "customers:segment_new": ("work", "GET", {}),
    "customers:segments_overlap": ("view", "GET", {}),
    "customers:segments_overlap_behind": ("view", "GET", {}),
    "customers:segments_overlap_save": ("work", "POST", {}),
    "customers:segments_exchange": ("view", "GET", {}),
    "customers:segment_from_accounts": ("work", "POST", {}),
    "customers:segment_from_people": ("work", "POST", {}),
    "customers:segment": ("view", "GET", a_segment),
    "customers:segment_status": ("view", "GET", a_segment),
    "customers:segment_members": ("view", "GET", a_list),
    "customers:segment_export": ("view", "GET", a_list),
    "customers:segment_put": ("work", "POST", a_list),
    "customers:segment_take_off": ("work", "POST", a_list),
    "customers:segment_moves": ("view", "GET", a_segment),
    "customers:segment_versions": ("view", "GET", a_drafted_segment),
    "customers:segment_why": ("view", "GET", a_segment),
    "customers:segment_alike": ("view", "GET", a_list),
    "customers:segment_alike_save": ("work", "POST", a_list),
    "customers:segment_edit": ("work", "GET", a_segment),
    "customers:segment_publish": ("work", "POST", a_drafted_segment),
    "customers:segment_drop_draft": ("work", "POST", a_drafted_segment),
    "customers:segment_duplicate": ("work", "POST", a_segment),
    "customers:segment_retire": ("work", "POST", a_segment),
    "customers:segment_bring_back": ("work", "POST", a_segment),
    "customers:segment_refresh": ("work", "POST", a_segment),
}
PUBLIC: set[str] = set()
