"""The scorecard in words, its versions, and the editor of its draft."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from evergrow.health import actions, assigning, queries, story
from evergrow.health import card as cards
from evergrow.health.asked import source_of
from evergrow.health.forms import POLICIES, CardForm
from evergrow.health.models import Scorecard, ScorecardVersion, VersionState
from evergrow.health.preview import preview as preview_of
from evergrow.workspaces.access import GatedRequest, gate, may


@gate("view")
def scorecard(request: GatedRequest, card: str = "") -> HttpResponse:
    """The published version of a card in words: groups, weights, how each value becomes points."""
    actions.ensure_scorecard(workspace=request.workspace)
    rows = _versions(request, card).order_by("-number")
    shown = rows.filter(state=VersionState.PUBLISHED).first() or _visible(request, card).first()
    if shown is None:
        raise Http404
    return _read(request, shown, card)


@gate("view")
def version(request: GatedRequest, number: int, card: str = "") -> HttpResponse:
    """Any version of the card in words; a draft only for those who may edit it."""
    found = _versions(request, card).filter(number=number).first()
    if found is None or (found.state == VersionState.DRAFT and not may(request.member, "manage")):
        raise Http404
    return _read(request, found, card)


def _read(request: GatedRequest, shown: ScorecardVersion, key: str) -> HttpResponse:
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
        "versions": _visible(request, key),
        "has_draft": _draft(request, key) is not None,
        "card_key": shown.scorecard.key,
        "cards": every_card(request),
        "exceptions": story.exception_words(shown.definition),
        "children": story.children_words(card),
        "may_manage": may(request.member, "manage"),
    }
    return render(request, "health/scorecard.html", context)


@gate("manage")
def draft(request: GatedRequest, card: str = "") -> HttpResponse:
    """The editor: GET shows the draft (or the published card to begin from), POST saves what was typed."""
    open_draft = _draft(request, card)
    base = open_draft or _base(request, card)
    note = open_draft.note if open_draft else ""
    if request.method != "POST":
        return _editor(request, CardForm(base.definition, note=note), base, open_draft)
    form = CardForm(base.definition, request.POST, note=note)
    if not form.is_valid():
        return _editor(request, form, base, open_draft, status=422)
    actions.start_draft(workspace=request.workspace, by=request.member, key=card)
    actions.save_draft(
        workspace=request.workspace,
        definition=form.definition(),
        note=form.cleaned_data["note"],
        by=request.member,
        key=card,
    )
    if "publish" in request.POST:
        return _publish(request, card)
    messages.success(request, gettext("Draft saved. Nothing changes until it is published."))
    return redirect("health:draft", request.workspace.slug, base.scorecard.key)


@gate("manage")
def preview(request: GatedRequest, card: str = "") -> HttpResponse:
    """POST: what the typed weights would do to the portfolio; stores nothing."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    base = _draft(request, card) or _base(request, card)
    return render(request, "health/_preview.html", _preview(request, CardForm(base.definition, request.POST), base))


@gate("manage")
def publication(request: GatedRequest, card: str = "") -> HttpResponse:
    """POST publishes the saved draft."""
    return _publish(request, card) if request.method == "POST" else HttpResponseNotAllowed(["POST"])


@gate("manage")
def discard(request: GatedRequest, card: str = "") -> HttpResponse:
    """POST throws the draft away."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    try:
        actions.discard_draft(workspace=request.workspace, by=request.member, key=card)
    except actions.NoDraft:
        messages.warning(request, gettext("There is no draft any more."))
    else:
        messages.success(request, gettext("Draft discarded."))
    return redirect("health:scorecard", request.workspace.slug)


def _publish(request: GatedRequest, card: str) -> HttpResponse:
    try:
        done = actions.publish_draft(workspace=request.workspace, by=request.member, key=card)
    except actions.NoDraft:
        messages.warning(request, gettext("There is no draft any more."))
    except actions.BadDefinition as error:
        messages.error(request, gettext("Not published:") + " " + str(error))
        return redirect("health:draft", request.workspace.slug, card)
    else:
        text = gettext("Version %(number)s is published; scores are being computed anew.")
        messages.success(request, text % {"number": done.number})
    return redirect("health:scorecard", request.workspace.slug, *([card] if card else []))


def _base(request: GatedRequest, card: str) -> ScorecardVersion:
    """What a draft begins from: the published version, or the latest one of a card that has none."""
    actions.ensure_scorecard(workspace=request.workspace)
    rows = _versions(request, card).order_by("-number")
    found: ScorecardVersion | None = rows.filter(state=VersionState.PUBLISHED).first() or rows.first()
    if found is None:
        raise Http404
    return found


def every_card(request: GatedRequest) -> list[Scorecard]:
    """The cards in the order in which they claim accounts, the default one last; drafts only for those who manage."""
    rows = list(
        Scorecard.objects.filter(workspace=request.workspace, archived_at=None)
        .select_related("product")
        .prefetch_related("versions")
    )
    order = {each.version.scorecard_id: place for place, each in enumerate(assigning.published(request.workspace))}
    is_out = {card.pk for card in rows if any(each.state == VersionState.PUBLISHED for each in card.versions.all())}
    shown = rows if may(request.member, "manage") else [card for card in rows if card.pk in is_out]
    return sorted(shown, key=lambda card: order.get(card.pk, len(order)))


def _editor(
    request: GatedRequest,
    form: CardForm,
    base: ScorecardVersion,
    open_draft: ScorecardVersion | None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "base": base,
        "open_draft": open_draft,
        "card_key": base.scorecard.key,
        "exceptions": story.exception_words(base.definition),
        "children": story.children_words(cards.read(base.definition)),
        "says": base.definition.get("says"),
    } | _preview(request, form, base)
    return render(request, "health/draft.html", context, status=status)


def _preview(request: GatedRequest, form: CardForm, base: ScorecardVersion) -> dict[str, Any]:
    if not form.is_bound:
        definition = form.base
    elif form.is_valid():
        definition = form.definition()
    else:
        return {"form": form, "preview": None}
    accounts = queries.portfolio(request.member)
    return {"form": form, "preview": preview_of(request.workspace, accounts, definition, base.scorecard)}


def _versions(request: GatedRequest, card: str = "") -> Any:
    rows = ScorecardVersion.objects.select_related(
        "scorecard__product", "published_by__user", "created_by__user"
    ).filter(scorecard__workspace=request.workspace, scorecard__archived_at=None)
    return rows.filter(scorecard__key=card) if card else rows.filter(scorecard__is_default=True)


def _visible(request: GatedRequest, card: str = "") -> Any:
    found = _versions(request, card).order_by("-number")
    return found if may(request.member, "manage") else found.exclude(state=VersionState.DRAFT)


def _draft(request: GatedRequest, card: str = "") -> ScorecardVersion | None:
    found: ScorecardVersion | None = _versions(request, card).filter(state=VersionState.DRAFT).first()
    return found
