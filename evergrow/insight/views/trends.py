"""The trend page: the form, the chart with its sentence, the numbers, exports. Its address holds all of it."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import get_language

from evergrow.insight import event_names, queries
from evergrow.insight.errors import BadQuestion
from evergrow.insight.saved import bar
from evergrow.insight.trend import parse, sheet
from evergrow.insight.trend.question import TrendQuestion
from evergrow.insight.views import downloads, form
from evergrow.insight.views.trend_answer import answered
from evergrow.workspaces.access import GatedRequest, gate


@gate("view")
def trends(request: GatedRequest) -> HttpResponse:
    """Build a trend and see its answer; what cannot be asked is said at its field."""
    language = get_language() or "en"
    names = event_names.of(request.workspace)
    question, wrong = read(request)
    result = None
    if question is not None:
        try:
            result = queries.answer(request.member, question)
        except BadQuestion as error:
            wrong = error
    built = form.build(request.member, request.GET, question, wrong, names, language)
    shown = {
        "form": built,
        "wrong": wrong,
        "has_events": bool(queries.events_seen(request.workspace)),
        "question": question,
        "answer": answered(request, result, names, language) if result else None,
    }
    response = render(request, "insight/trends.html", shown, status=422 if wrong and not request.htmx else 200)
    if request.htmx and question is not None and not any(row.is_pending for row in built.rows):
        response["HX-Push-Url"] = f"?{parse.as_query(question, **bar.carried(request))}"
    return response


@gate("view")
def trend_export(request: GatedRequest, form: str) -> HttpResponseBase:
    """The numbers as CSV or Excel; a question that cannot be asked leads back to its page, which says why."""
    question, wrong = read(request)
    if question is None:
        return HttpResponse(wrong.sentence if wrong else "", status=422, content_type="text/plain; charset=utf-8")
    language = get_language() or "en"
    try:
        result = queries.answer(request.member, question)
    except BadQuestion as error:
        return HttpResponse(error.sentence, status=422, content_type="text/plain; charset=utf-8")
    heads = sheet.heads(result, event_names.of(request.workspace), language)
    return downloads.table(form, f"trend-{result.today}", heads, sheet.rows(result), zone=request.workspace.tz)


def read(request: GatedRequest) -> tuple[TrendQuestion | None, BadQuestion | None]:
    """The question in the address, or what is wrong with it."""
    try:
        return parse.from_query(request.GET), None
    except BadQuestion as error:
        return None, error
