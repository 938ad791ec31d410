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
from evergrow.customers.models import Account, TeamRole
from evergrow.customers.tiers import scheme as schemes
from evergrow.customers.tiers.exceptions import ask_for_all
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
    """Put the selected accounts into a tier, or ask for exceptions where rules decide."""
    chosen = selection.read(request)
    if not chosen:
        return _nothing_chosen(request, chosen)
    scheme = schemes.of(request.workspace)
    accounts = [_of(request, account) for account in chosen.accounts]
    tier = request.POST.get("tier", "")
    try:
        if tier not in scheme.by_key:
            messages.error(request, _("Choose a tier from the form."))
        elif scheme.needs_approval:
            _ask(request, accounts, tier)
        else:
            moved = set_tier(accounts=accounts, tier=tier, by=request.member)
            sentence = ngettext("%(count)d account is now %(tier)s.", "%(count)d accounts are now %(tier)s.", moved)
            messages.success(request, sentence % {"count": moved, "tier": scheme.name(tier)})
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect(address(request.workspace, chosen.query))


def _ask(request: GatedRequest, accounts: list[Account], tier: str) -> None:
    """Ask for an exception for each account, with the reason and the last day of the form."""
    try:
        until = date.fromisoformat(request.POST.get("until", ""))
    except ValueError:
        messages.error(request, _("Choose the last day of the exception."))
        return
    reason = request.POST.get("reason", "")
    made = ask_for_all(accounts=accounts, tier=tier, reason=reason, until=until, by=request.member)
    sentence = ngettext(
        "%(count)d request waits for another manager.", "%(count)d requests wait for another manager.", made
    )
    messages.success(request, sentence % {"count": made})


def _of(request: GatedRequest, account: Account) -> Account:
    account.workspace = request.workspace
    return account


def _nothing_chosen(request: GatedRequest, chosen: selection.Selection) -> HttpResponse:
    messages.error(request, _("No account was selected. Tick some rows first."))
    return redirect(address(request.workspace, chosen.query))


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
