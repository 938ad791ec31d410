"""The page of working days: a year, the days of one's own, the official notice."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from evergrow.lib import workdays
from evergrow.lib.digits import row_id
from evergrow.workspaces.access import GatedRequest, gate, may
from evergrow.workspaces.calendar import acts, days, year
from evergrow.workspaces.calendar.forms import NoticeForm, OwnDaysForm
from evergrow.workspaces.forms import Form, attempt

LEGEND = ("holiday", "made_up", "own_free", "own_work")


@gate("view")
@require_safe
def calendar(request: GatedRequest) -> HttpResponse:
    """A year of working days, today's unless ``year`` names another."""
    return _page(request, _year(request))


@gate("administer")
@require_POST
def set_own(request: GatedRequest) -> HttpResponse:
    """Make days free or worked."""
    form = OwnDaysForm(request.POST)
    done = attempt(form, lambda data: acts.set_own(workspace=request.workspace, by=request.member, **data))
    if done is None:
        return _page(request, _year(request), own=form, status=422)
    count = ngettext("%(n)s day was changed.", "%(n)s days were changed.", len(done)) % {"n": len(done)}
    messages.success(request, count if done else _("Nothing was changed."))
    return _to(request, form.cleaned_data["first"].year)


@gate("administer")
@require_POST
def unset_own(request: GatedRequest) -> HttpResponse:
    """Let the calendar count again for some days."""
    try:
        first, last = (date.fromisoformat(request.POST.get(end, "")) for end in ("first", "last"))
    except ValueError:
        messages.error(request, _("Write a day like 2027-01-04."))
        return _page(request, _year(request), status=422)
    acts.unset_own(workspace=request.workspace, first=first, last=last, by=request.member)
    messages.success(request, _("Removed. The calendar counts again for these days."))
    return _to(request, first.year)


@gate("administer")
@require_POST
def notice(request: GatedRequest) -> HttpResponse:
    """Read a notice and show what it would change; with ``take_in`` take it in."""
    form, shown, workspace = NoticeForm(request.POST), _year(request), request.workspace
    if "take_in" in request.POST and _take_in(request, form, shown):
        messages.success(request, _("The official days of %(year)s count from now on.") % {"year": shown})
        return _to(request, shown)
    holidays = attempt(form, lambda data: acts.read_notice(workspace, shown, data["text"]))
    if holidays is None:
        return _page(request, shown, text=form, status=422)
    changes = year.changes(workspace, shown, holidays)
    preview = {
        "holidays": [(each, days.in_row(each.free), each.worked) for each in holidays],
        "free": changes[False],
        "worked": changes[True],
    }
    return _page(request, shown, text=form, preview=preview)


@gate("administer")
@require_POST
def take_back(request: GatedRequest) -> HttpResponse:
    """Forget the official days of a year that were taken in."""
    shown = _year(request)
    if acts.take_back(workspace=request.workspace, year=shown, by=request.member):
        messages.success(request, _("The official days of %(year)s that were pasted here are gone.") % {"year": shown})
    return _to(request, shown)


def _take_in(request: GatedRequest, form: Form, shown: int) -> bool:
    wish: dict[str, Any] = {"workspace": request.workspace, "year": shown, "by": request.member}
    return attempt(form, lambda data: acts.take_in(**wish, **data)) is not None


def _page(
    request: GatedRequest,
    shown: int,
    own: Form | None = None,
    text: Form | None = None,
    preview: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    workspace, administers = request.workspace, may(request.member, "administer")
    stored, first = workspace.calendar_days, date(shown, 1, 1)
    mine = [each for day, each in days.own(stored).items() if day.year == shown]
    months = year.months(workspace, shown)
    context = {
        "year": shown,
        "years": (shown - 1, shown + 1),
        "months": months,
        "heads": year.heads(workspace.week_start, get_language() or "en"),
        "worked": sum(month.worked for month in months),
        "legend": LEGEND,
        "own": days.stretches(mine),
        "has_notices": workspace.calendar == days.WITH_NOTICES,
        "is_known": workdays.is_known(first, workspace.workdays),
        "is_pasted": shown in days.official(stored),
        "is_delivered": workdays.is_known(first, workspace.calendar),
        "administers": administers,
        "own_form": own or OwnDaysForm(),
        "text_form": text or NoticeForm(),
        "preview": preview,
    }
    return render(request, "workspaces/calendar/calendar.html", context, status=status)


def _year(request: GatedRequest) -> int:
    asked = row_id(request.POST.get("year") or request.GET.get("year") or "")
    return asked if asked in acts.YEARS else request.workspace.today().year


def _to(request: GatedRequest, shown: int) -> HttpResponse:
    page = reverse("workspaces:working_days", kwargs={"workspace": request.workspace.slug})
    return HttpResponseRedirect(f"{page}?year={shown}")
