"""The list of signal rules, one rule with what it would raise today, its form, and what is done with it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from evergrow import warehouse
from evergrow.customers.criteria import CostError, CriteriaError, catalogue
from evergrow.customers.models import TeamRole
from evergrow.customers.tiers import scheme as schemes
from evergrow.success import access, tasks
from evergrow.success.errors import Refused
from evergrow.success.models import Playbook, SignalRule, VersionState
from evergrow.success.signals import capacity, forms, preview, rules, standing, words
from evergrow.success.signals.definition import read
from evergrow.success.views.answers import Unreadable, saying
from evergrow.workspaces import jobs
from evergrow.workspaces.access import GatedRequest, gate, may

NEW: dict[str, Any] = {
    "subject": "account",
    "way": "meets",
    "criteria": {},
    "due_days": 3,
    "cool_down": {"days": 14, "false_positive_days": 60},
}


@gate("view")
@require_GET
def signal_rules(request: GatedRequest) -> HttpResponse:
    """Every rule: the workspace's own and the delivered ones, with how they do."""
    retired = "retired" in request.GET
    rows = standing.rows(request.workspace, retired=retired)
    context = {
        "rows": rows,
        "is_retired": retired,
        "retired": SignalRule.objects.filter(workspace=request.workspace).exclude(retired_at=None).count(),
        "held": [row for row in rows if row.is_held],
        "load": capacity.load(request.workspace),
        "can_manage": may(request.member, "manage"),
    }
    return render(request, "success/signals/rules.html", context)


@gate("view")
@require_GET
def signal_rule(request: GatedRequest, rule: str) -> HttpResponse:
    """One rule: what it says, how it does, its versions, and on ``?preview`` what it would raise today."""
    row = standing.row_or_404(request.workspace, rule)
    versions = row.row.versions.select_related("published_by__user").order_by("-number") if row.row else []
    draft = next((version for version in versions if version.state == VersionState.DRAFT), None)
    definition = draft or next((v for v in versions if v.state == VersionState.PUBLISHED), None)
    context = {
        "row": row,
        "versions": versions,
        "draft": draft,
        "draft_says": standing.says(request.workspace, draft.definition) if draft else None,
        "definition": definition.definition if definition and not row.is_built_in else None,
        "can_manage": may(request.member, "manage"),
        "knobs": _knobs(row) if row.rule else [],
        "of_sources": row.rule is not None and standing.is_of_sources(row.rule),
        "limits": capacity.settings_of(request.workspace),
    }
    if "preview" in request.GET and definition and not row.is_built_in:
        context |= _preview(request, definition.definition, row.row)
    template = (
        "success/signals/_preview.html" if request.htmx and "preview" in request.GET else "success/signals/rule.html"
    )
    return render(request, template, context)


@gate("manage")
def new_signal_rule(request: GatedRequest) -> HttpResponse:
    """The form of a new rule; its first draft is kept when it is sent."""
    given, names, problem = _fresh(request), {}, None
    if request.method == "POST":
        given, names = forms.typed(request.POST), forms.names(request.POST)
        try:
            made = rules.create_rule(workspace=request.workspace, name=names, definition=given, by=request.member)
            return redirect(f"{_url(request, made.key)}?preview=1")
        except Refused as refused:
            problem = refused
    return _form(request, given, names, problem, rule=None)


@gate("manage")
def signal_rule_draft(request: GatedRequest, rule: str) -> HttpResponse:
    """The form of a rule's draft; ``discard`` throws it away."""
    row = standing.rule_or_404(request.workspace, rule)
    if "discard" in request.POST:
        with saying(request, _("The draft is gone.")):
            rules.discard_draft(rule=row, by=request.member)
        if SignalRule.objects.filter(pk=row.pk).exists():
            return redirect(_url(request, row.key))
        return redirect("success:signal_rules", request.workspace.slug)
    newest = row.versions.filter(state__in=[VersionState.DRAFT, VersionState.PUBLISHED]).order_by("-number").first()
    given, names, problem = newest.definition if newest else NEW, row.name, None
    if request.method == "POST":
        given, names = forms.typed(request.POST), forms.names(request.POST)
        note = request.POST.get("note", "")
        try:
            rules.save_draft(rule=row, definition=given, by=request.member, name=names, note=note)
            return redirect(f"{_url(request, row.key)}?preview=1")
        except Refused as refused:
            problem = refused
    return _form(request, given, names, problem, rule=row)


@gate("manage")
@require_POST
def signal_rule_state(request: GatedRequest, rule: str) -> HttpResponse:
    """Publish, retire, bring back, switch on or off, or let go what was held back, as the form's ``move`` says."""
    move = request.POST.get("move", "")
    with saying(request):
        if move not in MOVES:
            raise Unreadable(sentence=_("Choose what to do with the rule."))
        row = standing.row_to_change(request.workspace, rule)
        said = MOVES[move](request, row)
        messages.success(request, said)
    return redirect(_url(request, rule))


@gate("manage")
@require_POST
def tune_signal_rule(request: GatedRequest, rule: str) -> HttpResponse:
    """Other numbers for a delivered rule."""
    found = standing.row_or_404(request.workspace, rule)
    if found.rule is None:
        raise Http404
    with saying(request, _("The numbers are changed; they count from the next evaluation.")):
        numbers = {
            knob.name: value / 100 if knob.is_share else value
            for knob in found.rule.knobs
            if (value := _real(request, knob.name)) is not None
        }
        names = ("cool_down_days", "false_positive_days", "clear_after", "most_a_day")
        more = {name: None if (value := _real(request, name)) is None else int(value) for name in names}
        row = standing.row_to_change(request.workspace, rule)
        rules.tune_rule(rule=row, numbers=numbers, by=request.member, **more)
    return redirect(_url(request, rule))


def _publish(request: GatedRequest, row: SignalRule) -> str:
    version = rules.publish_draft(rule=row, by=request.member)
    return _("v%(number)s counts from the next evaluation.") % {"number": version.number}


def _retire(request: GatedRequest, row: SignalRule) -> str:
    rules.retire_rule(rule=row, by=request.member)
    return _("Retired. Its open signals stay with those who work on them.")


def _restore(request: GatedRequest, row: SignalRule) -> str:
    rules.restore_rule(rule=row, by=request.member)
    return _("The rule is back.")


def _on(request: GatedRequest, row: SignalRule) -> str:
    rules.switch_rule(rule=row, is_on=True, by=request.member)
    return _("Switched on.")


def _off(request: GatedRequest, row: SignalRule) -> str:
    rules.switch_rule(rule=row, is_on=False, by=request.member)
    return _("Switched off: it raises nothing, and its open signals stay as they are.")


def _release(request: GatedRequest, row: SignalRule) -> str:
    rules.release_rule(rule=row, by=request.member)
    jobs.enqueue(tasks.SIGNALS, request.workspace, by=request.member, dedupe_key="now")
    return _("They are being raised. Reload in a moment.")


MOVES: dict[str, Callable[[GatedRequest, SignalRule], str]] = {
    "publish": _publish,
    "retire": _retire,
    "restore": _restore,
    "on": _on,
    "off": _off,
    "release": _release,
}


def _knobs(row: standing.Row) -> list[dict[str, Any]]:
    assert row.rule is not None
    return [
        {
            "knob": knob,
            "value": round(row.rule.tuned.get(knob.name, knob.usual) * (100 if knob.is_share else 1), 2),
            "least": knob.least * (100 if knob.is_share else 1),
            "most": knob.most * (100 if knob.is_share else 1),
            "usual": knob.shown(knob.usual),
        }
        for knob in row.rule.knobs
    ]


def _preview(request: GatedRequest, definition: dict[str, Any], row: SignalRule | None) -> dict[str, Any]:
    try:
        return {"preview": preview.preview(request.member, read(definition, request.workspace), row)}
    except (Refused, CriteriaError, CostError, warehouse.BadQuery) as refused:
        return {"preview_problem": str(refused)}
    except warehouse.StoreUnavailable:
        return {"preview_problem": _("The event store cannot be reached. Try again in a moment.")}


def _fresh(request: GatedRequest) -> dict[str, Any]:
    subject, way = request.GET.get("subject", "account"), request.GET.get("way", "meets")
    return {**NEW, "subject": subject if subject in dict(choices()["subjects"]) else "account", "way": way}


def _form(
    request: GatedRequest,
    given: dict[str, Any],
    names: dict[str, str],
    problem: Refused | None,
    rule: SignalRule | None,
) -> HttpResponse:
    context = {
        "rule": rule,
        "given": given,
        "names": names,
        "problem": problem,
        "kind": "person" if given.get("subject") == "person" else "account",
        "evidence": [*given.get("evidence", []), {}, {}, {}][:3],
        "steps": {level: amount for amount, level in (given.get("severity") or {}).get("steps", [])},
        "tiers": schemes.of(request.workspace).choices,
        "colleagues": access.colleagues(request.member),
        "playbooks": Playbook.objects.filter(workspace=request.workspace, retired_at=None),
        "traits": catalogue.traits(request.workspace, "person" if given.get("subject") == "person" else "account"),
        "events": catalogue.events(request.workspace),
        "marks": [f"{{{name}}}" for name in words.FACTS],
        **choices(),
    }
    return render(request, "success/signals/rule_form.html", context, status=400 if problem else 200)


def choices() -> dict[str, list[tuple[str, str]]]:
    """What may be chosen, in words."""
    return {
        "subjects": [
            ("account", _("an account")),
            ("person", _("a contact")),
            ("contract", _("a contract")),
            ("product", _("a product")),
        ],
        "ways": [
            ("meets", _("they meet the criteria")),
            ("change", _("something changed")),
            ("silence", _("something stays away")),
        ],
        "hows": [("to", _("goes from … to …")), ("fell", _("falls by")), ("rose", _("rises by"))],
        "owner_rules": [
            *[(role, str(label)) for role, label in TeamRole.choices],
            ("member", _("a colleague")),
            ("nobody", _("nobody: from the common inbox")),
        ],
        "fallbacks": [("manager", _("their manager")), ("member", _("a colleague")), ("nobody", _("nobody"))],
        "levels": [("3", _("high")), ("2", _("medium")), ("1", _("low"))],
    }


def _real(request: GatedRequest, name: str) -> float | None:
    text = request.POST.get(name, "").strip()
    if not text:
        return None
    try:
        found = float(text)
    except ValueError:
        raise Unreadable(sentence=_("Write a number.")) from None
    if not -1e9 < found < 1e9:
        raise Unreadable(sentence=_("Write a number."))
    return found


def _url(request: GatedRequest, key: str) -> str:
    return reverse("success:signal_rule", args=[request.workspace.slug, key])
