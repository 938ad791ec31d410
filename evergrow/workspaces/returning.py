"""Back to the page somebody came from, never to another site."""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def ours(request: HttpRequest, wanted: str, default: str) -> str:
    """``wanted`` where it is an address of this instance, else ``default``."""
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if wanted and is_ours else default
