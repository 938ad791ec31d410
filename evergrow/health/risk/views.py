"""The pages of models: one for each target with the model in force, its versions, and how it is kept."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from evergrow.health import queries as health
from evergrow.health.risk import actions, charts, queries, story, wording
from evergrow.health.risk.models import RiskModel, RiskTarget
from evergrow.workspaces.access import GatedRequest, gate, may
from evergrow.workspaces.models import Job, JobState

LIKELIEST = 10


@gate("view")
def overview(request: GatedRequest) -> HttpResponse:
    """The model in force of a target (``?target=``), else the newest one, else what is missing for one."""
    target = _target(request.GET.get("target"))
    return _page(request, target, queries.shown(request.workspace, target))


@gate("view")
def version(request: GatedRequest, target: str, number: int) -> HttpResponse:
    """Any version of a model with its card."""
    return _page(request, target, _model(request, target, number))


@gate("view")
def card(request: GatedRequest, target: str, number: int) -> HttpResponse:
    """The card and the model itself as a JSON file: plain numbers, nothing that runs."""
    model = _model(request, target, number)
    told = {
        "target": model.target,
        "number": model.number,
        "state": model.state,
        "horizon_days": model.horizon_days,
        "created_at": model.created_at.isoformat(),
        "card": model.card,
        "watch": model.watch,
        "definition": model.definition,
    }
    answer = JsonResponse(told, json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Content-Disposition"] = f'attachment; filename="{target}-v{number}.json"'
    return answer


@gate("manage")
def training(request: GatedRequest, target: str) -> HttpResponse:
    """POST queues a training."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    actions.request_training(workspace=request.workspace, target=_target(target), by=request.member)
    messages.success(request, gettext("A model is being trained; this page shows it as a draft when it is ready."))
    return _back(request, target)


@gate("manage")
def publication(request: GatedRequest, target: str, number: int) -> HttpResponse:
    """POST puts a draft in force."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    _target(target)
    try:
        actions.publish(workspace=request.workspace, target=target, number=number, by=request.member)
    except actions.NoModel:
        messages.warning(request, gettext("This version is no draft any more."))
    else:
        text = gettext("Version %(number)s is in force; customers are being scored.")
        messages.success(request, text % {"number": number})
    return _back(request, target)


@gate("manage")
def retirement(request: GatedRequest, target: str, number: int) -> HttpResponse:
    """POST takes a version out of use."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    _target(target)
    try:
        actions.retire(workspace=request.workspace, target=target, number=number, by=request.member)
    except actions.NoModel:
        messages.warning(request, gettext("This version is not in use any more."))
    else:
        messages.success(request, gettext("Version %(number)s is retired.") % {"number": number})
    return _back(request, target)


@gate("manage")
def setting(request: GatedRequest, target: str) -> HttpResponse:
    """POST sets the horizon and the schedule."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    try:
        actions.configure(
            workspace=request.workspace,
            target=_target(target),
            horizon_days=int(request.POST.get("horizon_days", "")),
            retrain_days=int(request.POST.get("retrain_days", "")),
            by=request.member,
        )
    except ValueError:
        messages.error(request, gettext("Choose one of the horizons and schedules that are offered."))
    else:
        messages.success(request, gettext("Saved. The next training uses it."))
    return _back(request, target)


def _page(request: GatedRequest, target: str, model: RiskModel | None) -> HttpResponse:
    kept = actions.setting(request.workspace, target)
    accounts = health.portfolio(request.member)
    list_url = reverse("customers:accounts", args=[request.workspace.slug])
    context: dict[str, Any] = {
        "target": target,
        "targets": RiskTarget.choices,
        "model": model,
        "kept": kept,
        "horizons": actions.HORIZONS,
        "schedules": actions.RETRAIN,
        "missing": story.missing(kept.result, kept.horizon_days),
        "versions": queries.versions(request.workspace, target),
        "job": _open_job(request, target),
        "list_url": list_url,
        "may_manage": may(request.member, "manage"),
    }
    return render(
        request, "health/risk.html", context | (_told(model) | _now(target, model, accounts) if model else {})
    )


def _told(model: RiskModel) -> dict[str, Any]:
    return {
        "lead": story.lead(model),
        "drift": story.drift(model),
        "outcome": story.outcome(model),
        "compared": story.compared(model),
        "looked": story.looked(model),
        "left_out": story.left_out(model),
        "calibration": charts.calibration(model.card, wording.language()),
        "roc": charts.roc(model.card),
    }


def _now(target: str, model: RiskModel, accounts: Any) -> dict[str, Any]:
    if model.state != "published":
        return {}
    return {
        "bands": queries.bands(target, accounts),
        "likeliest": queries.likelihoods(target, accounts)[:LIKELIEST],
        "as_of": queries.as_of(target, model.workspace),
    }


def _target(given: str | None) -> str:
    """The target of an address; churn where none is named. Raises Http404 for an unknown one."""
    target = given or RiskTarget.CHURN.value
    if target not in RiskTarget.values:
        raise Http404
    return target


def _model(request: GatedRequest, target: str, number: int) -> RiskModel:
    found = queries.versions(request.workspace, _target(target)).filter(number=number).first()
    if found is None:
        raise Http404
    return found


def _open_job(request: GatedRequest, target: str) -> Job | None:
    states = [JobState.QUEUED, JobState.RUNNING]
    mine = Job.objects.filter(workspace=request.workspace, kind=actions.TRAIN, state__in=states)
    return next((job for job in mine if job.args.get("target") == target), None)


def _back(request: GatedRequest, target: str) -> HttpResponse:
    return redirect(reverse("health:risk", args=[request.workspace.slug]) + f"?target={target}")
