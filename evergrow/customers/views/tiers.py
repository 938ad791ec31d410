"""Tiers: how accounts are spread, what waits, and what colleagues decide about single accounts."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from evergrow.customers.actions.accounts import set_tier
from evergrow.customers.forms import TierForm
from evergrow.customers.models import EntitlementUse, TierRequest
from evergrow.customers.tiers import charts, distribution, exceptions, ledger, reviews, use_report
from evergrow.customers.tiers import scheme as schemes
from evergrow.customers.tiers.editing import JOB
from evergrow.customers.tiers.forms import AnswerForm, AskForm, NoteForm, UseForm
from evergrow.customers.views.forms import form_page
from evergrow.customers.views.records import account_address, account_of
from evergrow.workspaces import jobs
from evergrow.workspaces.access import GatedRequest, gate, may
from evergrow.workspaces.models import Job, JobState

SPANS = (30, 90, 365)


@gate("view")
def overview(request: GatedRequest) -> HttpResponse:
    """Accounts and money by tier, moves over time, and everything that waits for somebody."""
    member, scheme = request.member, schemes.of(request.workspace)
    days = _span(request)
    flow = distribution.flow(member, days)
    pending = distribution.pending(member)
    asked = distribution.requests(member)
    context = {
        "scheme": scheme,
        "rows": distribution.spread(member),
        "flow": flow,
        "matrix": distribution.matrix(scheme, flow.moves),
        "spans": [(span, span == days) for span in SPANS],
        "days": days,
        "moves_chart": charts.moves_by_month(distribution.by_month(member)),
        "pending": pending[:12],
        "pending_count": pending.count(),
        "held": distribution.held(member)[:8],
        "held_count": distribution.held(member).count(),
        "requests": asked[:50],
        "ending": distribution.ending(member)[:20],
        "due": reviews.due(member, ahead=30)[:12],
        "due_count": reviews.due(member).count(),
        "latest": distribution.latest(member, 12),
        "job": _open_job(request),
        "may_manage": may(member, "manage"),
        "may_work": may(member, "work"),
        "today": request.workspace.today(),
    }
    return render(request, "customers/tiers/overview.html", context)


def _span(request: GatedRequest) -> int:
    given = request.GET.get("days", "")
    return int(given) if given in map(str, SPANS) else 90


def _open_job(request: GatedRequest) -> Job | None:
    states = [JobState.QUEUED, JobState.RUNNING]
    return Job.objects.filter(workspace=request.workspace, kind=JOB, state__in=states).first()


@gate("manage")
@require_POST
def decision(request: GatedRequest) -> HttpResponse:
    """Judge every account now instead of tonight."""
    jobs.enqueue(JOB, request.workspace, by=request.member, dedupe_key="by hand")
    messages.success(request, _("Accounts are being judged; this page shows the moves when it is done."))
    return redirect("customers:tiers", request.workspace.slug)


@gate("manage")
@require_POST
def approval(request: GatedRequest, pk: int) -> HttpResponse:
    """Let an exception begin."""
    asked = _request_or_404(request, pk)
    return _told(request, lambda: exceptions.approve(request=asked, by=request.member), _("The exception has begun."))


@gate("manage")
def refusal(request: GatedRequest, pk: int) -> HttpResponse:
    """Say no to a request, and why."""
    asked = _request_or_404(request, pk)
    form = AnswerForm(request.POST or None)
    return form_page(
        request,
        form,
        title=_("Refuse the exception"),
        label=pgettext("request", "Refuse"),
        back=reverse("customers:tiers", args=[request.workspace.slug]),
        act=lambda: exceptions.refuse(request=asked, answer=form.cleaned_data["answer"], by=request.member) and None,
        done=_("Refused."),
    )


@gate("work")
@require_POST
def withdrawal(request: GatedRequest, pk: int) -> HttpResponse:
    """Take an own request back."""
    asked = _request_or_404(request, pk)
    return _told(
        request, lambda: exceptions.withdraw(request=asked, by=request.member), _("The request is taken back.")
    )


def _request_or_404(request: GatedRequest, pk: int) -> TierRequest:
    """A request about an account that the member may see."""
    found = get_object_or_404(
        TierRequest.objects.select_related("account"), pk=pk, account__workspace=request.workspace
    )
    found.account = account_of(request, found.account.number)
    return found


def _told(request: GatedRequest, act: Any, done: str) -> HttpResponse:
    try:
        act()
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, done)
    return redirect("customers:tiers", request.workspace.slug)


@gate("manage")
def set_directly(request: GatedRequest, number: int) -> HttpResponse:
    """Put the account into another tier; where rules decide, ask for an exception."""
    if schemes.of(request.workspace).needs_approval:
        return _ask(request, number)
    account = account_of(request, number)
    form = TierForm(request.workspace, request.POST or None, initial={"tier": account.tier})
    return form_page(
        request,
        form,
        title=_("Set tier"),
        label=_("Set tier"),
        back=account_address(account),
        act=lambda: set_tier(accounts=[account], tier=form.cleaned_data["tier"], by=request.member),
        done=_("Tier set."),
    )


@gate("work")
def ask(request: GatedRequest, number: int) -> HttpResponse:
    """Ask that the account stand in another tier until a day."""
    return _ask(request, number)


def _ask(request: GatedRequest, number: int) -> HttpResponse:
    account = account_of(request, number)
    form = AskForm(account, request.POST or None)
    return form_page(
        request,
        form,
        title=_("Ask for a tier exception"),
        label=_("Ask"),
        back=account_address(account),
        act=lambda: exceptions.ask(account=account, by=request.member, **form.cleaned_data) and None,
        done=_("Asked. Another manager has to approve it."),
        note=_("Another manager approves it. Until then, and from the day after the last one, the rule decides."),
    )


@gate("manage")
@require_POST
def end(request: GatedRequest, number: int) -> HttpResponse:
    """End a running exception today."""
    account = account_of(request, number)
    try:
        exceptions.end(account=account, by=request.member)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The exception is over; the rule decides again."))
    return redirect(account_address(account))


@gate("work")
def review(request: GatedRequest, number: int) -> HttpResponse:
    """Write down that the tier was looked at and stays."""
    account = account_of(request, number)
    form = NoteForm(request.POST or None)
    return form_page(
        request,
        form,
        title=_("Review the tier"),
        label=_("The tier stays"),
        back=account_address(account),
        act=lambda: reviews.review(account=account, note=form.cleaned_data["note"], by=request.member) and None,
        done=_("Review written down."),
        note=_("Should it be another tier, ask for an exception instead."),
    )


@gate("work")
def use(request: GatedRequest, number: int) -> HttpResponse:
    """Write down a use of an entitlement."""
    account = account_of(request, number)
    form = UseForm(account, request.POST or None, initial={"entitlement": request.GET.get("of", "")})
    return form_page(
        request,
        form,
        title=_("Use an entitlement"),
        label=_("Write down"),
        back=account_address(account),
        act=lambda: ledger.consume(account=account, by=request.member, **form.cleaned_data) and None,
        done=_("Written down."),
    )


@gate("work")
def reversal(request: GatedRequest, number: int, pk: int) -> HttpResponse:
    """Take a use back by a counter-entry."""
    account = account_of(request, number)
    line = get_object_or_404(EntitlementUse.objects.filter(account=account), pk=pk)
    line.account = account
    form = NoteForm(request.POST or None)
    return form_page(
        request,
        form,
        title=_("Take the use back"),
        label=_("Take back"),
        back=account_address(account, "tier"),
        act=lambda: ledger.reverse(use=line, note=form.cleaned_data["note"], by=request.member) and None,
        done=_("Taken back by a counter-entry."),
    )


@gate("view")
def entitlements(request: GatedRequest) -> HttpResponse:
    """Use of entitlements across accounts: left unused, and more than agreed."""
    scheme = schemes.of(request.workspace)
    context = {
        "scheme": scheme,
        "uses": use_report.report(request.member),
        "due": [(one, [(tier, one.words(tier.key)) for tier in scheme.tiers]) for one in scheme.entitlements],
        "may_manage": may(request.member, "manage"),
    }
    return render(request, "customers/tiers/entitlements.html", context)
