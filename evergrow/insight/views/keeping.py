"""The list behind a mark becomes a segment: a list that stays as it is, or criteria that it follows."""

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from evergrow.customers.actions.segments import create_segment
from evergrow.customers.models import Segment
from evergrow.insight.errors import BadQuestion
from evergrow.insight.views import behind
from evergrow.insight.views.behind import Asked
from evergrow.workspaces.access import GatedRequest, gate
from evergrow.workspaces.errors import BadChoice, Refused

FOLLOWS = "criteria"


@gate("work")
@require_POST
@behind.refusing
def behind_keep(request: GatedRequest, kind: str) -> HttpResponseBase:
    """Keep everybody behind the mark, whom the member may see. The question stands in the address."""
    slug, asked = request.workspace.slug, behind.read(request, kind)
    try:
        made = _keep(request, asked)
    except BadQuestion:
        raise
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(behind.address(slug, kind, request.GET.urlencode()))
    messages.success(request, _("Saved as a list.") if made.is_list else _("Saved as a segment that follows."))
    return redirect(reverse("customers:segment", kwargs={"workspace": slug, "key": made.key}))


def _keep(request: GatedRequest, asked: Asked) -> Segment:
    follows = request.POST.get("as") == FOLLOWS
    found = behind.find(request, asked, **({"limit": 1} if follows else {}))
    said = behind.criteria(request, asked, found) if follows else behind.Said()
    if follows and said.criteria is None:
        raise BadChoice("as", _("This can only be saved as a list. %(reason)s") % {"reason": said.why_not})
    return create_segment(
        workspace=request.workspace,
        name=request.POST.get("name", ""),
        kind=found.kept_as,
        criteria=said.criteria,
        numbers=None if follows else list(dict.fromkeys(row.number for row in found.rows)),
        by=request.member,
    )
