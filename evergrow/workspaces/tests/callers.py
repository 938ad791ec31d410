"""Programs that call the API."""

from django.test import Client

from evergrow.lib import tokens
from evergrow.workspaces.models import Key, Member


def caller(member: Member, role: str = "") -> Client:
    """A program with a token of the member, with the member's role or a smaller one."""
    secret = tokens.make("egt_")
    Key.objects.create(
        workspace=member.workspace,
        kind="api",
        name="bot",
        role=role or member.role,
        prefix=secret[:12],
        key_hash=tokens.digest(secret),
        created_by=member,
    )
    return Client(headers={"authorization": f"Bearer {secret}"}, raise_request_exception=False)
