"""The retention page: the form, the curve with its sentence, the table, exports. Its address holds all of it."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import get_language

from evergrow.insight import event_names, queries
from evergrow.insight.access import limit
from evergrow.insight.errors import BadQuestion
from evergrow.insight.retention import ask, parse, sheet
from evergrow.insight.retention.question import RetentionQuestion
from evergrow.insight.retention.result import RetentionResult
from evergrow.insight.saved import bar
from evergrow.insight.views import downloads, retention_answer, retention_form
from evergrow.workspaces.access import GatedRequest, gate

SHOWN = ("share", "value")


@gate("view")
def retention(request: GatedRequest) -> HttpResponse:
    """Build a retention question and see its answer; what cannot be asked is said at its field."""
    language = get_language() or "en"
    names = event_names.of(request.workspace)
    question, result, wrong = _asked(request)
    built = retention_form.build(request.member, request.GET, question, wrong, names, language)
    show = request.GET.get("show", "")
    shown = {
        "form": built,
        "wrong": wrong,
        "question": question,
        "show": show if show in SHOWN else "share",
        "has_events": bool(queries.events_seen(request.workspace)),
        "answer": retention_answer.told(request, result, names, language) if result else None,
    }
    response = render(request, "insight/retention.html", shown, status=422 if wrong and not request.htmx else 200)
    if request.htmx and question is not None and not any(row.is_pending for row in built.rows):
        more = bar.carried(request) | ({"show": show} if show == "value" else {})
        response["HX-Push-Url"] = f"?{parse.as_query(question, **more)}"
    return response


@gate("view")
def retention_export(request: GatedRequest, form: str) -> HttpResponseBase:
    """The table as CSV or Excel; what cannot be asked is said in a sentence."""
    _question, result, wrong = _asked(request)
    if result is None:
        return HttpResponse(wrong.sentence if wrong else "", status=422, content_type="text/plain; charset=utf-8")
    language = get_language() or "en"
    heads, rows = sheet.heads(result, language), sheet.rows(result, language)
    return downloads.table(form, f"retention-{result.today}", heads, rows, zone=request.workspace.tz)


def _asked(
    request: GatedRequest,
) -> tuple[RetentionQuestion | None, RetentionResult | None, BadQuestion | None]:
    """The question in the address, its answer, and what is wrong with either."""
    question = None
    try:
        question = parse.from_query(request.GET)
        return question, ask.ask(question, request.workspace, visible=limit(request.member)), None
    except BadQuestion as error:
        return question, None, error
