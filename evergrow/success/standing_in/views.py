"""The work of a member who is away, for whoever stands in."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from evergrow.success.standing_in import acts
from evergrow.success.standing_in.models import StandIn
from evergrow.workspaces.absences import reading
from evergrow.workspaces.access import GatedRequest, gate, may


@gate("work")
@require_http_methods(["GET", "HEAD", "POST"])
def absence_work(request: GatedRequest, pk: int) -> HttpResponse:
    """What is due while a colleague is away: taken over in bulk."""
    absence = reading.absence_or_404(request.member, pk)
    may_take = request.member.pk in (absence.member_id, absence.delegate_id) or may(request.member, "manage")
    rows = acts.offered(absence)
    if request.method == "POST":
        chosen = [int(text) for text in request.POST.getlist("task") if text.isdecimal() and len(text) < 18]
        wanted = list(rows if request.POST.get("all") else rows.filter(pk__in=chosen))
        moved = acts.take_over(absence=absence, tasks=wanted, by=request.member)
        said = ngettext("%(n)s task went to %(who)s.", "%(n)s tasks went to %(who)s.", moved)
        messages.success(request, said % {"n": moved, "who": absence.delegate})
        here = reverse("success:absence_work", args=[request.workspace.slug, absence.pk])
        return HttpResponseRedirect(here)
    held = StandIn.objects.filter(absence=absence, returned_at=None, task__isnull=False)
    context = {
        "absence": absence,
        "rows": rows[:200] if may_take else [],
        "count": rows.count(),
        "held": held.select_related("task__account", "holder__user").order_by("-pk")[:50],
        "may_take": may_take,
        "today": request.workspace.today(),
    }
    return render(request, "success/standing_in/work.html", context)
