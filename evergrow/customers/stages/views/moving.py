"""Moving one subject, and its gate."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from evergrow.customers.models import Lifecycle, StageGate, StageStay
from evergrow.customers.privacy.masking import mask_for
from evergrow.customers.stages import by_hand, gates, seen
from evergrow.customers.stages.forms import DecisionForm, GateForm, MoveForm
from evergrow.customers.stages.moves import Subject
from evergrow.customers.stages.views.common import address, head, lifecycle_or_404, subject_or_404
from evergrow.customers.views.forms import form_page
from evergrow.workspaces.access import GatedRequest, gate


@gate("work")
def move(request: GatedRequest, key: str, number: int) -> HttpResponse:
    """Ask where to, why, and until when criteria leave it there."""
    lifecycle = lifecycle_or_404(request, key)
    subject = subject_or_404(request, lifecycle, number)
    stages = by_hand.reachable(lifecycle, by_hand.open_stay(lifecycle, subject))
    wanted = request.GET.get("to", "")
    form = MoveForm(stages, request.POST or None, initial={"to": wanted})
    is_shut = bool(wanted) and wanted not in {stage.key for stage in stages}
    return form_page(
        request,
        form,
        title=_("Move %(name)s") % {"name": seen.name(subject, mask_for(request))},
        label=pgettext("stage", "Move"),
        back=_back(request, lifecycle, subject),
        act=lambda: by_hand.move(lifecycle=lifecycle, subject=subject, by=request.member, **form.cleaned_data) and None,
        done=_("Moved."),
        note=_("It cannot go there directly: the lifecycle or a gate stands in the way.") if is_shut else "",
    )


def _back(request: GatedRequest, lifecycle: Lifecycle, subject: Subject) -> str:
    """The page of the subject where the move began there; else the board."""
    if request.GET.get("from") == "page":
        return seen.url(subject, request.workspace.slug)
    return address(lifecycle)


def _gated(request: GatedRequest, key: str, number: int) -> tuple[Lifecycle, Subject, StageStay]:
    lifecycle = lifecycle_or_404(request, key)
    subject = subject_or_404(request, lifecycle, number)
    stay = by_hand.open_stay(lifecycle, subject)
    if stay is None:
        raise Http404
    return lifecycle, subject, stay


@gate("work")
def at_gate(request: GatedRequest, key: str, number: int) -> HttpResponse:
    """The gate of the stage that a subject is in: items, artefacts, approvals, the decision."""
    lifecycle, subject, stay = _gated(request, key, number)
    standing = gates.of(lifecycle, stay)
    if standing is None:
        raise Http404
    form = GateForm(standing, request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _told(
            request,
            lifecycle,
            subject,
            lambda: gates.fill(
                lifecycle=lifecycle, stay=stay, ticked=form.ticked, artefacts=form.artefacts, by=request.member
            ),
            _("Written down."),
        )
    context = {
        **head(request, lifecycle, "board"),
        "subject": subject,
        "name": seen.name(subject, mask_for(request)),
        "subject_url": seen.url(subject, request.workspace.slug),
        "standing": standing,
        "form": form,
        "has_agreed": request.member.pk in standing.approvers,
        "agreed": request.workspace.members.filter(pk__in=standing.approvers).select_related("user"),
    }
    return render(request, "customers/stages/gate.html", context)


@gate("manage")
@require_POST
def approval(request: GatedRequest, key: str, number: int) -> HttpResponse:
    """Agree that it goes on."""
    lifecycle, subject, stay = _gated(request, key, number)
    act = lambda: gates.approve(lifecycle=lifecycle, stay=stay, by=request.member)  # noqa: E731
    return _told(request, lifecycle, subject, act, _("You have agreed."))


def _told(request: GatedRequest, lifecycle: Lifecycle, subject: Subject, act: Any, done: str) -> HttpResponse:
    try:
        act()
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, done)
    return redirect(address(lifecycle, "stage_gate", number=subject.number))


@gate("manage")
def decision(request: GatedRequest, key: str, number: int) -> HttpResponse:
    """Go, hold, recycle or kill."""
    lifecycle, subject, stay = _gated(request, key, number)
    standing = gates.of(lifecycle, stay)
    if standing is None:
        raise Http404
    Decision = StageGate.Decision
    stages = [s for said in (Decision.RECYCLE, Decision.KILL) for s in gates.targets(lifecycle, standing.stage, said)]
    form = DecisionForm(stages, request.POST or None)
    return form_page(
        request,
        form,
        title=_("Decide at the gate: %(name)s") % {"name": seen.name(subject, mask_for(request))},
        label=pgettext("gate", "Decide"),
        back=address(lifecycle),
        act=lambda: gates.decide(lifecycle=lifecycle, stay=stay, by=request.member, **form.cleaned_data) and None,
        done=_("Decided."),
    )
