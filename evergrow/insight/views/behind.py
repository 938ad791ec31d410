"""The list behind a point of a trend: in the drawer beside the chart, as a page of its own, as a file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from evergrow.customers import access
from evergrow.customers.models import Account, Affiliation, Person
from evergrow.customers.privacy.masking import Mask
from evergrow.insight import event_names, queries
from evergrow.insight.account_filter import list_query
from evergrow.insight.errors import BadQuestion
from evergrow.insight.trend import behind, parse, words
from evergrow.insight.trend.behind import Behind, Point
from evergrow.insight.trend.question import TrendQuestion
from evergrow.insight.views import downloads
from evergrow.lib.sheets import Cell
from evergrow.workspaces.access import GatedRequest, gate, may
from evergrow.workspaces.models import Member

PAGE_SIZE = 50
SHEET_CHUNK = 2000


@dataclass(frozen=True, slots=True)
class Entry:
    """A subject with what is known of it; ``account`` or ``person`` is None where it is gone or not for this member."""

    number: int
    times: int
    last_day: date
    account: Account | None = None
    person: Person | None = None

    @property
    def name(self) -> str:
        """What the reader calls it."""
        return self.account.called(get_language() or "en") if self.account else str(self.person or f"#{self.number}")

    @property
    def at(self) -> list[str]:
        """The accounts a person is at, by name; two at most."""
        if self.person is None:
            return []
        language = get_language() or "en"
        return [each.account.called(language) for each in self.person.affiliations.all()[:2]]


class Sized(list[Entry]):
    """One page's entries, which a paginator sees as the whole list: the store has paged already."""

    def __init__(self, entries: list[Entry], total: int) -> None:
        super().__init__(entries)
        self.total = total

    def count(self) -> int:  # type: ignore[override]
        return self.total

    def __getitem__(self, place: Any) -> Any:
        return list(self) if isinstance(place, slice) else super().__getitem__(place)


@gate("view")
def trend_behind(request: GatedRequest) -> HttpResponse:
    """Who is behind a point, a page at a time."""
    try:
        question, point = _asked(request)
        number = _page_number(request.GET.get("page", ""))
        found = _read(request, question, point, number)
        if number > 1 and not found.rows:
            found = _read(request, question, point, number := 1)
    except BadQuestion as error:
        return HttpResponse(error.sentence, status=422, content_type="text/plain; charset=utf-8")
    shown = _shown(request, question, point, found)
    entries = Sized(list(_entries(request.member, found)), found.total)
    shown["page"] = Paginator(entries, PAGE_SIZE).page(number)
    is_drawer = bool(request.htmx) and request.htmx.target == "drawer"
    return render(request, "insight/_behind_drawer.html" if is_drawer else "insight/behind.html", shown)


@gate("view")
def trend_behind_export(request: GatedRequest, form: str) -> HttpResponseBase:
    """The whole list as CSV or Excel."""
    try:
        question, point = _asked(request)
        found = behind.behind(question, request.workspace, point, visible=queries.limit(request.member))
    except BadQuestion as error:
        return HttpResponse(error.sentence, status=422, content_type="text/plain; charset=utf-8")
    heads, rows = _sheet(request.member, found)
    name = f"trend-{found.bucket.first}-{found.bucket.last}"
    return downloads.table(form, name, heads, rows, zone=request.workspace.tz)


def _page_number(text: str) -> int:
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def _read(request: GatedRequest, question: TrendQuestion, point: Point, number: int) -> Behind:
    visible = queries.limit(request.member)
    offset = (number - 1) * PAGE_SIZE
    return behind.behind(question, request.workspace, point, visible=visible, limit=PAGE_SIZE, offset=offset)


def _asked(request: GatedRequest) -> tuple[TrendQuestion, Point]:
    query = request.GET
    where = (query.get("bucket", ""), query.get("part", ""), query.get("compared", ""), query.get("series", ""))
    point = behind.parse_point(*where)
    return parse.from_query(query), point


def _shown(request: GatedRequest, question: TrendQuestion, point: Point, found: Behind) -> dict[str, Any]:
    language, today = get_language() or "en", request.workspace.today()
    own = request.GET.copy()
    own.pop("page", None)
    asked = question.series[point.place]
    has_part = question.split is not None and point.part.kind != "whole"
    part = words.part_value(question, point.part) if has_part else ""
    return {
        "event": event_names.of(request.workspace).shown(asked.event, language),
        "event_raw": asked.event,
        "days": _days(found, today, language),
        "is_running": found.bucket.last >= today,
        "part": part,
        "split": words.topics(question),
        "filters": [words.condition(condition) for condition in (*question.filters, *asked.filters)],
        "found": found,
        "is_people": found.subject == "person",
        "accounts_query": ""
        if found.subject == "person"
        else list_query(question, found.bucket, point.part, point.place),
        "own_query": own.urlencode(),
        "trend_query": parse.as_query(question),
        "may_work": may(request.member, "work"),
    }


def _days(found: Behind, today: date, language: str) -> str:
    """The days of the list; for an hour the day and what the clock shows."""
    said = words.span(found.bucket.first, found.bucket.last, today, language)
    return f"{said} {found.bucket.clock}" if found.bucket.at else said


def _entries(member: Member, found: Behind) -> Iterator[Entry]:
    numbers = [row.number for row in found.rows]
    accounts: Mapping[int, Account] = {}
    people: Mapping[int, Person] = {}
    if found.subject == "account":
        accounts = {each.number: each for each in access.accounts(member).filter(number__in=numbers)}
    else:
        places = Affiliation.objects.filter(access.visible(member, "account__")).select_related("account")
        found_people = access.people(member).filter(number__in=numbers)
        seen = found_people.prefetch_related(Prefetch("affiliations", places))
        people = {each.number: each for each in seen}
    for row in found.rows:
        yield Entry(row.number, row.times, row.last_day, accounts.get(row.number), people.get(row.number))


def _sheet(member: Member, found: Behind) -> tuple[list[str], Iterator[list[Cell]]]:
    times, last = pgettext("trend measure", "Times"), _("Last day")
    if found.subject == "person":
        return [pgettext("trend", "Number"), _("Name"), _("Email"), times, last], _people_rows(member, found)
    heads = [
        pgettext("trend", "Number"),
        _("Name"),
        _("Id in your systems"),
        pgettext("of an account", "Status"),
        pgettext("of an account", "Plan"),
        _("MRR"),
        times,
        last,
    ]
    return heads, _account_rows(member, found)


def _chunks(found: Behind) -> Iterator[Behind]:
    for start in range(0, len(found.rows), SHEET_CHUNK):
        rows = found.rows[start : start + SHEET_CHUNK]
        yield Behind(found.subject, found.bucket, rows, found.total, found.statement)


def _account_rows(member: Member, found: Behind) -> Iterator[list[Cell]]:
    for chunk in _chunks(found):
        for entry in _entries(member, chunk):
            known = entry.account
            facts: list[Cell] = (
                [known.name, known.external_id, known.get_status_display(), known.plan, known.mrr]
                if known
                else [None] * 5
            )
            yield [entry.number, *facts, entry.times, entry.last_day]


def _people_rows(member: Member, found: Behind) -> Iterator[list[Cell]]:
    mask = Mask(member)
    for chunk in _chunks(found):
        for entry in _entries(member, chunk):
            known = entry.person
            facts: list[Cell] = [mask.value(known, "name"), mask.value(known, "email")] if known else [None, None]
            yield [entry.number, *facts, entry.times, entry.last_day]
