"""The pages for requests that cannot be answered, in the reader's language. Each names the way out."""

import logging
from collections.abc import Callable
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext

from evergrow.warehouse import StoreUnavailable
from evergrow.web.shell import PlainShell

logger = logging.getLogger(__name__)


def _page(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    """The sentence also goes into a header, so that a page that asked for a fragment can show it as a toast."""
    response = render(request, "web/error.html", {"status": status, "title": title, "text": text}, status=status)
    response["X-Sentence"] = quote(f"{title}. {text}" if title.isascii() else f"{title}。{text}")
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(
        request,
        400,
        gettext("This request cannot be read"),
        gettext("Something in the address or the form is not as expected. Go back, reload the page, and try again."),
    )


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(
        request,
        403,
        gettext("Your role does not allow this"),
        gettext("Ask an administrator of this workspace for another role, or have a colleague do it."),
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(
        request,
        404,
        gettext("There is nothing here for you"),
        gettext("The address is wrong, the thing was deleted, or it belongs to a workspace you are not a member of."),
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _page(
        request,
        403,
        gettext("This form is too old"),
        gettext("You signed in or out since it was opened. Go back, reload the page, and send it again."),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """Asks no store for anything: the relational one may be what is broken."""
    facts = {
        "status": 500,
        "title": gettext("Evergrow made a mistake"),
        "text": gettext(
            "Nothing was saved half. Try again; if it stays, tell whoever runs Evergrow: the log has the cause."
        ),
        "shell": PlainShell(request),
    }
    return HttpResponse(render_to_string("web/error.html", facts), status=500)


def unavailable(request: HttpRequest) -> HttpResponse:
    """For a store that is down or busy; the page asks the browser to come back."""
    response = _page(
        request,
        503,
        gettext("The event store does not answer"),
        gettext("It may be starting or busy. Nothing is lost; reload in a minute."),
    )
    response["Retry-After"] = "30"
    return response


class StoreErrorsMiddleware:
    """Turns an event store that does not answer into a page that says so."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, StoreUnavailable):
            return None
        logger.warning("The event store does not answer: %s", exception)
        return unavailable(request)
