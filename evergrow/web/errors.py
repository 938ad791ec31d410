"""The pages for requests that cannot be answered, in the reader's language. Each names the way out."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext


def _page(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    return render(request, "web/error.html", {"status": status, "title": title, "text": text}, status=status)


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
    return _page(
        request,
        500,
        gettext("Evergrow made a mistake"),
        gettext("Nothing was saved half. Try again; if it stays, tell whoever runs Evergrow: the log has the cause."),
    )


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
