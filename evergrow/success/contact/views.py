"""The contact rules: shown and changed, tried on the past, and what was not sent."""

from collections import Counter
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from evergrow.customers import access as customers
from evergrow.success.contact import changing, form, policy, queries, words
from evergrow.success.contact.trial import trial as tried
from evergrow.success.errors import Refused
from evergrow.success.models.contact import ContactChannel, ContactPolicy, ContactReason
from evergrow.success.views.answers import saying
from evergrow.workspaces.access import GatedRequest, gate, may

PAGE = 50


@gate("view")
@require_safe
def rules(request: GatedRequest) -> HttpResponse:
    """The rules in force."""
    return _page(request, policy.current(request.workspace).as_data())


@gate("manage")
@require_POST
def change(request: GatedRequest) -> HttpResponse:
    """Put other rules in force."""
    version, data = request.POST.get("version", ""), policy.current(request.workspace).as_data()
    try:
        data = form.read(request.POST)
        known = int(version) if version.isdecimal() and len(version) < 9 else None
        changing.change(workspace=request.workspace, data=data, by=request.member, version=known)
    except Refused as refused:
        return _page(request, data, str(refused))
    messages.success(request, _("The contact rules are in force."))
    return redirect("success:contact_rules", request.workspace.slug)


@gate("manage")
@require_POST
def trial(request: GatedRequest) -> HttpResponse:
    """What the rules in the form would have held back in the last 30 days; nothing is kept."""
    context: dict[str, Any] = {"workspace": request.workspace}
    try:
        context["trial"] = tried(request.member, form.read(request.POST))
    except Refused as refused:
        context["error"] = refused
    return render(request, "success/contact/_trial.html", context)


@gate("work")
@require_POST
def change_hours(request: GatedRequest) -> HttpResponse:
    """The hours in which the member's own sends go out; none: those of the rules."""
    with saying(request, _("Saved.")):
        policy.save_hours(member=request.member, data=form.hours(request.POST, "own"), by=request.member)
    return redirect(reverse("success:contact_rules", args=[request.workspace.slug]) + "#own")


@gate("view")
@require_safe
def refusals(request: GatedRequest) -> HttpResponse:
    """What was not sent in the last 30 days, by ``reason`` and ``channel``."""
    reason, channel = request.GET.get("reason", ""), request.GET.get("channel", "")
    rows = queries.refusals(request.member)
    states, reasons = queries.counts(request.member)
    if reason in ContactReason.values:
        rows = rows.filter(reason=reason)
    if channel in ContactChannel.values:
        rows = rows.filter(contact__channel=channel)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    by_channel = sum(reasons.values(), Counter())
    firsts = [row.contact.one_with for row in page.object_list if row.contact.one_with]
    sent_for = [first.account_id for first in firsts if first.account_id]
    context = {
        "page": page,
        "tasks": words.tasks_of(request.member, [row.contact for row in page.object_list]),
        "accounts_seen": set(customers.accounts(request.member).filter(pk__in=sent_for).values_list("pk", flat=True)),
        "reason": reason,
        "channel": channel,
        "reasons": [(key, words.reason(key), counts.total()) for key, counts in sorted(reasons.items())],
        "channels": [(key, words.channel(key), n) for key, n in by_channel.most_common()],
        "states": states,
        "withheld": sum(by_channel.values()),
        "days": queries.SINCE_DAYS,
    }
    return render(request, "success/contact/refusals.html", context)


def _page(request: GatedRequest, data: dict[str, Any], error: str = "") -> HttpResponse:
    row = ContactPolicy.objects.filter(workspace=request.workspace).select_related("changed_by__user").first()
    states, reasons = queries.counts(request.member)
    context = {
        "rules": form.rows(data),
        "version": row.version if row else 0,
        "changed": row,
        "weekdays": words.weekdays(),
        "own": form.stretches([each.as_data() for each in policy.hours_of(request.member)]),
        "states": states,
        "withheld": sum(counts.total() for counts in reasons.values()),
        "days": queries.SINCE_DAYS,
        "can_manage": may(request.member, "manage"),
        "can_work": may(request.member, "work"),
        "error": error,
        **form.choices(),
    }
    return render(request, "success/contact/rules.html", context, status=422 if error else 200)
