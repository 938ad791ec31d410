"""Overrides: the page with all of them, asking for one, deciding, ending."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from evergrow.customers import access
from evergrow.customers.views.forms import form_page
from evergrow.health import card as cards
from evergrow.health import default_card
from evergrow.health.models import AccountHealth, Override, OverrideMode
from evergrow.health.overrides import actions, queries
from evergrow.health.overrides.forms import AnswerForm, OverrideForm
from evergrow.workspaces.access import GatedRequest, gate, may

MOST = 100


@gate("view")
def overview(request: GatedRequest) -> HttpResponse:
    """What waits for a decision, what is in force, what is over."""
    context = {
        "waiting": queries.waiting(request.member)[:MOST],
        "in_force": queries.in_force(request.member)[:MOST],
        "over": queries.over(request.member)[:MOST],
        "may_manage": may(request.member, "manage"),
        "may_work": may(request.member, "work"),
    }
    return render(request, "health/overrides.html", context)


@gate("work")
def ask(request: GatedRequest, number: int) -> HttpResponse:
    """Ask that a score of the account be set."""
    account = access.account_or_404(request.member, number)
    state = AccountHealth.objects.select_related("version").filter(account=account).first()
    card = cards.read(state.version.definition if state else default_card.definition())
    form = OverrideForm(card, get_language() or "en", request.POST or None, initial={"mode": OverrideMode.HOLD})
    return form_page(
        request,
        form,
        title=_("Set the score by hand"),
        label=_("Ask for approval"),
        back=reverse("health:account", args=[request.workspace.slug, number]),
        act=lambda: actions.ask(account=account, by=request.member, **form.cleaned_data) and None,
        done=_("Asked. Another colleague who may manage has to approve it."),
        note=_(
            "Another colleague approves it. It is shown as set by hand wherever the score is shown, with your name and"
            " the reason, and the computed score stays beside it."
        ),
    )


@gate("manage")
@require_POST
def approval(request: GatedRequest, pk: int) -> HttpResponse:
    """Let it count."""
    one = _one(request, pk)
    return _told(
        request, lambda: actions.approve(override=one, by=request.member), _("Approved. It counts from today.")
    )


@gate("manage")
def refusal(request: GatedRequest, pk: int) -> HttpResponse:
    """Say no, and why."""
    one = _one(request, pk)
    form = AnswerForm(request.POST or None)
    return form_page(
        request,
        form,
        title=_("Refuse the override"),
        label=pgettext("override", "Refuse"),
        back=reverse("health:overrides", args=[request.workspace.slug]),
        act=lambda: actions.refuse(override=one, answer=form.cleaned_data["answer"], by=request.member) and None,
        done=_("Refused."),
    )


@gate("work")
@require_POST
def withdrawal(request: GatedRequest, pk: int) -> HttpResponse:
    """Take back what one asked for."""
    one = _one(request, pk)
    return _told(request, lambda: actions.withdraw(override=one, by=request.member), _("Taken back."))


@gate("work")
@require_POST
def end(request: GatedRequest, pk: int) -> HttpResponse:
    """End it today."""
    one = _one(request, pk)
    done = _("Ended. The computed score counts again.")
    return _told(request, lambda: actions.lift(override=one, by=request.member), done)


def _one(request: GatedRequest, pk: int) -> Override:
    found = queries.visible(request.member).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _told(request: GatedRequest, act: Callable[[], Any], done: str) -> HttpResponse:
    try:
        act()
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, done)
    return redirect("health:overrides", request.workspace.slug)
