"""The trend page: the form, the chart with its sentence, the numbers, exports. Its address holds all of it."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import get_language

from evergrow.insight import event_names, queries
from evergrow.insight.trend.kind import KIND_OF_QUESTION as KIND
from evergrow.insight.views import asking, form
from evergrow.insight.views.trend_answer import answered
from evergrow.workspaces.access import GatedRequest, gate


@gate("view")
def trends(request: GatedRequest) -> HttpResponse:
    """Build a trend and see its answer; what cannot be asked is said at its field."""
    language, names = get_language() or "en", event_names.of(request.workspace)
    asked = asking.ask(request, KIND)
    built = form.build(request.member, request.GET, asked.question, asked.wrong, names, language)
    shown = {
        "form": built,
        "wrong": asked.wrong,
        "has_events": bool(queries.events_seen(request.workspace)),
        "question": asked.question,
        "answer": answered(request, asked.result, names, language) if asked.result else None,
    }
    status = 422 if asked.wrong and not request.htmx else 200
    response = render(request, "insight/trends.html", shown, status=status)
    return asking.pushed(request, response, KIND, asked, is_pending=any(row.is_pending for row in built.rows))


@gate("view")
def trend_export(request: GatedRequest, form: str) -> HttpResponseBase:
    """The numbers as CSV or Excel."""
    return asking.export(request, KIND, form)
