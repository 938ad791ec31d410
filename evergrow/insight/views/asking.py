"""What the pages of all kinds of questions have in common: asking, refusing, files with their definition."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseBase
from django.utils.html import strip_tags
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from evergrow.insight import event_names
from evergrow.insight.errors import BadQuestion
from evergrow.insight.event_names import EventNames
from evergrow.insight.kind import Kind
from evergrow.insight.presence.words import TABLES
from evergrow.insight.saved import bar, wording
from evergrow.insight.trend import words
from evergrow.insight.views import downloads
from evergrow.lib.sheets import Cell
from evergrow.workspaces.access import GatedRequest


@dataclass(frozen=True, slots=True)
class Asked:
    """The question in the address, its answer, and what is wrong with either."""

    question: Any = None
    result: Any = None
    wrong: BadQuestion | None = None


def ask(request: GatedRequest, kind: Kind) -> Asked:
    """Read the address and ask over the accounts that the member may see."""
    question = None
    try:
        if kind.marks is not None:
            question = kind.marks.ask(request.GET)
        return Asked(question, kind.answer(request.member, question))
    except BadQuestion as error:
        return Asked(question, None, error)


def pushed(
    request: GatedRequest, response: HttpResponse, kind: Kind, asked: Asked, *, is_pending: bool, **more: str
) -> HttpResponse:
    """The response, with the address of the question as it was understood; a row begun and not used yet stays typed."""
    if request.htmx and asked.question is not None and not is_pending:
        carried = urlencode(bar.carried(request) | more)
        response["HX-Push-Url"] = "?" + "&".join(filter(None, [kind.address(asked.question), carried]))
    return response


def export(request: GatedRequest, kind: Kind, form: str) -> HttpResponseBase:
    """The numbers as CSV, or as Excel with the definition on a sheet of its own; else what is wrong in a sentence."""
    asked = ask(request, kind)
    if asked.result is None:
        sentence = asked.wrong.sentence if asked.wrong else ""
        return HttpResponse(sentence, status=422, content_type="text/plain; charset=utf-8")
    language, names = get_language() or "en", event_names.of(request.workspace)
    heads, rows = kind.sheet(asked.result, names, language)
    return downloads.table(
        form,
        f"{kind.key}-{asked.result.today}",
        heads,
        rows,
        zone=request.workspace.tz,
        notes=(_("Definition"), definition(request, kind, asked.result, names, language)),
    )


def definition(
    request: GatedRequest, kind: Kind, result: Any, names: EventNames, language: str
) -> Iterator[tuple[str, Cell]]:
    """What was asked and what the answer rests on, each with its name."""
    question = result.question
    yield _("Question"), f"{kind.label} · {kind.title(question, names, language)}"
    yield _("Answer"), strip_tags(kind.reading(result, names, language))
    yield from wording.parts(kind.data(question), names, language, result.today)
    yield pgettext("trend", "Days"), words.span(result.days.first, result.days.last, result.today, language)
    starts = _("weeks start on Sunday") if result.week_start == 6 else _("weeks start on Monday")
    yield _("Time zone"), f"{result.zone}, {starts}"
    yield _("As of"), result.as_of
    tables = [f"{TABLES.get(each, each)} ({each})" for each in result.table.split(", ")]
    yield _("Answered from"), ", ".join(tables)
    yield _("Meaning"), request.build_absolute_uri(kind.url(request.workspace.slug, question))
