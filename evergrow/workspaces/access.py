"""Gates: who may do what. They fail closed: a page below /w/ without a gate answers 404."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Literal

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django_htmx.middleware import HtmxDetails

from evergrow.lib import clock
from evergrow.workspaces import prepared
from evergrow.workspaces.models import Member, Role, Workspace

Ability = Literal["view", "work", "manage", "administer", "own"]

ABILITIES: dict[str, set[Ability]] = {
    Role.VIEWER: {"view"},
    Role.OPERATOR: {"view", "work"},
    Role.MANAGER: {"view", "work", "manage"},
    Role.ADMIN: {"view", "work", "manage", "administer"},
    Role.OWNER: {"view", "work", "manage", "administer", "own"},
}


class GatedRequest(HttpRequest):
    """A request that passed a gate: it knows its workspace and member."""

    workspace: Workspace
    member: Member
    htmx: HtmxDetails


def may(member: Member | None, ability: Ability) -> bool:
    """Whether a member of a workspace has an ability; nobody has none."""
    return member is not None and member.left_at is None and ability in ABILITIES.get(member.role, set())


def require(member: Member | None, ability: Ability) -> None:
    """Raise PermissionDenied unless the member has the ability. ``None`` is the system itself, which may."""
    if member is not None and not may(member, ability):
        raise PermissionDenied(f"This needs the ability “{ability}”. Ask an administrator for another role.")


View = Callable[..., HttpResponseBase]


def gate(ability: Ability) -> Callable[[View], View]:
    """Declare what a page below ``/w/<workspace>/`` asks of its visitor.

    Strangers to the workspace get 404, signed-out visitors the sign-in page, members without the ability 403.
    The view receives no ``workspace`` argument: it is on the request. Django's current zone is the workspace's.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def gated(request: GatedRequest, *args: Any, workspace: str, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            member = _membership(workspace, request.user.pk)
            if member is None:
                raise Http404
            if not may(member, ability):
                raise PermissionDenied
            request.workspace, request.member = member.workspace, member
            note_visit(member)
            with timezone.override(member.workspace.tz):
                return view(request, *args, **kwargs)

        gated.ability = ability  # type: ignore[attr-defined]
        return gated

    return decorate


@prepared.first
def _membership(slug: str, user: int) -> QuerySet[Member]:
    found = Member.objects.select_related("workspace", "user")
    return found.filter(workspace__slug=slug, user_id=user, left_at=None)


VISIT_GAP_SECONDS = 30 * 60


def note_visit(member: Member) -> None:
    """Remember when the member was last here, at most once a minute; a gap of 30 minutes begins a new visit."""
    now, last = clock.now(), member.last_seen_at
    if last is not None and 0 <= (now - last).total_seconds() < 60:
        return
    fields = {"last_seen_at": now}
    if last is None or (now - last).total_seconds() > VISIT_GAP_SECONDS:
        fields["previous_seen_at"] = last or now
    Member.objects.filter(pk=member.pk).update(**fields)
    for name, value in fields.items():
        setattr(member, name, value)


class GateMiddleware:
    """Refuses every view below /w/ that forgot its gate."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: View, args: Any, kwargs: dict[str, Any]) -> None:
        if "workspace" in kwargs and not hasattr(view, "ability"):
            raise Http404
