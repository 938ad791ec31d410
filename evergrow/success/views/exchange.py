"""A playbook as a file: out, and in after a look at what would change."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from evergrow.success import access
from evergrow.success.config.playbooks import KIND
from evergrow.success.models import PlaybookVersion
from evergrow.success.queries.texts import text_of
from evergrow.workspaces import audit, configuration
from evergrow.workspaces.access import GatedRequest, gate
from evergrow.workspaces.configuration.text import LARGEST


@gate("manage")
def exchange(request: GatedRequest, playbook: str) -> HttpResponse:
    """The text of a playbook's newest version, to be copied, saved (``?download``), changed and compared."""
    book = access.playbook_or_404(request.member, playbook)
    version = book.versions.exclude(state="retired").order_by("number").last() or book.versions.last()
    if version is not None and "download" in request.GET:
        return _download(request, version)
    now = text_of(version) if version else ""
    return _page(request, book.key, {"playbook": book, "version": version, "text": now})


@gate("manage")
def import_playbook(request: GatedRequest) -> HttpResponse:
    """A playbook from a file: a new one, or a draft of the one with this key."""
    key = request.POST.get("key", "").strip()
    return _page(request, key, {"key": key, "text": ""})


def _page(request: GatedRequest, key: str, context: dict[str, Any]) -> HttpResponse:
    status = 200
    if request.method == "POST":
        context["text"] = text = _sent(request)
        try:
            file = configuration.read_file(KIND, key, text)
            if "take" in request.POST:
                configuration.apply(workspace=request.workspace, files=[file], by=request.member)
                messages.success(request, _("Taken over as a draft. Look at it and publish it."))
                return redirect("success:draft", request.workspace.slug, key)
            (change,) = configuration.plan(request.workspace, [file], by=request.member)
            context |= {"change": change, "lines": [configuration.tell(each) for each in change.differences]}
        except configuration.BadText as bad:
            context["faults"], status = [str(bad)], 422
        except configuration.BadFiles as bad:
            context["faults"], status = [_without_file(fault) for fault in bad.faults], 422
    return render(request, "success/exchange.html", context, status=status)


def _without_file(fault: configuration.Fault) -> str:
    return _("Line %(line)s: %(text)s") % {"line": fault.line, "text": fault.sentence} if fault.line else fault.sentence


def _sent(request: GatedRequest) -> str:
    file = request.FILES.get("file")
    if file is None:
        return request.POST.get("text", "").replace("\r\n", "\n")
    body: bytes = file.read(LARGEST + 1)
    return body.decode("utf-8-sig", "replace")


def _download(request: GatedRequest, version: PlaybookVersion) -> HttpResponse:
    data = {"version": version.number}
    audit.record(request.workspace, "playbook.exported", version.playbook, by=request.member, data=data)
    response = HttpResponse(text_of(version), content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{version.playbook.key}.yaml"'
    return response
