"""A page and its fragment come from the same view at the same address; the request's header chooses."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from evergrow.workspaces.access import GatedRequest


def wants_fragment(request: GatedRequest) -> bool:
    """Whether htmx asks for a part; going back in the history needs the whole page."""
    return bool(request.htmx) and not request.htmx.history_restore_request


def page(
    request: GatedRequest, template: str, fragment: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """Render the whole page, or only the fragment where htmx asks for it."""
    response = render(request, fragment if wants_fragment(request) else template, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response
