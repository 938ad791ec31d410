"""The page of the calendar, and taking an entry to another day."""

from datetime import date

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from evergrow.success.day import calendar as days
from evergrow.success.day import sources
from evergrow.success.day.calendar import View
from evergrow.success.day.listing import ask
from evergrow.success.day.views import read_whose, whose_choices
from evergrow.success.errors import Refused
from evergrow.success.views.answers import Unreadable, needed_day
from evergrow.workspaces.access import GatedRequest, gate

VIEWS = [("week", pgettext_lazy("calendar", "Week")), ("month", pgettext_lazy("calendar", "Month"))]
SHOWN = {"week": 200, "month": 5}


@gate("view")
@require_safe
def calendar(request: GatedRequest) -> HttpResponse:
    """Tasks, renewals and what other rooms put on a calendar, by week or month."""
    view: View = "week" if request.GET.get("view") == "week" else "month"
    today = request.workspace.today()
    day = read_day(request.GET.get("day", ""), today)
    whose = read_whose(request)
    weeks = days.weeks(ask(request.member, whose), day, view)
    context = {
        "weeks": weeks,
        "heads": [cell.day for cell in weeks[0]],
        "view": view,
        "views": VIEWS,
        "day": day,
        "before": days.before(day, view),
        "after": days.following(day, view),
        "today": today,
        "whose": whose,
        "whose_choices": whose_choices(request),
        "shown": SHOWN[view],
        "total": sum(len(cell.entries) for week in weeks for cell in week),
    }
    return render(request, "success/day/calendar.html", context)


@gate("work")
@require_POST
def move_entry(request: GatedRequest) -> HttpResponse:
    """Take the entry ``key`` to the day ``to``; 409 with a sentence where that is not allowed."""
    parts = sources.split(request.POST.get("key", ""))
    if parts is None:
        raise Http404
    source, pk = parts
    try:
        if source.move is None:
            raise Unreadable(sentence=_("Its day is set elsewhere and cannot be moved on the calendar."))
        source.move(request.member, pk, needed_day(request, "to"))
    except Refused as refused:
        return JsonResponse({"said": str(refused)}, status=409)
    return JsonResponse({})


def read_day(text: str, otherwise: date) -> date:
    """The day that an address names, within what a calendar can show; else ``otherwise``."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return otherwise
    return day if date(1970, 1, 1) <= day <= date(2999, 12, 31) else otherwise
