"""The pages of the public pool: what can be claimed, the rules with their preview, giving an account back."""

from datetime import timedelta
from itertools import islice
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import F, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from evergrow.customers.models import Account, AccountStatus, PoolMove
from evergrow.customers.pool import acts, reclaim, rules, standing
from evergrow.customers.pool.forms import ReleaseForm, RulesForm
from evergrow.customers.views.forms import form_page
from evergrow.customers.views.records import account_address
from evergrow.lib.digits import small
from evergrow.workspaces.access import GatedRequest, gate, may

PAGE, PREVIEW, AHEAD = 50, 50, 30
CAME = ("reclaimed", "released", "never")


@gate("view")
@require_safe
def pool(request: GatedRequest) -> HttpResponse:
    """Accounts without an owner, with filters in the address."""
    rule = rules.of(request.workspace)
    everything = standing.in_pool(request.workspace, rule)
    chosen = {name: request.GET.get(name, "").strip() for name in ("q", "industry", "status", "came")}
    found = filtered(everything, chosen)
    context: dict[str, Any] = {
        "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
        "total": everything.count(),
        "chosen": chosen,
        "is_filtered": any(chosen.values()),
        "statuses": AccountStatus.choices,
        "industries": everything.exclude(industry="")
        .order_by("industry")
        .values_list("industry", flat=True)
        .distinct(),
        "rule": rule,
        "room": standing.room(request.member, rule),
        "latest": PoolMove.objects.filter(workspace=request.workspace)
        .select_related("account", "member__user")
        .order_by("-pk")[:10],
        "may_work": may(request.member, "work"),
        "may_manage": may(request.member, "manage"),
        "here": request.get_full_path(),
    }
    return render(request, "customers/pool/pool.html", context)


def filtered(found: "QuerySet[Any]", chosen: dict[str, str]) -> "QuerySet[Any]":
    """Accounts of the pool by name, industry, status and how they came, those with the most revenue first."""
    if chosen.get("q"):
        found = found.filter(Q(name__icontains=chosen["q"]) | Q(other_name__icontains=chosen["q"]))
    if chosen.get("industry"):
        found = found.filter(industry=chosen["industry"])
    if chosen.get("status"):
        found = found.filter(status=chosen["status"])
    if chosen.get("came") in CAME:
        found = found.filter(came_why=None if chosen["came"] == "never" else chosen["came"])
    return found.order_by("-mrr", F("came_on").desc(nulls_last=True), "number")


@gate("work")
@require_POST
def claim(request: GatedRequest) -> HttpResponse:
    """Claim one account or several (``number``, repeated)."""
    numbers = [number for text in request.POST.getlist("number")[:500] if (number := small(text))]
    found = list(Account.objects.filter(workspace=request.workspace, number__in=numbers).order_by("number"))
    for account in found:
        account.workspace = request.workspace
    done = acts.claim_many(accounts=found, by=request.member)
    if done.won:
        said = ngettext("%(n)s account is yours now.", "%(n)s accounts are yours now.", len(done.won))
        messages.success(request, said % {"n": len(done.won)})
    for sentence in list(dict.fromkeys(done.refused.values()))[:5]:
        messages.error(request, sentence)
    if not numbers:
        messages.error(request, _("Choose at least one account."))
    if len(done.won) == 1 and len(numbers) == 1:
        return redirect(account_address(done.won[0]))
    return redirect("customers:pool", request.workspace.slug)


@gate("work")
def release(request: GatedRequest, number: int) -> HttpResponse:
    """Give an account back, with a reason."""
    account = acts.owned_or_404(request.member, number)
    account.workspace = request.workspace
    form = ReleaseForm(request.POST or None)
    return form_page(
        request,
        form,
        title=_("Give %(account)s into the public pool") % {"account": account},
        label=_("Give it up"),
        back=account_address(account),
        act=lambda: acts.release(account=account, by=request.member, reason=form.cleaned_data["reason"]),
        done=_("The account is in the public pool."),
        note=_("Its owner's seat ends today. Open tasks stay with whoever has them."),
    )


@gate("manage")
def settings(request: GatedRequest) -> HttpResponse:
    """The rules, and what they would take back: shown before they are kept."""
    kept = rules.of(request.workspace)
    form = RulesForm(request.POST or None, initial={name: getattr(kept, name) for name in rules.FIELDS})
    shown, is_kept = kept, True
    if request.method == "POST" and form.is_valid():
        try:
            if request.POST.get("act") == "save":
                rules.change(workspace=request.workspace, by=request.member, **form.cleaned_data)
                messages.success(request, _("The rules are kept. The pool follows them from tonight on."))
                return redirect("customers:pool_rules", request.workspace.slug)
            shown, is_kept = rules.checked(rules.of(request.workspace), form.cleaned_data), False
        except ValidationError as error:
            form.add_error(None, error)
    today = request.workspace.today()
    found = list(islice(reclaim.due(request.workspace, shown, today + timedelta(days=AHEAD)), 10_000))
    found.sort(key=lambda each: (each.on, each.account.number))
    context = {
        "form": form,
        "rule": shown,
        "is_kept": is_kept,
        "due_now": sum(each.on <= today for each in found),
        "due": [{"due": each, "why": reclaim.reason(each, shown)} for each in found[:PREVIEW]],
        "count": len(found),
        "ahead": AHEAD,
    }
    return render(request, "customers/pool/rules.html", context, status=422 if form.errors else 200)
