"""What the frame around every page knows."""

from typing import Any

from django.http import HttpRequest


def context(request: HttpRequest) -> dict[str, Any]:
    """The workspace and member of a gated page, for the navigation and the top bar."""
    return {"workspace": getattr(request, "workspace", None), "member": getattr(request, "member", None)}
