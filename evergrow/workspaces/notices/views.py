"""The page behind the bell."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from evergrow.lib.digits import row_id
from evergrow.workspaces.access import GatedRequest, gate
from evergrow.workspaces.notices import kinds, reading
from evergrow.workspaces.notices.models import Notice
from evergrow.workspaces.returning import ours

PAGE = 50


@dataclass(frozen=True, slots=True)
class Row:
    """A notice with how its kind is drawn."""

    notice: Notice
    icon: str
    is_urgent: bool


@gate("view")
@require_safe
def notices(request: GatedRequest) -> HttpResponse:
    """One's own notices, the unread ones first asked for, by day."""
    shows_all = request.GET.get("show") == "all"
    found = reading.notices(request.member, unread=not shows_all)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "days": _by_day(page),
        "shows_all": shows_all,
        "unread": reading.count_unread(request.member),
        "newest": page[0].pk if len(page.object_list) else 0,
    }
    return render(request, "workspaces/notices/notices.html", context)


@gate("view")
@require_POST
def read_notice(request: GatedRequest, pk: int) -> HttpResponse:
    """Mark one read, or unread again with ``unread=1``."""
    notice = reading.notice_or_404(request.member, pk)
    if request.POST.get("unread"):
        reading.mark_unread(member=request.member, notice=notice)
    else:
        reading.mark_read(member=request.member, notice=notice)
    return HttpResponseRedirect(ours(request, request.POST.get("next", ""), _here(request)))


@gate("view")
@require_POST
def read_all(request: GatedRequest) -> HttpResponse:
    """Mark everything read that the member saw: up to the newest on their page."""
    count = reading.mark_read(member=request.member, up_to=row_id(request.POST.get("up_to", "")) or None)
    said = ngettext("%(n)s notification was marked as read.", "%(n)s notifications were marked as read.", count)
    messages.success(request, said % {"n": count})
    return HttpResponseRedirect(_here(request))


def _by_day(page: Iterable[Notice]) -> list[tuple[date, list[Row]]]:
    days: dict[date, list[Row]] = {}
    for notice in page:
        kind = kinds.get(notice.kind)
        day = timezone.localtime(notice.created_at).date()
        days.setdefault(day, []).append(Row(notice, kind.icon, kind.is_urgent))
    return list(days.items())


def _here(request: GatedRequest) -> str:
    url = reverse("workspaces:notices", kwargs={"workspace": request.workspace.slug})
    return f"{url}?show=all" if request.POST.get("show") == "all" else url
