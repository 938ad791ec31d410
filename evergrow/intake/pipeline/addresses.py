"""Addresses of the lists behind the numbers."""

from urllib.parse import urlencode

from django.urls import reverse

from evergrow.workspaces.models import Workspace


def pipeline(workspace: Workspace, **query: str) -> str:
    return _with(reverse("intake:pipeline", args=[workspace.slug]), query)


def live(workspace: Workspace, **query: str) -> str:
    return _with(reverse("intake:live", args=[workspace.slug]), query)


def rejects(workspace: Workspace, **query: str) -> str:
    """The messages that were refused, filtered by ``source`` (a name) and ``code``."""
    return _with(reverse("intake:rejects", args=[workspace.slug]), query)


def _with(address: str, query: dict[str, str]) -> str:
    kept = {name: value for name, value in query.items() if value}
    return f"{address}?{urlencode(kept)}" if kept else address
