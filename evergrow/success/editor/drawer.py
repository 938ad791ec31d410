"""What the form of one step offers: colleagues, dates, branches, products, and what its kind needs."""

from typing import Any

from django.utils.translation import gettext_lazy, pgettext_lazy

from evergrow.customers import access as customers
from evergrow.customers.models import Account, Product
from evergrow.success import access
from evergrow.success.editor.facts import ANCHOR, MEMBER, MOST_FALLBACKS
from evergrow.success.editor.layout import lanes_of
from evergrow.success.editor.letters import LINK, VARIABLES
from evergrow.success.engine import details as forms
from evergrow.success.engine import frames
from evergrow.success.models import (
    DueFrom,
    EvidenceKind,
    OwnerRule,
    Playbook,
    PlaybookVersion,
    Roll,
    Step,
    StepKind,
    Unit,
    VersionState,
)
from evergrow.success.models.playbooks import date_label
from evergrow.workspaces.access import GatedRequest

MOST_INDUSTRIES, MOST_ACCOUNTS = 40, 12
CHANNELS = {
    StepKind.MESSAGE: [
        ("", gettext_lazy("a person writes it")),
        ("colleague", gettext_lazy("to the colleague who has the step")),
        ("mail", gettext_lazy("by mail to a contact, by itself")),
    ],
    StepKind.SURVEY: [
        ("task", gettext_lazy("a person hands it over")),
        ("mail", gettext_lazy("by mail to a contact, by itself")),
    ],
}
CONTACTS = {
    "key": pgettext_lazy("contact", "key contact"),
    "decides": pgettext_lazy("contact", "decides"),
    "influences": pgettext_lazy("contact", "influences"),
    "uses": pgettext_lazy("contact", "uses"),
    "pays": pgettext_lazy("contact", "pays"),
}
APPROVERS = {
    "": gettext_lazy("any manager"),
    "manager": gettext_lazy("a manager"),
    "csm": gettext_lazy("the success manager"),
    "sales": gettext_lazy("sales"),
    "expert": gettext_lazy("the expert"),
}
NEEDS = {
    "any": gettext_lazy("one of them is enough"),
    "all": gettext_lazy("all of them"),
    "quorum": gettext_lazy("so many of them"),
}


def context(request: GatedRequest, version: PlaybookVersion, steps: list[Step], opened: Step) -> dict[str, Any]:
    """The drawer of ``opened``."""
    earlier = [step for step in steps if step.position < opened.position]
    form = forms.FORMS.get(opened.kind)
    members = list(access.colleagues(request.member))
    return {
        "earlier": earlier,
        "decisions": [_decision(step, opened) for step in earlier if step.kind == StepKind.DECISION],
        "kinds": StepKind.choices,
        "owners": _owners(members),
        "owner_now": _rule({"rule": opened.owner_rule, "member": opened.member_id}),
        "fallbacks": [_rule(row) for row in opened.fallbacks] + [""] * (MOST_FALLBACKS - len(opened.fallbacks)),
        "bases": _bases(request, version.playbook),
        "base_now": _base(opened),
        "units": Unit.choices,
        "rolls": Roll.choices,
        "evidence_kinds": EvidenceKind.choices,
        "members": members,
        "details": forms.read(form, opened.details) if form else None,
        "own_lanes": lanes_of(opened),
        "variants": _variants(request, opened),
        "channels": CHANNELS.get(StepKind(opened.kind), []),
        "contact_roles": CONTACTS.items(),
        "approvers": APPROVERS.items(),
        "needs": NEEDS.items(),
        "variables": {**VARIABLES, **({LINK: gettext_lazy("the survey's link")} if _asks(opened) else {})}.items(),
        "others": _others(version.playbook) if opened.kind == StepKind.PLAYBOOK else [],
        "try_on": _accounts(request) if opened.kind in CHANNELS else [],
    }


def _asks(step: Step) -> bool:
    return step.kind == StepKind.SURVEY


def _decision(step: Step, opened: Step) -> dict[str, Any]:
    taken = opened.on_branches.get(step.key, [])
    return {"step": step, "ways": [(lane, lane.branch.key in taken) for lane in lanes_of(step)]}


def _owners(members: list[Any]) -> list[tuple[str, str]]:
    """Rules first, then colleagues by name."""
    rules = [(value, str(label)) for value, label in OwnerRule.choices if value != OwnerRule.MEMBER]
    return [*rules, *((f"{MEMBER}{member.pk}", str(member)) for member in members)]


def _rule(row: dict[str, Any]) -> str:
    return f"{MEMBER}{row.get('member')}" if row["rule"] == OwnerRule.MEMBER else str(row["rule"])


def _bases(request: GatedRequest, playbook: Playbook) -> list[tuple[str, str]]:
    """What due dates count from: the start, the steps before, the playbook's own date, the account's other dates."""
    found = [(value, str(label)) for value, label in DueFrom.choices if value != DueFrom.ANCHOR]
    if playbook.anchor:
        found.append((DueFrom.ANCHOR.value, date_label(playbook.anchor)))
    dates = frames.choices(request.workspace)
    return found + [(f"{ANCHOR}{field}", label) for field, label in dates if field != playbook.anchor]


def _base(step: Step) -> str:
    return f"{ANCHOR}{step.anchor}" if step.due_from == DueFrom.ANCHOR and step.anchor else str(step.due_from)


def _variants(request: GatedRequest, opened: Step) -> dict[str, list[tuple[str, str, bool]]]:
    """Products and industries to choose from; what the step names stays to be chosen though nobody has it."""
    products = {
        row.code: str(row) for row in Product.objects.filter(workspace=request.workspace).order_by("code")[:100]
    }
    rows = Account.objects.filter(workspace=request.workspace).exclude(industry="").order_by("industry")
    industries = dict.fromkeys(rows.values_list("industry", flat=True).distinct()[:MOST_INDUSTRIES], "")
    return {
        "products": [
            (code, products.get(code, code), code in opened.products)
            for code in {**dict.fromkeys(opened.products), **products}
        ],
        "industries": [
            (each, each, each in opened.industries) for each in {**dict.fromkeys(opened.industries), **industries}
        ],
    }


def _others(playbook: Playbook) -> list[Playbook]:
    rows = Playbook.objects.filter(
        workspace=playbook.workspace, retired_at=None, versions__state=VersionState.PUBLISHED
    )
    return list(rows.exclude(pk=playbook.pk).order_by("pk"))


def _accounts(request: GatedRequest) -> list[Account]:
    return list(customers.accounts(request.member).filter(status="active").order_by("-mrr")[:MOST_ACCOUNTS])
