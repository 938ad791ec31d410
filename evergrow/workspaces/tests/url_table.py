"""This room's addresses and what each asks of its visitor; the gate test fails when one is missing.

``GATED`` maps a URL name to ``(ability, method, arguments besides the workspace)``; the arguments may be a
function ``(workspace) -> dict`` that makes the object to point at. ``PUBLIC`` needs no sign-in.
"""

from typing import Any
from uuid import uuid4

from conftest import make_member
from evergrow.workspaces import actions
from evergrow.workspaces.models import Delivery, Robot, Workspace


def member(workspace: Workspace) -> dict[str, Any]:
    return {"pk": make_member(workspace, "Colleague").pk}


def invitation(workspace: Workspace) -> dict[str, Any]:
    return {"pk": actions.invite(workspace=workspace, email="new@example.com", by=None)[0].pk}


def key(workspace: Workspace) -> dict[str, Any]:
    return {"pk": actions.create_key(workspace=workspace, kind="write", name="Shop", by=None)[0].pk}


def robot(workspace: Workspace) -> dict[str, Any]:
    made = Robot.objects.create(
        workspace=workspace, name="Team", channel="slack", address="https://hooks.example/T1/B1"
    )
    return {"pk": made.pk}


def delivery(workspace: Workspace) -> dict[str, Any]:
    key = f"test:{uuid4().hex}"
    facts = {"channel": "slack", "state": "failed", "is_test": True, "robot_id": robot(workspace)["pk"]}
    return {"pk": Delivery.objects.create(workspace=workspace, dedupe_key=key, **facts).pk}


def notice(workspace: Workspace) -> dict[str, Any]:
    """A notice that the asker may read is their own: those who ask in the gate test find one of nobody's."""
    return {"pk": 0}


GATED: dict[str, tuple[str, str, Any]] = {
    "workspaces:settings": ("view", "GET", {}),
    "workspaces:change_settings": ("administer", "POST", {}),
    "workspaces:members": ("view", "GET", {}),
    "workspaces:member": ("administer", "GET", member),
    "workspaces:remove_member": ("administer", "POST", member),
    "workspaces:invite": ("administer", "POST", {}),
    "workspaces:renew_invitation": ("administer", "POST", invitation),
    "workspaces:revoke_invitation": ("administer", "POST", invitation),
    "workspaces:keys": ("administer", "GET", {}),
    "workspaces:revoke_key": ("administer", "POST", key),
    "workspaces:audit": ("administer", "GET", {}),
    "workspaces:audit_export": ("administer", "GET", {}),
    "workspaces:profile": ("view", "GET", {}),
    "workspaces:change_profile": ("view", "POST", {}),
    "workspaces:change_password": ("view", "POST", {}),
    "workspaces:leave": ("view", "POST", {}),
    "workspaces:absences": ("view", "GET", {}),
    "workspaces:absence_new": ("work", "POST", {}),
    "workspaces:absence_end": ("work", "POST", {"pk": 0}),
    "workspaces:working_days": ("view", "GET", {}),
    "workspaces:own_days": ("administer", "POST", {}),
    "workspaces:own_days_removal": ("administer", "POST", {}),
    "workspaces:holiday_notice": ("administer", "POST", {}),
    "workspaces:holiday_notice_removal": ("administer", "POST", {}),
    "workspaces:notices": ("view", "GET", {}),
    "workspaces:notices_read": ("view", "POST", {}),
    "workspaces:notice_read": ("view", "POST", notice),
    "workspaces:notice_preferences": ("view", "GET", {}),
    "workspaces:channels": ("administer", "GET", {}),
    "workspaces:robot": ("administer", "GET", robot),
    "workspaces:robot_trial": ("administer", "POST", robot),
    "workspaces:robot_removal": ("administer", "POST", robot),
    "workspaces:deliveries": ("administer", "GET", {}),
    "workspaces:delivery_retry": ("administer", "POST", delivery),
}
PUBLIC: set[str] = {
    "start",
    "workspaces",
    "account_login",
    "account_logout",
    "account_inactive",
    "ask_for_link",
    "sign_in_link",
    "invitation",
}
