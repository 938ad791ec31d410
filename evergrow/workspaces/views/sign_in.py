"""Signing in with a one-time link; signing in with a password is allauth's."""

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from evergrow.lib import clock
from evergrow.workspaces import actions, addresses, throttle
from evergrow.workspaces.actions.links import find_sign_in_link
from evergrow.workspaces.errors import LinkGone
from evergrow.workspaces.forms import LinkForm
from evergrow.workspaces.models import User
from evergrow.workspaces.tasks import ask_for_sign_in_link

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
PROVED_AT = "proved_by_link_at"
PROOF_SECONDS = 15 * 60
HOUR = 60 * 60


def too_many(request: HttpRequest) -> HttpResponse:
    return render(request, "429.html", status=429)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask_for_link(request: HttpRequest) -> HttpResponse:
    """Ask for a one-time link. The answer is the same whether or not the address is known."""
    form = LinkForm(request.POST or None)
    if request.method != "POST" or not settings.MAIL_IS_SET_UP or not form.is_valid():
        return render(request, "workspaces/ask_for_link.html", {"form": form, "mail": settings.MAIL_IS_SET_UP})
    if not throttle.allow("link by address", throttle.visitor(request), limit=20, seconds=HOUR):
        return too_many(request)
    email = form.cleaned_data["email"].lower()
    if throttle.allow("link for email", email, limit=5, seconds=HOUR):
        ask_for_sign_in_link(email=email, root=addresses.base(request), language=get_language() or "en")
    return render(request, "workspaces/link_sent.html", {"email": email})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def use_link(request: HttpRequest, token: str) -> HttpResponse:
    """Show a button, and sign in when it is pressed: mail scanners follow links, but they press no buttons."""
    if not throttle.allow("use link", throttle.visitor(request), limit=60, seconds=HOUR):
        return too_many(request)
    try:
        if request.method != "POST":
            link = find_sign_in_link(token)
            return render(request, "workspaces/use_link.html", {"user_to_be": link.user})
        user = actions.use_sign_in_link(token=token)
    except LinkGone as gone:
        return render(request, "workspaces/gone.html", {"text": str(gone), "ask_again": True}, status=410)
    enter(request, user)
    request.session[PROVED_AT] = clock.now().timestamp()
    return HttpResponseRedirect("/")


def enter(request: HttpRequest, user: User) -> None:
    """Begin the user's session; the session id of before is not used again."""
    login(request, user, backend=BACKEND)


def proved_lately(request: HttpRequest) -> bool:
    """Whether this session began with a one-time link within the last 15 minutes."""
    proved = request.session.get(PROVED_AT)
    return proved is not None and 0 <= clock.now().timestamp() - proved < PROOF_SECONDS
