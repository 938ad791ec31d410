"""The connect page."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from evergrow import warehouse
from evergrow.intake.capture import rejects
from evergrow.intake.capture.spool import SpoolUnavailable
from evergrow.intake.connect import queries
from evergrow.intake.connect.snippets import CLIENTS, snippet
from evergrow.workspaces import addresses
from evergrow.workspaces.access import GatedRequest, gate, may


@gate("view")
@require_safe
def connect(request: GatedRequest) -> HttpResponse:
    """Snippets, what arrived, what was refused; as a fragment only what arrived."""
    member = request.member
    try:
        context: dict[str, Any] = {"arrivals": queries.arrivals(member), "intake": queries.intake(member)}
    except warehouse.StoreUnavailable:
        context = {"is_away": True}
    if request.htmx and request.htmx.target == "arrivals":
        return render(request, "intake/connect/arrivals.html", context)
    found = queries.rejects(member)
    context |= {
        "clients": CLIENTS,
        "snippet": snippet(request.GET.get("client", ""), addresses.base(request)),
        "keys": queries.write_keys(member),
        "rejects": found[: queries.SHOWN],
        "reject_count": found.count(),
        "may_administer": may(member, "administer"),
    }
    return render(request, "intake/connect.html", context)


@gate("administer")
@require_POST
def replay(request: GatedRequest, pk: int) -> HttpResponse:
    """Send a refused message again."""
    reject = queries.reject_or_404(request.member, pk)
    try:
        rejects.replay(reject=reject, by=request.member)
        messages.success(request, _("Sent again. It counts in a moment, or is refused again with its reason."))
    except rejects.AlreadyReplayed:
        messages.info(request, _("This message was sent again before."))
    except rejects.CannotReplay:
        messages.error(request, _("This message is not JSON, so sending it again cannot help. Mend its client."))
    except SpoolUnavailable:
        messages.error(request, _("Nothing can be written right now. Make room on the disk, then try again."))
    return HttpResponseRedirect(reverse("intake:connect", kwargs={"workspace": request.workspace.slug}) + "#rejects")
