"""The plan as a file: out as YAML, in with a preview of what it would change."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from evergrow.intake.plan import document
from evergrow.intake.plan.definition import BadPlan
from evergrow.workspaces import audit
from evergrow.workspaces.access import GatedRequest, gate, may


@gate("view")
@require_safe
def export(request: GatedRequest) -> HttpResponse:
    """The published plan and what is said of names, as YAML."""
    audit.record(request.workspace, "plan.exported", request.workspace, by=request.member)
    response = HttpResponse(document.write(document.export(request.workspace)), content_type="application/yaml")
    response["Content-Disposition"] = f'attachment; filename="tracking-plan-{request.workspace.slug}.yaml"'
    return response


@gate("manage")
@require_http_methods(["GET", "HEAD", "POST"])
def exchange(request: GatedRequest) -> HttpResponse:
    """A file or a text is looked at first; sent again with ``take=1`` it is taken over."""
    if request.method != "POST":
        return render(request, "intake/plan/exchange.html", {"text": ""})
    removing = "removing" in request.POST
    context: dict[str, Any] = {"text": _sent(request), "removing": removing}
    try:
        wanted = document.read(context["text"])
        if "take" in request.POST:
            done = document.bring_in(workspace=request.workspace, document=wanted, removing=removing, by=request.member)
            messages.success(request, _("Taken over. Rules are drafts until they are published."))
            return redirect("intake:plan_review" if done else "intake:plan", request.workspace.slug)
        found = document.preview(request.workspace, wanted, removing=removing)
        context |= {"differences": found, "counts": _counts(found), "is_read": True}
        context["lacks_right"] = any(d.part == "workspace" for d in found) and not may(request.member, "administer")
    except BadPlan as error:
        return render(request, "intake/plan/exchange.html", context | {"error": error}, status=422)
    except PermissionDenied:
        words = _("Only administrators may change the rules for everything. Take “workspace” out of the file.")
        return render(request, "intake/plan/exchange.html", context | {"error": words}, status=403)
    return render(request, "intake/plan/exchange.html", context)


def _sent(request: GatedRequest) -> str:
    file = request.FILES.get("file")
    if file is None:
        return request.POST.get("text", "")
    body: bytes = file.read(document.LARGEST + 1)
    return body.decode("utf-8-sig", "replace")


def _counts(found: list[document.Difference]) -> dict[str, int]:
    return {kind: sum(1 for each in found if each.kind == kind) for kind in ("added", "changed", "removed")}
