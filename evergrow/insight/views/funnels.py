"""The funnel page: steps and options, the bars with their sentence, times, groups, exports. All in its address."""

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

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
    seen = queries.events_seen(request.workspace)
    built = funnel_form.build(request.member, request.GET, asked.question, asked.wrong, names, language, asked.result)
    shown = {
        "form": built,
        "wrong": asked.wrong,
        "question": asked.question,
        "is_begun": is_begun,
        "has_events": bool(seen),
        "first_try": None if is_begun else _first_try(seen, names, language),
        "answer": funnel_answer.told(request, asked.result, names, language) if asked.result else None,
    }
    status = 422 if asked.wrong and not request.htmx else 200
    response = render(request, "insight/funnels.html", shown, status=status)
    return asking.pushed(request, response, KIND, asked, is_pending=any(row.is_pending for row in built.rows))


def _first_try(
    seen: Sequence[queries.EventSeen], names: event_names.EventNames, language: str
) -> dict[str, str] | None:
    """A funnel of the two most frequent events, to begin with; None where there are not two."""
    if len(seen) < FEWEST_STEPS:
        return None
    events = [each.event for each in seen[:FEWEST_STEPS]]
    first, then = (names.shown(event, language) for event in events)
    words = _("Try it: %(first)s, then %(then)s") % {"first": first, "then": then}
    return {"url": f"?{urlencode({'step': events}, doseq=True)}", "words": words}


@gate("view")
def funnel_export(request: GatedRequest, form: str) -> HttpResponseBase:
    """The table as CSV or Excel."""
    return asking.export(request, KIND, form)
