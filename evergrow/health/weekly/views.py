"""How well the published scorecard and the models in force still rank, week by week."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from evergrow.health.weekly import actions, chart, queries, words
from evergrow.health.weekly.models import Watched
from evergrow.workspaces.access import GatedRequest, gate, may
from evergrow.workspaces.models import Job, JobState


@gate("view")
@require_safe
def watch(request: GatedRequest) -> HttpResponse:
    """A card for the scorecard and for each model: the answer, the line, the readings."""
    open_jobs = Job.objects.filter(
        workspace=request.workspace, kind=actions.KIND, state__in=[JobState.QUEUED, JobState.RUNNING]
    )
    context = {
        "watches": [
            {
                "watch": each,
                "label": Watched(each.watched).label,
                "answer": words.answer(each),
                "chart": chart.weeks(each),
                "readings": each.readings[::-1],
            }
            for each in queries.watches(request.workspace)
        ],
        "is_running": open_jobs.filter(args__anew=True).exists(),
        "may_manage": may(request.member, "manage"),
    }
    return render(request, "health/watch.html", context)


@gate("manage")
@require_POST
def reading(request: GatedRequest) -> HttpResponse:
    """Take this week's readings now."""
    actions.request_reading(workspace=request.workspace, by=request.member)
    messages.success(request, gettext("This week is being read; the page shows it when it is done."))
    return redirect("health:watch", request.workspace.slug)
