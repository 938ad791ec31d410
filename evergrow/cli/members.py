"""``evergrow member``: who may sign in, and a one-time link for those who cannot get mail."""

import argparse
from typing import Any

from evergrow.cli import Refused, address


def add_to(commands: Any) -> None:
    parser = commands.add_parser("member", help="add members, change roles, make sign-in links", description=__doc__)
    acts = parser.add_subparsers(title="acts", metavar="ACT", required=True)
    add = acts.add_parser("add", help="make somebody a member")
    add.add_argument("email")
    add.add_argument("--workspace", required=True, help="the workspace's short name, as in its address")
    add.add_argument("--name", default="")
    add.add_argument("--role", default="operator", choices=["owner", "admin", "manager", "operator", "viewer"])
    add.set_defaults(run=add_member)
    link = acts.add_parser("link", help="print a link that signs somebody in once, within 15 minutes")
    link.add_argument("email")
    link.set_defaults(run=print_link)
    acts.add_parser("list", help="list workspaces and their members").set_defaults(run=list_members)


def add_member(arguments: argparse.Namespace) -> None:
    from evergrow.workspaces import actions
    from evergrow.workspaces.models import User

    workspace = find_workspace(arguments.workspace)
    email = arguments.email.lower()
    user = User.objects.filter(email=email).first() or User.objects.create_user(email, name=arguments.name)
    member = actions.add_member(workspace=workspace, user=user, role=arguments.role, by=None)
    print(f"{member} is now {member.get_role_display()} of {workspace}.")
    print(f"To sign in: evergrow member link {email}")


def print_link(arguments: argparse.Namespace) -> None:
    from evergrow.workspaces.models import User

    user = User.objects.filter(email=arguments.email.lower(), is_active=True).first()
    if user is None:
        raise Refused(f"nobody signs in with {arguments.email}. Add them: evergrow member add {arguments.email} …")
    print(sign_in_url(user, address.known()))


def list_members(arguments: argparse.Namespace) -> None:
    from evergrow.workspaces.models import Member

    for member in Member.objects.filter(left_at=None).select_related("workspace", "user").order_by("workspace", "pk"):
        print(f"{member.workspace.slug:<20} {member.role:<10} {member.user.email:<40} {member.user.name}")


def find_workspace(slug: str) -> Any:
    from evergrow.workspaces.models import Workspace

    workspace = Workspace.objects.filter(slug=slug).first()
    if workspace is None:
        known = ", ".join(Workspace.objects.values_list("slug", flat=True)) or "none yet; make one with: evergrow up"
        raise Refused(f"there is no workspace {slug!r}. Known: {known}.")
    return workspace


def sign_in_url(user: Any, base: str) -> str:
    from django.urls import reverse

    from evergrow.workspaces import actions

    token = actions.make_sign_in_link(user=user)
    return base + reverse("sign_in_link", kwargs={"token": token})
