"""Merge two accounts with a preview, the log of merges, and take one back."""

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from evergrow.customers.access import account_or_404
from evergrow.customers.account_merges import preview
from evergrow.customers.account_merges.actions import merge_accounts, undo_merge
from evergrow.customers.actions.merges import CannotMerge
from evergrow.customers.views.records import account_address, account_of
from evergrow.lib.digits import small
from evergrow.workspaces.access import GatedRequest, gate, may

PAGE_SIZE = 50


class WhyForm(forms.Form):
    """Why two accounts are one; stands on the log."""

    reason = forms.CharField(label=gettext_lazy("Why are they one customer?"), max_length=80)


@gate("manage")
@require_http_methods(["GET", "POST"])
def merge(request: GatedRequest, number: int) -> HttpResponse:
    """Find which is the same account, look at what would move, and merge."""
    kept = account_of(request, number)
    given = request.GET.get("with", "") if request.method == "GET" else request.POST.get("with", "")
    if small(given) in (0, kept.number):
        text = request.GET.get("q", "").strip()[:200]
        found = preview.candidates(request.member, kept, text)
        return render(request, "customers/account_merges/find.html", {"account": kept, "found": found, "text": text})
    merged = account_of(request, small(given))
    form = WhyForm(request.POST or None, initial={"reason": _("same customer")})
    problem = ""
    if request.method == "POST" and form.is_valid():
        try:
            merge_accounts(kept=kept, merged=merged, reason=form.cleaned_data["reason"], by=request.member)
        except CannotMerge as error:
            problem = str(error)
        else:
            said = _("%(merged)s is a part of %(kept)s now; its events follow within moments. It can be taken back.")
            language = get_language() or "en"
            messages.success(request, said % {"merged": merged.called(language), "kept": kept.called(language)})
            return redirect(account_address(kept))
    context = {"found": preview.preview(kept, merged), "form": form, "problem": problem}
    status = 422 if form.errors or problem else 200
    return render(request, "customers/account_merges/merge.html", context, status=status)


@gate("view")
@require_safe
def log(request: GatedRequest) -> HttpResponse:
    """Every merge of accounts, of the workspace or of one account."""
    about = request.GET.get("account", "")
    account = account_or_404(request.member, small(about)) if small(about) else None
    page = Paginator(preview.merges(request.member, account), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "customers/account_merges/log.html", {"page": page, "account": account})


@gate("view")
@require_http_methods(["GET", "POST"])
def undo(request: GatedRequest, pk: int) -> HttpResponse:
    """What taking a merge back would do; and do it."""
    merge = get_object_or_404(preview.merges(request.member), pk=pk)
    merge.kept.workspace = merge.merged.workspace = request.workspace
    may_manage, problem = may(request.member, "manage"), ""
    if request.method == "POST":
        try:
            alone = undo_merge(merge=merge, by=request.member)
        except CannotMerge as error:
            problem = str(error)
        else:
            messages.success(
                request, _("%(account)s stands alone again.") % {"account": alone.called(get_language() or "en")}
            )
            return redirect(account_address(alone))
    context = {"found": preview.undoing(merge), "may_manage": may_manage, "problem": problem}
    return render(request, "customers/account_merges/undo.html", context, status=422 if problem else 200)
