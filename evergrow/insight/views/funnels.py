"""The funnel page: steps and options, the bars with their sentence, times, groups, exports. All in its address."""

from dataclasses import replace

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import get_language

from evergrow.insight import event_names, queries
from evergrow.insight.funnel.kind import KIND_OF_QUESTION as KIND
from evergrow.insight.funnel.question import FEWEST_STEPS
from evergrow.insight.views import asking, funnel_answer, funnel_form
from evergrow.workspaces.access import GatedRequest, gate


@gate("view")
def funnels(request: GatedRequest) -> HttpResponse:
    """Build a funnel and see its answer; what cannot be asked is said at its field."""
    language, names = get_language() or "en", event_names.of(request.workspace)
    asked = asking.ask(request, KIND)
    is_begun = len([event for event in request.GET.getlist("step") if event]) >= FEWEST_STEPS
    if not is_begun:
        asked = replace(asked, wrong=None)
    built = funnel_form.build(request.member, request.GET, asked.question, asked.wrong, names, language, asked.result)
    shown = {
        "form": built,
        "wrong": asked.wrong,
        "question": asked.question,
        "is_begun": is_begun,
        "has_events": bool(queries.events_seen(request.workspace)),
        "answer": funnel_answer.told(request, asked.result, names, language) if asked.result else None,
    }
    status = 422 if asked.wrong and not request.htmx else 200
    response = render(request, "insight/funnels.html", shown, status=status)
    return asking.pushed(request, response, KIND, asked, is_pending=any(row.is_pending for row in built.rows))


@gate("view")
def funnel_export(request: GatedRequest, form: str) -> HttpResponseBase:
    """The table as CSV or Excel."""
    return asking.export(request, KIND, form)
