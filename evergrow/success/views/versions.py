"""Taking open runs to the published version of their playbook: looked at first, for one or for many, and undone."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from evergrow.lib.digits import row_id
from evergrow.success import access, errors
from evergrow.success.models import Playbook, Run
from evergrow.success.models.runs import OPEN_RUN_STATES
from evergrow.success.queries.preview import published
from evergrow.success.versions.move import move_run, move_runs, undo_move
from evergrow.success.versions.plan import plan_move
from evergrow.success.versions.standing import latest_move
from evergrow.success.views.answers import back, saying
from evergrow.workspaces.access import GatedRequest, gate

MOST = 200


@gate("manage")
def move_open_runs(request: GatedRequest, playbook: str) -> HttpResponse:
    """What would happen to each open run on an older version, and taking those that are ticked."""
    book = access.playbook_or_404(request.member, playbook)
    runs = _behind(request, book)
    try:
        to = published(book)
    except errors.Refused as refused:
        messages.error(request, str(refused))
        return redirect("success:playbook", request.workspace.slug, book.key)
    if request.method == "POST":
        chosen = set(map(row_id, request.POST.getlist("run")))
        done = move_runs(runs=[run for run in runs if run.pk in chosen], to=to, by=request.member)
        _tell(request, done["moved"], done["refused"])
        return redirect(f"{reverse('success:playbook', args=[request.workspace.slug, book.key])}?tab=runs")
    plans = [plan_move(run, to) for run in runs]
    context = {
        "playbook": book,
        "version": to,
        "plans": sorted(plans, key=lambda plan: not plan.is_possible),
        "possible": sum(plan.is_possible for plan in plans),
        "most": MOST,
    }
    return render(request, "success/move_runs.html", context)


@gate("manage")
def move_one_run(request: GatedRequest, run: int) -> HttpResponse:
    """The same for one run."""
    row = access.run_or_404(request.member, run)
    to_run = redirect("success:run", request.workspace.slug, row.pk)
    try:
        to = published(row.playbook)
        if request.method == "POST":
            move_run(run=row, to=to, by=request.member)
            words = _("The run goes on by v%(number)s. This can be taken back for seven days.")
            messages.success(request, words % {"number": to.number})
            return to_run
    except errors.Refused as refused:
        messages.error(request, str(refused))
        return to_run
    return render(request, "success/move_run.html", {"run": row, "plan": plan_move(row, to), "version": to})


@gate("manage")
@require_POST
def undo_run_move(request: GatedRequest, run: int) -> HttpResponse:
    """Take the latest change of version back."""
    row = access.run_or_404(request.member, run)
    move = latest_move(row)
    with saying(request, _("The run is back on its version before.")):
        if move is None:
            raise errors.MoveTooOld(run=row)
        undo_move(move=move, by=request.member)
    return back(request, reverse("success:run", args=[request.workspace.slug, row.pk]))


def _behind(request: GatedRequest, playbook: Playbook) -> list[Run]:
    rows = access.runs(request.member).filter(playbook=playbook, state__in=OPEN_RUN_STATES)
    rows = rows.exclude(version__state="published").select_related("account", "playbook", "version", "workspace")
    return list(rows.order_by("started_at")[:MOST])


def _tell(request: GatedRequest, moved: int, refused: int) -> None:
    done = ngettext("%(n)s run taken to the new version.", "%(n)s runs taken to the new version.", moved)
    messages.success(request, done % {"n": moved})
    if refused:
        left = ngettext("%(n)s run stays where it is.", "%(n)s runs stay where they are.", refused)
        messages.warning(request, left % {"n": refused})
