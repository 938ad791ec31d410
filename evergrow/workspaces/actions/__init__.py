"""The write verbs of this room. Pages, API, jobs and commands call these."""

from evergrow.workspaces.actions.invitations import (
    accept_invitation,
    invite,
    renew_invitation,
    revoke_invitation,
)
from evergrow.workspaces.actions.keys import create_key, revoke_key
from evergrow.workspaces.actions.links import make_sign_in_link, use_sign_in_link
from evergrow.workspaces.actions.members import add_member, change_member, change_role, change_scope, remove_member
from evergrow.workspaces.actions.profile import change_password, change_profile
from evergrow.workspaces.actions.workspaces import change_workspace, create_workspace

__all__ = [
    "accept_invitation",
    "add_member",
    "change_member",
    "change_password",
    "change_profile",
    "change_role",
    "change_scope",
    "change_workspace",
    "create_key",
    "create_workspace",
    "invite",
    "make_sign_in_link",
    "remove_member",
    "renew_invitation",
    "revoke_invitation",
    "revoke_key",
    "use_sign_in_link",
]
