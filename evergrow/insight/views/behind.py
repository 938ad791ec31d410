"""The list behind a mark of any kind of question: in the drawer beside the chart, as a page of its own, as a file."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from evergrow.customers import criteria as rules
from evergrow.insight import event_names, kinds, queries
from evergrow.insight.as_criteria import Unsaid
from evergrow.insight.behind import EVERYBODY, Behind, Criteria, Marks
from evergrow.insight.errors import BadQuestion
from evergrow.insight.kind import Kind
from evergrow.insight.views import downloads, subjects
from evergrow.lib import clock
from evergrow.workspaces.access import GatedRequest, gate, may

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for: a point of a question of a kind."""

    kind: Kind
    marks: Marks
    question: Any
    point: Any


def address(slug: str, kind: str, query: str = "", name: str = "behind", **more: str) -> str:
    """Where the list behind a mark is; ``query`` says the question and the point."""
    page = reverse(f"insight:{name}", kwargs={"workspace": slug, "kind": kind, **more})
    return f"{page}?{query}" if query else page


def read(request: GatedRequest, kind: str) -> Asked:
    """The question and the point in the address. Raises BadQuestion, Http404 for a kind without lists."""
    found = next((each for each in kinds.KINDS if each.key == kind), None)
    if found is None or found.marks is None:
        raise Http404
    return Asked(found, found.marks, found.marks.ask(request.GET), found.marks.read(request.GET))


def find(request: GatedRequest, asked: Asked, *, limit: int = EVERYBODY, offset: int = 0) -> Behind:
    """Who is behind it, of those the member may see. Raises BadQuestion."""
    visible = queries.limit(request.member)
    return asked.marks.find(asked.question, request.workspace, asked.point, visible=visible, limit=limit, offset=offset)


@dataclass(frozen=True, slots=True)
class Said:
    """Criteria that mean the same subjects, or the reason why none do."""

    criteria: Criteria | None = None
    why_not: str = ""


def criteria(request: GatedRequest, asked: Asked, found: Behind) -> Said:
    """What would be saved as a segment that follows; for members who see every account."""
    if queries.limit(request.member) is not None:
        return Said(why_not=_("You see some accounts only; a segment that follows would find others too."))
    try:
        said = asked.marks.as_criteria(asked.question, request.workspace, asked.point, found)
        rules.parse(said, found.kept_as, request.workspace)
    except Unsaid as reason:
        return Said(why_not=str(reason))
    except rules.CriteriaError as error:
        return Said(why_not=str(error))
    return Said(said)


def refusing(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Say what is wrong with the question or the point as a sentence, with status 422."""

    @wraps(view)
    def refused(request: GatedRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except BadQuestion as error:
            return HttpResponse(error.sentence, status=422, content_type="text/plain; charset=utf-8")

    return refused


@gate("view")
@refusing
def behind(request: GatedRequest, kind: str) -> HttpResponse:
    """Who is behind a mark, a page at a time."""
    asked = read(request, kind)
    number = _page_number(request.GET.get("page", ""))
    found = find(request, asked, limit=PAGE_SIZE, offset=(number - 1) * PAGE_SIZE)
    if number > 1 and not found.rows:
        found, number = find(request, asked, limit=PAGE_SIZE), 1
    shown = _shown(request, asked, found)
    entries = subjects.Sized(list(subjects.entries(request.member, found, asked.marks.note)), found.total)
    shown["page"] = Paginator(entries, PAGE_SIZE).page(number)
    is_drawer = bool(request.htmx) and request.htmx.target == "drawer"
    return render(request, "insight/_behind_drawer.html" if is_drawer else "insight/behind.html", shown)


@gate("view")
@refusing
def behind_export(request: GatedRequest, kind: str, form: str) -> HttpResponseBase:
    """The whole list as CSV or Excel."""
    found = find(request, read(request, kind))
    heads, rows = subjects.sheet(request.member, found)
    name = f"{kind}-{found.days.first}-{found.days.last}"
    return downloads.table(form, name, heads, rows, zone=request.workspace.tz)


def _page_number(text: str) -> int:
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def _shown(request: GatedRequest, asked: Asked, found: Behind) -> dict[str, Any]:
    slug, names = request.workspace.slug, event_names.of(request.workspace)
    own = request.GET.copy()
    own.pop("page", None)
    query, kind = own.urlencode(), asked.kind.key
    may_work = may(request.member, "work")
    told = asked.marks.tell(asked.question, request.workspace, asked.point, found, names, get_language() or "en")
    return {
        "kind": asked.kind,
        "told": told,
        "others": [(other, address(slug, kind, other.query)) for other in told.others],
        "found": found,
        "as_of": clock.now(),
        "accounts_query": asked.marks.as_list(asked.question, asked.point, found),
        "own_url": address(slug, kind, query),
        "csv_url": address(slug, kind, query, "behind_export", form="csv"),
        "excel_url": address(slug, kind, query, "behind_export", form="xlsx"),
        "keep_url": address(slug, kind, query, "behind_keep") if may_work and found.total else "",
        "said": criteria(request, asked, found) if may_work and found.total else Said(),
        "question_url": asked.kind.url(slug, asked.question),
    }
