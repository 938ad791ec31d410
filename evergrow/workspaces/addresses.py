"""Addresses that leave the browser: in mails and in links to copy."""

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse


def base(request: HttpRequest) -> str:
    """The scheme and host people reach us under: ``EVERGROW_PUBLIC_URL``, else where this request came to."""
    return str(settings.PUBLIC_URL).rstrip("/") or request.build_absolute_uri("/").rstrip("/")


def invitation(root: str, token: str) -> str:
    """The address at which an invitation is accepted, below ``root``."""
    return root + reverse("invitation", kwargs={"token": token})


def sign_in_link(root: str, token: str) -> str:
    """The address at which a one-time link is used, below ``root``."""
    return root + reverse("sign_in_link", kwargs={"token": token})
