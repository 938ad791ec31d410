"""Traits as a file: out as YAML, in with a preview of what it would change."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from evergrow.customers.traits import document
from evergrow.workspaces import audit
from evergrow.workspaces.access import GatedRequest, gate


@gate("view")
@require_safe
def export(request: GatedRequest) -> HttpResponse:
    """All descriptions and definitions as YAML."""
    audit.record(request.workspace, "traits.exported", request.workspace, by=request.member)
    response = HttpResponse(document.write(document.export(request.workspace)), content_type="application/yaml")
    response["Content-Disposition"] = f'attachment; filename="traits-{request.workspace.slug}.yaml"'
    return response


@gate("manage")
@require_http_methods(["GET", "HEAD", "POST"])
def exchange(request: GatedRequest) -> HttpResponse:
    """A file or a text is looked at first; sent again with ``take=1`` it is taken over."""
    if request.method != "POST":
        return render(request, "customers/traits/exchange.html", {"text": ""})
    context: dict[str, Any] = {"text": _sent(request)}
    try:
        wanted = document.read(context["text"])
        if "take" in request.POST:
            done = document.bring_in(workspace=request.workspace, document=wanted, by=request.member)
            said = ngettext("%(n)d trait taken over.", "%(n)d traits taken over.", done) % {"n": done}
            more = gettext("Definitions are drafts until they are published.")
            messages.success(request, f"{said} {more}")
            return redirect("customers:traits", request.workspace.slug)
        context |= {"differences": document.differences(request.workspace, wanted), "is_read": True}
    except document.BadDocument as error:
        return render(request, "customers/traits/exchange.html", context | {"error": error}, status=422)
    return render(request, "customers/traits/exchange.html", context)


def _sent(request: GatedRequest) -> str:
    file = request.FILES.get("file")
    if file is None:
        return request.POST.get("text", "")
    body: bytes = file.read(document.LARGEST + 1)
    return body.decode("utf-8-sig", "replace")
