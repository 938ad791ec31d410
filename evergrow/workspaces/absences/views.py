"""The page of absences."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from evergrow.workspaces.absences import acts, reading
from evergrow.workspaces.absences.forms import AbsenceForm
from evergrow.workspaces.absences.models import Absence
from evergrow.workspaces.access import GatedRequest, gate, may
from evergrow.workspaces.forms import attempt


@gate("view")
@require_http_methods(["GET", "HEAD"])
def absences(request: GatedRequest) -> HttpResponse:
    """Who is away now and soon."""
    return _page(request, AbsenceForm(by=request.member) if may(request.member, "work") else None)


@gate("work")
@require_POST
def enter(request: GatedRequest) -> HttpResponse:
    """Enter an absence of one's own, or as a manager of another."""
    form = AbsenceForm(request.POST, by=request.member)
    made = attempt(form, lambda data: acts.enter(by=request.member, **data))
    if made is None:
        return _page(request, form, status=422)
    messages.success(request, _("Entered. %(delegate)s was told.") % {"delegate": made.delegate})
    return HttpResponseRedirect(_here(request))


@gate("work")
@require_POST
def end(request: GatedRequest, pk: int) -> HttpResponse:
    """Call an absence off, or end it early."""
    back = acts.end(absence=reading.absence_or_404(request.member, pk), by=request.member)
    messages.success(request, _("The absence is over; %(n)s open tasks went back.") % {"n": back})
    return HttpResponseRedirect(_here(request))


def _page(request: GatedRequest, form: AbsenceForm | None, status: int = 200) -> HttpResponse:
    today, manages = request.workspace.today(), may(request.member, "manage")
    rows = [
        {
            "absence": absence,
            "is_now": absence.is_now(today),
            "may_end": manages or absence.member_id == request.member.pk,
            "work_url": _work(request, absence, manages),
        }
        for absence in reading.absences(request.workspace)
    ]
    context = {"rows": rows, "form": form, "today": today}
    return render(request, "workspaces/absences/absences.html", context, status=status)


def _work(request: GatedRequest, absence: Absence, manages: bool) -> str:
    """Where the open work is offered, for those who may take it over."""
    is_theirs = request.member.pk in (absence.member_id, absence.delegate_id)
    if not (acts.WORK_PAGE and (manages or is_theirs)):
        return ""
    return reverse(acts.WORK_PAGE[0], args=[request.workspace.slug, absence.pk])


def _here(request: GatedRequest) -> str:
    return reverse("workspaces:absences", kwargs={"workspace": request.workspace.slug})
