"""Files: put on a record, sent to who may read it, taken away."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from evergrow.customers.attachments import hosts, keeping, kinds, sent
from evergrow.customers.models import Attachment
from evergrow.customers.views.records import account_of
from evergrow.customers.visits import access
from evergrow.customers.visits.views import address, back
from evergrow.workspaces.access import GatedRequest, gate

# What a browser shows in place can do nothing: no script, no form, no other address, a site of its own.
SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"


@gate("view")
@require_safe
def file(request: GatedRequest, pk: int) -> HttpResponseBase:
    """The file itself. Pictures and PDF may be looked at in the browser, everything else is saved."""
    attachment = hosts.attachment_or_404(request.member, pk)
    return send(attachment, as_download="download" in request.GET)


def send(attachment: Attachment, *, as_download: bool) -> FileResponse:
    """An answer with the content, under its name. Raises Http404 where a restored backup lacks it."""
    try:
        content = attachment.file.path.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    is_shown = attachment.file.media in kinds.SHOWN and not as_download
    answer = FileResponse(
        content, as_attachment=not is_shown, filename=attachment.name, content_type=attachment.file.media
    )
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = SANDBOX
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    answer["Cache-Control"] = "private, no-cache"
    answer["Content-Encoding"] = "identity"  # packing what is packed already would only hide its length
    return answer


@gate("work")
@require_POST
def add_to_visit(request: GatedRequest, number: int, pk: int) -> HttpResponseBase:
    """Put files on an activity."""
    visit = access.visit_or_404(request.member, account_of(request, number), pk)
    refused = sent.attach(request, lambda **file: keeping.attach_to_visit(visit=visit, by=request.member, **file))
    return after_upload(request, refused, visit.attachments.all(), f"{address(visit)}#files")


@gate("work")
@require_POST
def remove(request: GatedRequest, pk: int) -> HttpResponse:
    """Take a file away."""
    attachment = hosts.attachment_or_404(request.member, pk)
    keeping.take_away(attachment=attachment, by=request.member)
    messages.success(request, _("“%(name)s” was removed.") % {"name": attachment.name})
    return back(request, f"/w/{request.workspace.slug}/")


def after_upload(request: GatedRequest, refused: list[str], files: Iterable[Any], url: str) -> HttpResponseBase:
    """The list anew for the script that sends one file at a time; for a form its page, with what was refused said."""
    if request.headers.get("X-Upload"):
        context = {"files": files, "refused": refused, "may_remove": True, "here": url}
        return render(request, "customers/attachments/_list.html", context, status=422 if refused else 200)
    for sentence in refused:
        messages.error(request, sentence)
    return back(request, url)
