"""The page of suggestions, and what is decided there."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from evergrow.customers import access
from evergrow.customers.actions.merges import CannotMerge
from evergrow.customers.duplicates import actions, queries
from evergrow.customers.duplicates.tasks import KIND as JOB
from evergrow.customers.models import Affiliation, Duplicate
from evergrow.lib.digits import small
from evergrow.workspaces import jobs
from evergrow.workspaces.access import GatedRequest, gate, may
from evergrow.workspaces.models import Job

PER_PAGE = 20
Kind, State = Duplicate.Kind, Duplicate.State


@gate("view")
@require_safe
def duplicates(request: GatedRequest) -> HttpResponse:
    """Suggestions by kind, reason and state, the surest first."""
    kind = Kind.ACCOUNT if request.GET.get("kind") == Kind.ACCOUNT else Kind.PERSON
    state = State.APART if request.GET.get("state") == State.APART else State.OPEN
    rows = queries.seen(request.member, kind).filter(state=state)
    counted = {row["reason"]: row["count"] for row in rows.values("reason").annotate(count=Count("pk"))}
    reason = request.GET.get("reason", "")
    if reason in counted:
        rows = rows.filter(reason=reason)
    shown = Paginator(rows.order_by("-score", "first", "second"), PER_PAGE).get_page(request.GET.get("page"))
    pairs = queries.told(request.member, kind, list(shown.object_list))
    job = Job.objects.filter(workspace=request.workspace, kind=JOB).order_by("-pk").first()
    context = {
        "kind": kind,
        "state": state,
        "reason": reason if reason in counted else "",
        "reasons": [
            (each.value, each.label, counted[each.value]) for each in Duplicate.Reason if each.value in counted
        ],
        "total": sum(counted.values()),
        "shown": shown,
        "pairs": pairs,
        "places": _places(request, kind, pairs),
        "job": job,
        "is_running": job is not None and job.state in ("queued", "running"),
        "may_work": may(request.member, "work"),
        "can_merge": may(request.member, "work" if kind == Kind.PERSON else "manage"),
    }
    return render(request, "customers/duplicates/page.html", context)


@gate("work")
@require_POST
def find_again(request: GatedRequest) -> HttpResponse:
    """Look for duplicates now."""
    jobs.enqueue(JOB, request.workspace, by=request.member, dedupe_key="asked")
    messages.success(request, _("Looking for duplicates. The list is fresh in a minute or so."))
    return _back(request)


@gate("work")
@require_POST
def decide(request: GatedRequest, pk: int) -> HttpResponse:
    """Merge the two, keep them apart, or suggest them again: ``act`` says which, ``keep`` whose facts win."""
    row = Duplicate.objects.filter(pk=pk, workspace=request.workspace).first()
    if row is None or not queries.seen(request.member, row.kind).filter(pk=pk).exists():
        raise Http404
    act, keep = request.POST.get("act", ""), request.POST.get("keep", "")
    if act == "apart":
        actions.keep_apart(duplicate=row, by=request.member)
        messages.success(request, _("Remembered: they are not the same."))
    elif act == "reopen":
        actions.reopen(duplicate=row, by=request.member)
        messages.success(request, _("They are suggested again."))
    elif act == "merge" and small(keep):
        try:
            actions.merge(duplicate=row, keep=small(keep), by=request.member)
        except (actions.CannotDecide, CannotMerge):
            messages.error(request, _("They cannot be merged any more: one of them was merged or deleted meanwhile."))
        else:
            messages.success(request, _("Merged. The merge can be undone."))
    else:
        messages.error(request, _("Say what should happen with the two."))
    return _back(request, row.kind)


def _back(request: GatedRequest, kind: str = "") -> HttpResponse:
    """To the page it was asked on, where that is one of this workspace, else to the list."""
    back = request.POST.get("back", "")
    home = reverse("customers:duplicates", kwargs={"workspace": request.workspace.slug})
    if back.startswith(f"/w/{request.workspace.slug}/") and "\\" not in back:
        return redirect(back)
    return redirect(f"{home}?kind={kind or request.POST.get('kind', Kind.PERSON)}")


def _places(request: GatedRequest, kind: str, pairs: list[queries.Suggestion]) -> dict[int, list[str]]:
    """The names of people's accounts by person, for the evidence."""
    if kind != Kind.PERSON:
        return {}
    people = [row.pk for pair in pairs for row in (pair.kept, pair.other)]
    rows = Affiliation.objects.filter(access.visible(request.member, "account__"), person__in=people, ended_on=None)
    found: dict[int, list[str]] = {}
    for row in rows.select_related("account"):
        found.setdefault(row.person_id, []).append(str(row.account))
    return found
