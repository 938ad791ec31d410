"""The page of the board, further cards of a column, and moving a card."""

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from evergrow.success import access
from evergrow.success.board import columns, moving
from evergrow.success.board.columns import By
from evergrow.success.day.views import read_whose, whose_choices
from evergrow.success.errors import Refused
from evergrow.success.models import Task
from evergrow.success.views.answers import back, saying
from evergrow.workspaces.access import GatedRequest, gate, may


@gate("view")
@require_safe
def board(request: GatedRequest) -> HttpResponse:
    """Tasks in columns by state, or by owner."""
    by, whose = read_by(request), read_whose(request)
    found = columns.board(request.member, by=by, whose=whose)
    context = {**_common(request), "columns": found, "total": sum(column.count for column in found)}
    return render(request, "success/board/board.html", context)


@gate("view")
@require_safe
def column(request: GatedRequest) -> HttpResponse:
    """The cards of a column after the first ``offset``."""
    offset = request.GET.get("offset", "0")
    start = int(offset) if offset.isascii() and offset.isdigit() and len(offset) < 7 else 0
    key, by, whose = request.GET.get("column", ""), read_by(request), read_whose(request)
    found = columns.column(request.member, by=by, whose=whose, key=key, offset=start)
    if found is None:
        raise Http404
    return render(request, "success/board/_cards.html", {**_common(request), "column": found})


@gate("work")
@require_POST
def move(request: GatedRequest, task: int) -> HttpResponse:
    """Take a card to the column ``to``. A script hears of a refusal as 409 with the sentence, a form as a message."""
    row = access.task_or_404(request.member, task)
    if request.headers.get("Accept") == "application/json":
        try:
            _move(request, row)
        except Refused as refused:
            return JsonResponse({"said": str(refused)}, status=409)
        return JsonResponse({"state": row.state})
    with saying(request):
        _move(request, row)
    return back(request, reverse("success:board", args=[request.workspace.slug]))


def _move(request: GatedRequest, row: Task) -> None:
    to = request.POST.get("to", "")
    if request.POST.get("by") == "owner":
        moving.to_owner(task=row, to=to, by=request.member)
    else:
        moving.to_state(task=row, to=to, by=request.member, evidence=request.POST.get("evidence", ""))


def read_by(request: GatedRequest) -> By:
    """What the columns are: states unless the address says owners."""
    return "owner" if request.GET.get("by") == "owner" else "state"


def _common(request: GatedRequest) -> dict[str, object]:
    return {
        "by": read_by(request),
        "whose": read_whose(request),
        "whose_choices": whose_choices(request),
        "can_work": may(request.member, "work"),
    }
