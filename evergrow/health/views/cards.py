"""The scorecard in words, its versions, and the editor of its draft."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from evergrow.health import actions, queries, story
from evergrow.health import card as cards
from evergrow.health.asked import source_of
from evergrow.health.forms import POLICIES, CardForm
from evergrow.health.models import ScorecardVersion, VersionState
from evergrow.health.preview import preview as preview_of
from evergrow.workspaces.access import GatedRequest, gate, may


@gate("view")
def scorecard(request: GatedRequest) -> HttpResponse:
    """The published card in words: groups, weights, how each value becomes points."""
    return _read(request, actions.ensure_scorecard(workspace=request.workspace))


@gate("view")
def version(request: GatedRequest, number: int) -> HttpResponse:
    """Any version of the card in words; a draft only for those who may edit it."""
    found = _versions(request).filter(number=number).first()
    if found is None or (found.state == VersionState.DRAFT and not may(request.member, "manage")):
        raise Http404
    return _read(request, found)


def _read(request: GatedRequest, shown: ScorecardVersion) -> HttpResponse:
    card = cards.read(shown.definition)
    total = sum(group.weight for group in card.groups)
    shares = dict(zip(card.keys, card.shares.tolist(), strict=True))
    groups = [
        {
            "group": group,
            "share": group.weight / total,
            "measures": [
                {
                    "measure": measure,
                    "share": shares[measure.key],
                    "source": source_of(measure),
                    "direction": story.direction_words(measure),
                    "points": story.scoring_words(measure),
                }
                for measure in group.measures
            ],
        }
        for group in card.groups
    ]
    context = {
        "shown": shown,
        "card": card,
        "groups": groups,
        "policy": dict(POLICIES)[shown.definition["null_policy"]],
        "versions": _visible(request),
        "has_draft": _draft(request) is not None,
        "may_manage": may(request.member, "manage"),
    }
    return render(request, "health/scorecard.html", context)


@gate("manage")
def draft(request: GatedRequest) -> HttpResponse:
    """The editor: GET shows the draft (or the published card to begin from), POST saves what was typed."""
    open_draft = _draft(request)
    base = open_draft or actions.ensure_scorecard(workspace=request.workspace)
    note = open_draft.note if open_draft else ""
    if request.method != "POST":
        return _editor(request, CardForm(base.definition, note=note), base, open_draft)
    form = CardForm(base.definition, request.POST, note=note)
    if not form.is_valid():
        return _editor(request, form, base, open_draft, status=422)
    actions.start_draft(workspace=request.workspace, by=request.member)
    actions.save_draft(
        workspace=request.workspace, definition=form.definition(), note=form.cleaned_data["note"], by=request.member
    )
    if "publish" in request.POST:
        return _publish(request)
    messages.success(request, gettext("Draft saved. Nothing changes until it is published."))
    return redirect("health:draft", request.workspace.slug)


@gate("manage")
def preview(request: GatedRequest) -> HttpResponse:
    """POST: what the typed weights would do to the portfolio; stores nothing."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    base = _draft(request) or actions.ensure_scorecard(workspace=request.workspace)
    return render(request, "health/_preview.html", _preview(request, CardForm(base.definition, request.POST)))


@gate("manage")
def publication(request: GatedRequest) -> HttpResponse:
    """POST publishes the saved draft."""
    return _publish(request) if request.method == "POST" else HttpResponseNotAllowed(["POST"])


@gate("manage")
def discard(request: GatedRequest) -> HttpResponse:
    """POST throws the draft away."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    try:
        actions.discard_draft(workspace=request.workspace, by=request.member)
    except actions.NoDraft:
        messages.warning(request, gettext("There is no draft any more."))
    else:
        messages.success(request, gettext("Draft discarded."))
    return redirect("health:scorecard", request.workspace.slug)


def _publish(request: GatedRequest) -> HttpResponse:
    try:
        done = actions.publish_draft(workspace=request.workspace, by=request.member)
    except actions.NoDraft:
        messages.warning(request, gettext("There is no draft any more."))
    else:
        text = gettext("Version %(number)s is published; scores are being computed anew.")
        messages.success(request, text % {"number": done.number})
    return redirect("health:scorecard", request.workspace.slug)


def _editor(
    request: GatedRequest,
    form: CardForm,
    base: ScorecardVersion,
    open_draft: ScorecardVersion | None,
    status: int = 200,
) -> HttpResponse:
    context = {"form": form, "base": base, "open_draft": open_draft} | _preview(request, form)
    return render(request, "health/draft.html", context, status=status)


def _preview(request: GatedRequest, form: CardForm) -> dict[str, Any]:
    if not form.is_bound:
        definition = form.base
    elif form.is_valid():
        definition = form.definition()
    else:
        return {"form": form, "preview": None}
    return {"form": form, "preview": preview_of(request.workspace, queries.portfolio(request.member), definition)}


def _versions(request: GatedRequest) -> Any:
    return ScorecardVersion.objects.select_related("scorecard", "published_by__user", "created_by__user").filter(
        scorecard__workspace=request.workspace, scorecard__is_default=True
    )


def _visible(request: GatedRequest) -> Any:
    found = _versions(request).order_by("-number")
    return found if may(request.member, "manage") else found.exclude(state=VersionState.DRAFT)


def _draft(request: GatedRequest) -> ScorecardVersion | None:
    found: ScorecardVersion | None = _versions(request).filter(state=VersionState.DRAFT).first()
    return found
