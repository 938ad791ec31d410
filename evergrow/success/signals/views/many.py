"""One act on many signals: those ticked, or all that the filter shows; and taking it back."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from evergrow.lib.digits import row_id
from evergrow.lib.numerals import number
from evergrow.success import access
from evergrow.success.models import SignalBatch
from evergrow.success.signals import inbox, many, suggesting, taking_back
from evergrow.success.views.answers import Unreadable, read_day, read_member, saying
from evergrow.workspaces.access import GatedRequest, gate

MOST_TICKED = 500


@gate("work")
@require_POST
def move_signals(request: GatedRequest) -> HttpResponse:
    """The act of the form's ``move`` for every ticked ``signal``, or with ``all`` for all that the filter shows."""
    chosen = inbox.read(request.POST)
    url, query = reverse("success:signals", args=[request.workspace.slug]), chosen.query
    with saying(request):
        rows = access.signals(request.member).filter(pk__in=_ticked(request))
        if request.POST.get("all"):
            rows = inbox.rows(request.member, chosen)
        batch = many.apply(rows=rows, wish=_wish(request), by=request.member)
        said = ngettext("%(n)s signal changed.", "%(n)s signals changed.", batch.count) % {"n": number(batch.count)}
        messages.success(request, said)
        query = "&".join(filter(None, [query, f"batch={batch.pk}"]))
    return redirect(f"{url}?{query}" if query else url)


@gate("work")
@require_POST
def undo_signals(request: GatedRequest, batch: int) -> HttpResponse:
    """Take a batch back."""
    row = SignalBatch.objects.filter(workspace=request.workspace, pk=batch).first()
    if row is None:
        raise Http404
    with saying(request):
        count = taking_back.take_back(batch=row, by=request.member)
        said = ngettext("%(n)s signal is as it was.", "%(n)s signals are as they were.", count)
        messages.success(request, said % {"n": number(count)})
    return redirect("success:signals", request.workspace.slug)


def _ticked(request: GatedRequest) -> list[int]:
    return [key for text in request.POST.getlist("signal")[:MOST_TICKED] if (key := row_id(text))]


def _wish(request: GatedRequest) -> many.Wish:
    move = request.POST.get("move", "")
    act = "snooze" if move == "later" else move
    if act not in many.ACTS:
        raise Unreadable(sentence=_("Choose what to do with the signal."))
    books = suggesting.startable(request.workspace) if act == "playbook" else {}
    return many.Wish(
        act=act,
        reason=request.POST.get("reason", ""),
        until=read_day(request, "until") if act == "snooze" else None,
        to=read_member(request, "to") if act == "assign" else None,
        playbook=books.get(request.POST.get("playbook", "")),
    )
