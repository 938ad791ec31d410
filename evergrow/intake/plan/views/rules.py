"""The rules for everything: what happens to what is unplanned, and what is masked before it is stored."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from evergrow.intake.models.plan import Mode, PlanState
from evergrow.intake.plan import actions, forms, seen
from evergrow.intake.plan.addresses import event_url
from evergrow.intake.plan.definition import BadPlan, WorkspaceRules, read_rules
from evergrow.workspaces.access import GatedRequest, gate, may

UNPLANNED_EVENTS = (
    (Mode.KEEP, pgettext_lazy("plan", "Keep"), _("Stored like any other event.")),
    (Mode.FLAG, pgettext_lazy("plan", "Flag"), _("Stored, and counted as a violation.")),
    (Mode.BLOCK, pgettext_lazy("plan", "Block"), _("Not stored; the message goes to the rejects with its reason.")),
)
UNPLANNED_PROPERTIES = (
    (Mode.KEEP, pgettext_lazy("plan", "Keep"), _("Stored like any other property.")),
    (Mode.FLAG, pgettext_lazy("plan", "Flag"), _("Stored, and counted as a violation.")),
    (Mode.BLOCK, pgettext_lazy("plan", "Block"), _("Left out and counted; the event itself is stored.")),
)
IP = (
    ("keep", pgettext_lazy("privacy", "Keep"), _("203.0.113.77 is stored as it is.")),
    (
        "truncate",
        pgettext_lazy("privacy", "Shorten"),
        _("203.0.113.77 becomes 203.0.113.0; of IPv6 the first 48 bits."),
    ),
    ("drop", pgettext_lazy("privacy", "Leave out"), _("The address is not stored.")),
)
EMAIL = (
    ("keep", pgettext_lazy("privacy", "Keep"), _("Stored as it is.")),
    ("mask", pgettext_lazy("privacy", "Mask"), _("mei@example.com becomes m***@example.com.")),
    ("hash", pgettext_lazy("privacy", "Hash"), _("It becomes email:3f9a…, the same for the same address.")),
)
PHONE = (
    ("keep", pgettext_lazy("privacy", "Keep"), _("Stored as it is.")),
    ("mask", pgettext_lazy("privacy", "Mask"), _("13812345678 becomes 138****78.")),
    ("hash", pgettext_lazy("privacy", "Hash"), _("It becomes phone:3f9a…, the same for the same number.")),
)
CHOICES: dict[str, tuple[Any, Any]] = {
    "unplanned_events": (_("Events without a plan"), UNPLANNED_EVENTS),
    "unplanned_properties": (_("Properties that an event’s plan does not name"), UNPLANNED_PROPERTIES),
    "ip": (_("IP addresses"), IP),
    "email": (_("Emails in values"), EMAIL),
    "phone": (_("Phone numbers in values"), PHONE),
}
LISTS = {
    "allow": (_("Only these properties"), _("When it names any, every other property is left out.")),
    "deny": (_("Properties left out"), _("Never stored; holds for traits too.")),
    "mask": (_("Masked properties"), _("Only the first character stays; holds for traits too.")),
    "hash": (_("Hashed properties"), _("A keyed hash stands for the value; holds for traits too.")),
}


@gate("view")
@require_safe
def rules(request: GatedRequest) -> HttpResponse:
    """The rules as they hold, or as a draft has them; administrators change them."""
    plans = {v.state: v for v in seen.versions(request.workspace).filter(event="")}
    draft, published = plans.get(PlanState.DRAFT), plans.get(PlanState.PUBLISHED)
    shown = draft if draft and may(request.member, "administer") else published
    found = read_rules(shown.definition) if shown else WorkspaceRules()
    chosen = {name: getattr(found, name) for name in CHOICES}
    return _page(request, chosen, forms.lists_of(found), draft=draft, published=published)


@gate("administer")
@require_POST
def rules_draft(request: GatedRequest) -> HttpResponse:
    """Save the rules as a draft and go on to its review."""
    typed = forms.rules_typed(request.POST)
    try:
        actions.save_draft(workspace=request.workspace, event="", definition=typed, by=request.member)
    except BadPlan as error:
        lists = {which: "\n".join(names) for which, names in forms.lists_typed(request.POST).items()}
        return _page(request, typed, lists, error=error, status=422)
    return redirect(event_url(request.workspace, "", "plan_review"))


def _page(
    request: GatedRequest, chosen: dict[str, Any], lists: dict[str, str], *, status: int = 200, **more: Any
) -> HttpResponse:
    choices = {name: (label, options, chosen[name]) for name, (label, options) in CHOICES.items()}
    context = {
        "unplanned": {name: choices[name] for name in ("unplanned_events", "unplanned_properties")},
        "masking": {name: choices[name] for name in ("ip", "email", "phone")},
        "lists": {name: (label, note, lists[name]) for name, (label, note) in LISTS.items()},
        "may_administer": may(request.member, "administer"),
        **more,
    }
    return render(request, "intake/plan/rules.html", context, status=status)
