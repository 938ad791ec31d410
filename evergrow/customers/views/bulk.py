"""Acts on many accounts at once."""

from datetime import date

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from evergrow.customers import selection
from evergrow.customers.actions.accounts import set_tier
from evergrow.customers.actions.team import assign_seat
from evergrow.customers.models import TeamRole, Tier
from evergrow.customers.views.accounts import address
from evergrow.workspaces.access import GatedRequest, gate
from evergrow.workspaces.models import Member


@gate("manage")
@require_POST
def hand_over(request: GatedRequest) -> HttpResponse:
    """Give a role at the selected accounts to a colleague, from today or the given day on."""
    chosen = selection.read(request)
    if not chosen:
        return _nothing_chosen(request, chosen)
    member = get_object_or_404(
        Member, workspace=request.workspace, left_at=None, pk=_whole(request.POST.get("member", ""))
    )
    role = request.POST.get("role", TeamRole.CSM)
    try:
        on = date.fromisoformat(request.POST.get("on") or request.workspace.today().isoformat())
        accounts = chosen.accounts.select_related("workspace")
        done = assign_seat(accounts=accounts, role=TeamRole(role), member=member, by=request.member, on=on)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    except ValueError:
        messages.error(request, _("The day or the role cannot be read. Choose them from the form."))
    else:
        sentence = ngettext(
            "%(count)d account handed over to %(name)s.", "%(count)d accounts handed over to %(name)s.", done.changed
        )
        messages.success(request, sentence % {"count": done.changed, "name": member})
    return redirect(address(request.workspace, chosen.query))


@gate("manage")
@require_POST
def change_tier(request: GatedRequest) -> HttpResponse:
    """Put the selected accounts into a tier."""
    chosen = selection.read(request)
    if not chosen:
        return _nothing_chosen(request, chosen)
    try:
        tier = Tier(request.POST.get("tier", ""))
    except ValueError:
        messages.error(request, _("Choose a tier from the form."))
        return redirect(address(request.workspace, chosen.query))
    moved = set_tier(accounts=chosen.accounts.select_related("workspace"), tier=tier, by=request.member)
    sentence = ngettext("%(count)d account is now %(tier)s.", "%(count)d accounts are now %(tier)s.", moved)
    messages.success(request, sentence % {"count": moved, "tier": tier.label})
    return redirect(address(request.workspace, chosen.query))


def _nothing_chosen(request: GatedRequest, chosen: selection.Selection) -> HttpResponse:
    messages.error(request, _("No account was selected. Tick some rows first."))
    return redirect(address(request.workspace, chosen.query))


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
