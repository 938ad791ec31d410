"""Acts on many accounts or people at once: shown first, made, told among the recent changes."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from evergrow.customers import access, selection
from evergrow.customers.bulk import running
from evergrow.customers.bulk.kinds import KINDS
from evergrow.customers.models import BulkChange, BulkKind, BulkState, TeamRole
from evergrow.customers.privacy.masking import mask_for
from evergrow.customers.queries.people_list import SHAPE, PeopleList
from evergrow.customers.tiers import scheme as schemes
from evergrow.customers.tiers.exceptions import ask_for_all
from evergrow.customers.views.accounts import address
from evergrow.lib.digits import row_id, small
from evergrow.lib.listing import parse
from evergrow.lib.numerals import number
from evergrow.workspaces.access import GatedRequest, gate
from evergrow.workspaces.models import Member

LONGEST_VALUE = 200


@gate("manage")
@require_POST
def hand_over(request: GatedRequest) -> HttpResponse:
    """Give a role at the selected accounts to a colleague, from today or the given day on."""
    pk = row_id(request.POST.get("member", ""))
    member = get_object_or_404(Member, workspace=request.workspace, left_at=None, pk=pk)
    try:
        on = date.fromisoformat(request.POST.get("on") or request.workspace.today().isoformat())
        role = TeamRole(request.POST.get("role", TeamRole.CSM))
    except ValueError:
        messages.error(request, _("The day or the role cannot be read. Choose them from the form."))
        return redirect(address(request.workspace, request.POST.get("query", "")))
    return _accounts(request, BulkKind.TEAM, {"member": member.pk, "role": role.value, "on": on.isoformat()})


@gate("manage")
@require_POST
def change_tier(request: GatedRequest) -> HttpResponse:
    """Put the selected accounts into a tier, or ask for exceptions where rules decide."""
    scheme, tier = schemes.of(request.workspace), request.POST.get("tier", "")
    if tier not in scheme.by_key:
        messages.error(request, _("Choose a tier from the form."))
    elif not scheme.needs_approval:
        return _accounts(request, BulkKind.TIER, {"tier": tier})
    else:
        _ask_for_exceptions(request, tier)
    return redirect(address(request.workspace, request.POST.get("query", "")))


def _ask_for_exceptions(request: GatedRequest, tier: str) -> None:
    """Ask for an exception for each selected account, with the reason and the last day of the form."""
    accounts = list(selection.read(request).accounts)
    for account in accounts:
        account.workspace = request.workspace
    try:
        until, reason = date.fromisoformat(request.POST.get("until", "")), request.POST.get("reason", "")
        made = ask_for_all(accounts=accounts, tier=tier, reason=reason, until=until, by=request.member)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return
    except ValueError:
        messages.error(request, _("Choose the last day of the exception."))
        return
    if not made:
        messages.error(request, _("Nothing was selected. Tick some rows first."))
        return
    sentence = ngettext(
        "%(count)d request waits for another manager.", "%(count)d requests wait for another manager.", made
    )
    messages.success(request, sentence % {"count": made})


@gate("manage")
@require_POST
def set_trait(request: GatedRequest) -> HttpResponse:
    """Write the same property onto the selected accounts."""
    return _trait(request, "account")


@gate("manage")
@require_POST
def delete(request: GatedRequest) -> HttpResponse:
    """Delete the selected accounts; they can be brought back for seven days."""
    return _accounts(request, BulkKind.DELETE, {})


@gate("manage")
@require_POST
def set_people_trait(request: GatedRequest) -> HttpResponse:
    """Write the same property onto the selected people."""
    return _trait(request, "person")


@gate("manage")
@require_POST
def delete_people(request: GatedRequest) -> HttpResponse:
    """Delete the selected people; they can be brought back for seven days."""
    return _people(request, BulkKind.DELETE, {})


def _trait(request: GatedRequest, subject: str) -> HttpResponse:
    key, value = (request.POST.get(name, "").replace("\x00", "").strip() for name in ("trait", "value"))
    if not key or len(key) > 100 or len(value) > LONGEST_VALUE:
        messages.error(request, _("Give the property a name and a value of at most 200 characters."))
        return redirect(_back(request, subject))
    act = _accounts if subject == "account" else _people
    return act(request, BulkKind.TRAIT, {"trait": key, "value": value})


def _accounts(request: GatedRequest, kind: str, args: Mapping[str, Any]) -> HttpResponse:
    chosen = selection.read(request)
    keys = list(chosen.accounts.order_by("pk").values_list("pk", flat=True))
    ticked = [("account", each) for each in chosen.numbers]
    kept = [("everything", "1")] if chosen.is_everything else ticked
    return _ask_or_act(request, "account", kind, dict(args), keys, [*kept, ("query", chosen.query)])


def _people(request: GatedRequest, kind: str, args: Mapping[str, Any]) -> HttpResponse:
    query = request.POST.get("query", "")
    if request.POST.get("everything") == "1":
        rows, kept = PeopleList(request.member, parse(query, SHAPE)).rows, [("everything", "1")]
    else:
        numbers = [small(text) for text in request.POST.getlist("person")[: selection.MOST]]
        rows = access.people(request.member).filter(number__in=numbers)
        kept = [("person", str(each)) for each in numbers]
    keys = list(rows.order_by("pk").values_list("pk", flat=True).distinct())
    return _ask_or_act(request, "person", kind, dict(args), keys, [*kept, ("query", query)])


def _ask_or_act(
    request: GatedRequest, subject: str, kind: str, args: dict[str, Any], keys: list[int], kept: list[tuple[str, Any]]
) -> HttpResponse:
    """Show what would happen; once it is confirmed, do it."""
    back = _back(request, subject)
    if not keys:
        messages.error(request, _("Nothing was selected. Tick some rows first."))
        return redirect(back)
    if not request.POST.get("confirmed"):
        planned = BulkChange(workspace=request.workspace, kind=kind, subject=subject, args=args, by=request.member)
        context = {
            "preview": running.preview(planned, keys),
            "told": KINDS[kind].told(planned),
            "kept": [*kept, *args.items()],
            "back": back,
            "action": request.path,
            "mask": mask_for(request),
        }
        return render(request, "customers/bulk/preview.html", context)
    try:
        made = running.begin(
            workspace=request.workspace, kind=kind, args=args, keys=keys, by=request.member, subject=subject
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(back)
    if made.state == BulkState.RUNNING:
        messages.success(
            request, _("It is being done for %(n)s rows. You can go on working.") % {"n": number(len(keys))}
        )
        return redirect(reverse("customers:change", args=[request.workspace.slug, made.pk]))
    more = _("It can be taken back for seven days under Recent changes.")
    messages.success(request, f"{_said(made)} {more}")
    return redirect(back)


def _said(made: BulkChange) -> str:
    """What was done, in the words of its kind."""
    facts: dict[str, Any] = {"count": made.done}
    if made.kind == BulkKind.TEAM:
        facts["name"] = Member.objects.select_related("user").get(pk=made.args["member"])
        return (
            ngettext(
                "%(count)d account handed over to %(name)s.", "%(count)d accounts handed over to %(name)s.", made.done
            )
            % facts
        )
    if made.kind == BulkKind.TIER:
        facts["tier"] = schemes.of(made.workspace).name(made.args["tier"])
        return ngettext("%(count)d account is now %(tier)s.", "%(count)d accounts are now %(tier)s.", made.done) % facts
    if made.kind == BulkKind.DELETE:
        return ngettext("%(count)d row deleted.", "%(count)d rows deleted.", made.done) % facts
    return ngettext("%(count)d row changed.", "%(count)d rows changed.", made.done) % facts


def _back(request: GatedRequest, subject: str) -> str:
    query = request.POST.get("query", "")
    if subject == "account":
        return address(request.workspace, query)
    url = reverse("customers:people", args=[request.workspace.slug])
    return f"{url}?{query}" if query else url
