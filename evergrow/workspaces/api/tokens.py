"""Who calls: an API token, bound to one workspace, acting for whoever made it with at most their role."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from ninja.errors import Throttled
from ninja.security import HttpBearer

from evergrow.workspaces import throttle
from evergrow.workspaces.access import Ability, may
from evergrow.workspaces.actions.keys import acting_member, find_key
from evergrow.workspaces.models import Key, KeyKind, Member, Workspace

CALLS_A_MINUTE = 600
BAD_TOKENS_A_MINUTE = 30


class ApiRequest(HttpRequest):
    """A request with a good token: it knows its workspace and the member it acts for."""

    workspace: Workspace
    member: Member
    auth: Key


class Token(HttpBearer):
    """Lets a call pass when its token works and its role has the ability."""

    def __init__(self, ability: Ability) -> None:
        super().__init__()
        self.ability = ability

    def authenticate(self, request: HttpRequest, token: str) -> Key | None:
        """The key, or nothing (401). Raises PermissionDenied (403) and Throttled (429)."""
        key = find_key(token, KeyKind.API)
        member = acting_member(key) if key is not None else None
        if key is None or member is None:
            if not throttle.allow("bad token", throttle.visitor(request), limit=BAD_TOKENS_A_MINUTE, seconds=60):
                raise Throttled(wait=60)
            return None
        if not throttle.allow("api", str(key.pk), limit=CALLS_A_MINUTE, seconds=60):
            raise Throttled(wait=60)
        if not may(member, self.ability):
            raise PermissionDenied
        request.workspace, request.member = key.workspace, member  # type: ignore[attr-defined]
        return key


def token(ability: Ability) -> Token:
    """Declare what an operation asks of the token's role."""
    return Token(ability)
