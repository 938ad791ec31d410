"""Below /api/ every error is a problem, also those that never reach an operation: 404, 405, 400, 500."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from evergrow.workspaces.api.problems import MEDIA_TYPE, problem

KEPT = ("Allow", "Retry-After", "WWW-Authenticate")


class ProblemMiddleware:
    """Turns Django's own error pages into problem details."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not request.path_info.startswith("/api/") or response.status_code < 400:
            return response
        if response.headers.get("Content-Type", "").startswith(MEDIA_TYPE):
            return response
        return self._told(response)

    def _told(self, response: HttpResponseBase) -> HttpResponse:
        sentences = {
            400: _("The request cannot be read."),
            404: _("There is nothing at this address. The list of addresses is in /api/v1/openapi.json."),
            405: _("This address does not know this method; “Allow” says which it knows."),
            500: _("Something went wrong on our side. It was written to the log."),
        }
        told = problem(response.status_code, sentences.get(response.status_code, ""))
        for name in KEPT:
            if name in response.headers:
                told.headers[name] = response.headers[name]
        return told
