"""The page of retention: rules, what they would take away tonight, and how the counts behave."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from evergrow import warehouse
from evergrow.customers.models import Kept, RetentionRule
from evergrow.customers.privacy import retaining
from evergrow.intake.personal import retention
from evergrow.workspaces import jobs
from evergrow.workspaces.access import GatedRequest, gate


@gate("administer")
def rules(request: GatedRequest) -> HttpResponse:
    """The rules with a preview; posting makes or changes one."""
    if request.method == "POST":
        return _save(request)
    try:
        shares, away = retention.shares(request.workspace), False
    except warehouse.StoreUnavailable:
        shares, away = [], True
    other = RetentionRule.objects.filter(workspace=request.workspace).exclude(about=Kept.EVENTS)
    context = {
        "shares": shares,
        "away": away,
        "others": {rule.about: rule for rule in other},
        "other_rules": other.order_by("about"),
        "has_rest": any(share.rule.pattern == "*" for share in shares),
        "kinds": Kept.choices,
        "total": sum(share.count for share in shares),
    }
    return render(request, "intake/retention.html", context)


def _save(request: GatedRequest) -> HttpResponse:
    sent = request.POST
    days = sent.get("days", "")
    try:
        retaining.save_rule(
            workspace=request.workspace,
            about=sent.get("about", Kept.EVENTS),
            pattern=sent.get("pattern", "*"),
            days=int(days) if days.isascii() and days.isdigit() and len(days) < 8 else 0,
            rebuild_counts=sent.get("rebuild_counts") == "1",
            by=request.member,
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    except ValueError:
        messages.error(request, _("Choose what is kept from the form."))
    else:
        messages.success(request, _("Saved. It is followed at night; the table shows what would go."))
    return redirect(reverse("intake:retention", args=[request.workspace.slug]))


@gate("administer")
@require_POST
def remove(request: GatedRequest, pk: int) -> HttpResponse:
    """Take a rule away."""
    rule = get_object_or_404(RetentionRule, pk=pk, workspace=request.workspace)
    retaining.remove_rule(rule=rule, by=request.member)
    return redirect(reverse("intake:retention", args=[request.workspace.slug]))


@gate("administer")
@require_POST
def run(request: GatedRequest) -> HttpResponse:
    """Follow the rules now instead of tonight."""
    jobs.enqueue(retaining.RETENTION, request.workspace, by=request.member, dedupe_key="by hand")
    messages.success(request, _("The rules are being followed now. You can go on working."))
    return redirect(reverse("intake:retention", args=[request.workspace.slug]))
