"""The funnel page: steps and options, the bars with their sentence, times, groups, exports. All in its address."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import get_language

from evergrow.insight import event_names, queries
from evergrow.insight.access import limit
from evergrow.insight.errors import BadQuestion
from evergrow.insight.funnel import address, ask, sheet
from evergrow.insight.funnel.question import FEWEST_STEPS, FunnelQuestion
from evergrow.insight.funnel.result import FunnelResult
from evergrow.insight.saved import bar
from evergrow.insight.views import downloads, funnel_answer, funnel_form
from evergrow.workspaces.access import GatedRequest, gate


@gate("view")
def funnels(request: GatedRequest) -> HttpResponse:
    """Build a funnel and see its answer; what cannot be asked is said at its field."""
    language = get_language() or "en"
    names = event_names.of(request.workspace)
    question, result, wrong = _asked(request)
    is_begun = len([event for event in request.GET.getlist("step") if event]) >= FEWEST_STEPS
    if not is_begun:
        wrong = None
    built = funnel_form.build(request.member, request.GET, question, wrong, names, language)
    shown = {
        "form": built,
        "wrong": wrong,
        "question": question,
        "is_begun": is_begun,
        "has_events": bool(queries.events_seen(request.workspace)),
        "answer": funnel_answer.told(request, result, names, language) if result else None,
    }
    response = render(request, "insight/funnels.html", shown, status=422 if wrong and not request.htmx else 200)
    if request.htmx and question is not None and not any(row.is_pending for row in built.rows):
        response["HX-Push-Url"] = f"?{address.as_query(question, **bar.carried(request))}"
    return response


@gate("view")
def funnel_export(request: GatedRequest, form: str) -> HttpResponseBase:
    """The table as CSV or Excel; what cannot be asked is said in a sentence."""
    _question, result, wrong = _asked(request)
    if result is None:
        return HttpResponse(wrong.sentence if wrong else "", status=422, content_type="text/plain; charset=utf-8")
    language = get_language() or "en"
    rows = sheet.rows(result, event_names.of(request.workspace), language)
    return downloads.table(form, f"funnel-{result.today}", sheet.heads(result), rows, zone=request.workspace.tz)


def _asked(request: GatedRequest) -> tuple[FunnelQuestion | None, FunnelResult | None, BadQuestion | None]:
    """The question in the address, its answer, and what is wrong with either."""
    question = None
    try:
        question = address.from_query(request.GET)
        return question, ask.ask(question, request.workspace, visible=limit(request.member)), None
    except BadQuestion as error:
        return question, None, error
