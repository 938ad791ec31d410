"""Segments as YAML: out, and in after a look at what would change."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from evergrow.customers.models import Segment
from evergrow.customers.segments import exchange as texts
from evergrow.workspaces.access import GatedRequest, gate, may
from evergrow.workspaces.errors import Refused


@gate("view")
def exchange(request: GatedRequest) -> HttpResponse:
    """Download all segments (``?download``), or paste a text, see what it would change, and apply it."""
    if "download" in request.GET:
        return _download(request)
    context: dict[str, object] = {"text": request.POST.get("text", ""), "may_work": may(request.member, "work")}
    if request.method == "POST" and may(request.member, "work"):
        upload = request.FILES.get("file")
        text = upload.read(texts.MOST_BYTES + 1).decode("utf-8", "replace") if upload else request.POST.get("text", "")
        context["text"] = text
        try:
            if request.POST.get("act") == "apply":
                texts.apply(workspace=request.workspace, text=text, by=request.member)
                messages.success(request, _("Segments imported."))
                return redirect(reverse("customers:segments", kwargs={"workspace": request.workspace.slug}))
            changes = texts.plan(request.workspace, text)
            context |= {"changes": changes, "has_changes": any(change.what != "same" for change in changes)}
        except Refused as refused:
            context["error"] = str(refused)
    status = 400 if "error" in context else 200
    return render(request, "customers/segments/exchange.html", context, status=status)


def _download(request: GatedRequest) -> HttpResponse:
    rows = Segment.objects.filter(workspace=request.workspace, retired_at=None)
    keys = request.GET.getlist("key")
    text = texts.as_yaml(rows.filter(key__in=keys) if keys else rows)
    file = f'attachment; filename="segments-{request.workspace.today()}.yaml"'
    return HttpResponse(text, content_type="application/yaml; charset=utf-8", headers={"Content-Disposition": file})
