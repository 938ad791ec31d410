"""The retention page: the form, the curve with its sentence, the table, exports. Its address holds all of it."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import get_language

from evergrow.insight import event_names, queries
from evergrow.insight.retention.kind import KIND_OF_QUESTION as KIND
from evergrow.insight.views import asking, retention_answer, retention_form
from evergrow.workspaces.access import GatedRequest, gate

SHOWN = ("share", "value")


@gate("view")
def retention(request: GatedRequest) -> HttpResponse:
    """Build a retention question and see its answer; what cannot be asked is said at its field."""
    language, names = get_language() or "en", event_names.of(request.workspace)
    asked = asking.ask(request, KIND)
    built = retention_form.build(request.member, request.GET, asked.question, asked.wrong, names, language)
    show = request.GET.get("show", "")
    shown = {
        "form": built,
        "wrong": asked.wrong,
        "question": asked.question,
        "show": show if show in SHOWN else "share",
        "has_events": bool(queries.events_seen(request.workspace)),
        "answer": retention_answer.told(request, asked.result, names, language) if asked.result else None,
    }
    status = 422 if asked.wrong and not request.htmx else 200
    response = render(request, "insight/retention.html", shown, status=status)
    more = {"show": show} if show == "value" else {}
    is_pending = any(row.is_pending for row in built.rows)
    return asking.pushed(request, response, KIND, asked, is_pending=is_pending, **more)


@gate("view")
def retention_export(request: GatedRequest, form: str) -> HttpResponseBase:
    """The table as CSV or Excel."""
    return asking.export(request, KIND, form)
