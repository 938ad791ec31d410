"""This room's addresses and what each asks of its visitor; the gate test fails when one is missing.

``GATED`` maps a URL name to ``(ability, method, arguments besides the workspace)``; the arguments may be a
function ``(workspace) -> dict`` that makes the object to point at. ``PUBLIC`` needs no sign-in.
"""

from typing import Any

from conftest import make_member
from evergrow.workspaces import actions
from evergrow.workspaces.models import Workspace


def member(workspace: Workspace) -> dict[str, Any]:
    return {"pk": make_member(workspace, "Colleague").pk}


def invitation(workspace: Workspace) -> dict[str, Any]:
    return {"pk": actions.invite(workspace=workspace, email="new@example.com", by=None)[0].pk}


def key(workspace: Workspace) -> dict[str, Any]:
    return {"pk": actions.create_key(workspace=workspace, kind="write", name="Shop", by=None)[0].pk}


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
    "workspaces:notices": ("view", "GET", {}),
    "workspaces:notices_read": ("view", "POST", {}),
    "workspaces:notice_read": ("view", "POST", notice),
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
