"""The parts of a draft, each on a page of its own: measures, exceptions, whom the card judges; and new cards."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from evergrow.health import actions, editing
from evergrow.health.card import BadDefinition
from evergrow.health.forms_measure import WHAT, ClaimForm, ExceptionForm, MeasureForm, NewCardForm, what_of
from evergrow.health.lines.forms import LineForm
from evergrow.health.models import Scorecard, ScorecardVersion
from evergrow.workspaces.access import GatedRequest, gate


@gate("manage")
def measure(request: GatedRequest, key: str = "", card: str = "") -> HttpResponse:
    """A measure of the draft: GET shows its form (``?what=`` says of which kind a new one is), POST keeps it."""
    draft = _draft(request, card)
    found = editing.measure_of(draft.definition, key) if key else None
    if key and found is None:
        raise Http404
    what = what_of(found[0]) if found else request.GET.get("what", "")
    if what not in WHAT:
        kinds = [(key, label) for key, label in WHAT.items() if not (key == "product" and draft.scorecard.product_id)]
        return render(request, "health/measure_kinds.html", _context(draft) | {"kinds": kinds})
    initial = {"group": found[1]} if found else {"group": request.GET.get("group", "")}
    form = MeasureForm(
        request.workspace, draft.definition, what, found[0] if found else None, request.POST or None, initial=initial
    )
    if request.method == "POST" and form.is_valid():
        return _kept(request, draft, lambda: _with_measure(draft.definition, form, found[0] if found else None))
    criteria = (found[0].get("ask") or {}).get("criteria") if found else None
    context = {"form": form, "what": WHAT[what], "measure": found and found[0], "criteria": criteria}
    kind = "person" if what == "people" else "account"
    has = what in ("criteria", "people")
    return render(
        request,
        "health/measure.html",
        _context(draft) | context | {"kind": kind, "has_criteria": has},
        status=_status(form),
    )


def _with_measure(definition: dict[str, Any], form: MeasureForm, old: Any) -> dict[str, Any]:
    """One that observes something else from now on is another measure, so that no change of the two is mixed up."""
    group = form.cleaned_data["group"]
    if form.cleaned_data["new_group"]:
        name = form.cleaned_data["new_group"]
        definition, group = editing.put_group(definition, {"en": name, "zh": name}, 10)
    old_key = old["key"] if old else ""
    made = form.made(old_key)
    is_same = old is not None and (old["source"], old.get("ask")) == (made["source"], made.get("ask"))
    if not is_same:
        made["key"] = editing.free_key(form.name()["en"], editing.measure_keys(definition))
    return editing.put_measure(definition, group, made, old_key)


@gate("manage")
def measure_removal(request: GatedRequest, key: str, card: str = "") -> HttpResponse:
    """POST takes a measure out of the draft."""
    draft = _draft(request, card)
    return _posted(request, draft, lambda: editing.drop_measure(draft.definition, key))


@gate("manage")
def exception(request: GatedRequest, key: str = "", card: str = "") -> HttpResponse:
    """An exception of the draft: GET shows its form, POST keeps it."""
    draft = _draft(request, card)
    rule = editing.exception_of(draft.definition, key) if key else None
    if key and rule is None:
        raise Http404
    form = ExceptionForm(request.workspace, draft.definition, rule, request.POST or None)
    if request.method == "POST" and form.is_valid():
        keys = {each["key"] for each in draft.definition.get("exceptions", [])}
        made = form.made(key or editing.free_key(form.name()["en"], keys))
        return _kept(request, draft, lambda: editing.put_exception(draft.definition, made, key))
    context = {"form": form, "rule": rule, "criteria": rule and rule["criteria"], "kind": "account"}
    return render(request, "health/exception.html", _context(draft) | context, status=_status(form))


@gate("manage")
def exception_removal(request: GatedRequest, key: str, card: str = "") -> HttpResponse:
    """POST takes an exception out of the draft."""
    draft = _draft(request, card)
    return _posted(request, draft, lambda: editing.drop_exception(draft.definition, key))


@gate("manage")
def exception_order(request: GatedRequest, key: str, card: str = "") -> HttpResponse:
    """POST has an exception tried one place earlier."""
    draft = _draft(request, card)
    return _posted(request, draft, lambda: editing.raise_exception(draft.definition, key))


@gate("manage")
def claim(request: GatedRequest, card: str = "") -> HttpResponse:
    """Whom the card judges, and how the accounts below count."""
    draft = _draft(request, card)
    if draft.scorecard.product:
        return _line(request, draft)
    is_default = draft.scorecard.is_default
    form = ClaimForm(request.workspace, draft.definition, is_default, request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _kept(request, draft, lambda: form.made(draft.definition))
    context = {"form": form, "criteria": draft.definition.get("criteria"), "kind": "account", "is_default": is_default}
    return render(request, "health/claim.html", _context(draft) | context, status=_status(form))


def _line(request: GatedRequest, draft: ScorecardVersion) -> HttpResponse:
    """Which events are those of the product line."""
    form = LineForm(request.workspace, draft.definition, request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _kept(request, draft, lambda: form.made(draft.definition))
    return render(request, "health/line.html", _context(draft) | {"form": form}, status=_status(form))


@gate("manage")
def new_card(request: GatedRequest) -> HttpResponse:
    """Another card beside the default one."""
    form = NewCardForm(request.workspace, request.POST or None)
    if request.method == "POST" and form.is_valid():
        product = form.cleaned_data["product"]
        try:
            made = actions.add_card(workspace=request.workspace, name=form.name(), by=request.member, product=product)
        except BadDefinition as error:
            form.add_error("product", str(error))
        else:
            messages.success(request, gettext("The card is a draft. Say whom it judges, change it, and publish it."))
            return redirect("health:draft", request.workspace.slug, made.scorecard.key)
    return render(request, "health/new_card.html", {"form": form}, status=_status(form))


@gate("manage")
def away(request: GatedRequest, card: str) -> HttpResponse:
    """POST puts a card away; its accounts go to the next one that claims them."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    found = Scorecard.objects.filter(workspace=request.workspace, key=card, is_default=False, archived_at=None).first()
    if found is None:
        raise Http404
    actions.put_away(card=found, by=request.member)
    messages.success(request, gettext("Put away. Its accounts are judged by the next card that claims them."))
    return redirect("health:scorecard", request.workspace.slug)


def _draft(request: GatedRequest, card: str) -> ScorecardVersion:
    try:
        return actions.start_draft(workspace=request.workspace, by=request.member, key=card)
    except Scorecard.DoesNotExist:
        raise Http404 from None


def _context(draft: ScorecardVersion) -> dict[str, Any]:
    return {"draft": draft, "card_key": draft.scorecard.key}


def _status(form: Any) -> int:
    return 422 if form.is_bound and not form.is_valid() else 200


def _posted(request: GatedRequest, draft: ScorecardVersion, change: Callable[[], dict[str, Any]]) -> HttpResponse:
    return _kept(request, draft, change) if request.method == "POST" else HttpResponseNotAllowed(["POST"])


def _kept(request: GatedRequest, draft: ScorecardVersion, change: Callable[[], dict[str, Any]]) -> HttpResponse:
    """Save the changed definition into the draft and go back to the editor; say what cannot be."""
    try:
        actions.save_draft(
            workspace=request.workspace,
            definition=change(),
            note=draft.note,
            by=request.member,
            key=draft.scorecard.key,
        )
    except BadDefinition as error:
        messages.error(request, gettext("Not saved:") + " " + str(error))
    else:
        messages.success(request, gettext("Saved into the draft. Nothing changes until it is published."))
    return redirect("health:draft", request.workspace.slug, draft.scorecard.key)
