"""Language and theme: kept in a cookie for this browser, and with the user for the next one."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.utils import translation
from django.utils.translation import gettext
from django.views import i18n
from django.views.decorators.http import require_POST

from evergrow.web.shell import THEME_COOKIE, THEMES
from evergrow.workspaces.models import User
from evergrow.workspaces.returning import ours

YEAR_SECONDS = 365 * 24 * 3600


class UserLanguageMiddleware:
    """Speaks the signed-in user's language where this browser's cookie does not say another."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES and request.user.is_authenticated:
            language = request.user.language
            if language in dict(settings.LANGUAGES):
                translation.activate(language)
                request.LANGUAGE_CODE = language
        return self.get_response(request)


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Django's own view, which keeps the cookie; the choice also goes to the user."""
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES) and request.user.is_authenticated:
        User.objects.filter(pk=request.user.pk).update(language=language)
    response = i18n.set_language(request)
    if settings.LANGUAGE_COOKIE_NAME in response.cookies:
        response.cookies[settings.LANGUAGE_COOKIE_NAME]["max-age"] = YEAR_SECONDS
    return response


@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Keep light or dark in a cookie and with the user, then go back to the page."""
    theme = request.POST.get("theme", "")
    if theme not in THEMES:
        return HttpResponseBadRequest(gettext("Choose “light” or “dark”."))
    if request.user.is_authenticated:
        User.objects.filter(pk=request.user.pk).update(theme=theme)
    target = ours(request, request.POST.get("next", ""), "/")
    response = HttpResponse(status=204) if request.headers.get("X-Quiet") else HttpResponseRedirect(target)
    response.set_cookie(
        THEME_COOKIE, theme, max_age=YEAR_SECONDS, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE, httponly=True
    )
    return response
