"""The register of processing: what is suggested from what this workspace really does, and what people wrote down."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from evergrow.customers.models import (
    Kept,
    LegalBasis,
    MaskRule,
    Person,
    ProcessingActivity,
    Purpose,
    RetentionRule,
    Ticket,
    Visit,
)
from evergrow.lib import clock
from evergrow.workspaces import audit
from evergrow.workspaces.access import require
from evergrow.workspaces.models import Key, KeyKind, Member, Workspace

FIELDS = ("purpose", "basis", "people", "data", "recipients", "retention", "abroad", "measures")
LANGUAGES = {"zh": "zh-hans", "en": "en"}


def suggest(*, workspace: Workspace, by: Member | None) -> int:
    """Add an entry for each activity that is found here and has none yet; how many were added."""
    require(by, "administer")
    known = set(ProcessingActivity.objects.filter(workspace=workspace).values_list("key", flat=True))
    names: dict[str, dict[str, str]] = {}
    for short, code in LANGUAGES.items():
        with override(code):
            for each in found(workspace):
                names.setdefault(each["key"], {})[short] = each["name"]
    with override(workspace.language):
        fresh = [each for each in found(workspace) if each["key"] not in known]
    with transaction.atomic():
        for each in fresh:
            facts = {name: each.get(name, "") for name in FIELDS}
            review = workspace.today().replace(day=1)
            review = review.replace(year=review.year + 1)
            ProcessingActivity.objects.create(
                workspace=workspace, key=each["key"], name=names[each["key"]], review_on=review, **facts
            )
        if fresh:
            data = {"added": [each["key"] for each in fresh]}
            audit.record(workspace, "register.suggested", workspace, by=by, data=data)
    return len(fresh)


def found(workspace: Workspace) -> list[dict[str, Any]]:
    """The activities that this workspace's own data shows, in the active language."""
    shared = {"measures": _measures(workspace), "recipients": _recipients(workspace), "abroad": _abroad()}
    activities = []
    sources = list(Key.objects.filter(workspace=workspace, kind=KeyKind.WRITE, revoked_at=None).order_by("name"))
    if sources:
        activities.append(
            {
                "key": "usage",
                "name": _("Measuring product use"),
                "purpose": _("Understand and improve how customers use the product. Sources: %(names)s.")
                % {"names": ", ".join(key.name for key in sources)},
                "basis": LegalBasis.INTEREST.value,
                "people": _("Users of our customers' organisations, visitors of our sites"),
                "data": _("User ids, device ids, events with their properties, time, page, campaign"),
                "retention": _events_kept(workspace),
                **shared,
            }
        )
    if Person.objects.filter(workspace=workspace, is_anonymous=False).exists():
        traits = _trait_names(workspace)
        data = _("Name, email, phone, job title, employer")
        activities.append(
            {
                "key": "contacts",
                "name": _("Looking after customers"),
                "purpose": _("Contracts, support, success work and renewals with the people at our customers."),
                "basis": LegalBasis.CONTRACT.value,
                "people": _("Contacts at customers and prospects"),
                "data": f"{data}, {', '.join(traits)}" if traits else data,
                "retention": _("As long as the customer relationship lasts, then until it is erased."),
                **shared,
            }
        )
    if Ticket.objects.filter(workspace=workspace).exists() or Visit.objects.filter(account__workspace=workspace):
        activities.append(
            {
                "key": "support",
                "name": _("Support and visits"),
                "purpose": _("Answer tickets and keep a record of visits."),
                "basis": LegalBasis.CONTRACT.value,
                "people": _("Contacts who wrote to us or met us"),
                "data": _("Name, subject of the ticket, satisfaction, notes of visits"),
                "retention": _("As long as the customer relationship lasts, then until it is erased."),
                **shared,
            }
        )
    for purpose in Purpose.objects.filter(workspace=workspace, retired_at=None).order_by("key"):
        activities.append(
            {
                "key": f"purpose-{purpose.key}",
                "name": str(purpose),
                "purpose": _("%(name)s over %(channels)s")
                % {"name": purpose, "channels": ", ".join(purpose.channel_names) or "—"},
                "basis": purpose.basis,
                "people": _("People who were asked for consent"),
                "data": _("Contact address, consent with its proof"),
                "retention": _("Until consent is withdrawn; the proof until the person is erased."),
                **shared,
            }
        )
    return activities


def _events_kept(workspace: Workspace) -> str:
    rules = list(RetentionRule.objects.filter(workspace=workspace, about=Kept.EVENTS).order_by("position", "pk"))
    if not rules:
        return _("Without limit; no retention rule is set.")
    return "; ".join(_("%(pattern)s: %(days)d days") % {"pattern": r.pattern, "days": r.days} for r in rules)


def _trait_names(workspace: Workspace) -> list[str]:
    keys: set[str] = set()
    for traits in Person.objects.filter(workspace=workspace).exclude(traits={}).values_list("traits", flat=True)[:200]:
        keys.update(traits)
    return sorted(keys)[:30]


def _measures(workspace: Workspace) -> str:
    parts = [
        _("Own server, sign-in per colleague, roles, audit trail, keys kept as hashes, encrypted connection"),
    ]
    masked = list(MaskRule.objects.filter(workspace=workspace).values_list("field", flat=True))
    if masked:
        parts.append(_("masked for some roles: %(fields)s") % {"fields": ", ".join(sorted(masked))})
    return "; ".join(parts)


def _recipients(workspace: Workspace) -> str:
    apis = Key.objects.filter(workspace=workspace, kind=KeyKind.API, revoked_at=None).order_by("name")
    names = [key.name for key in apis]
    inside = _("Colleagues with access to this workspace")
    return f"{inside}; API: {', '.join(names)}" if names else inside


def _abroad() -> str:
    return _("None by Evergrow itself: the data stays on the server it runs on. Say where that server stands.")


@transaction.atomic
def save_activity(
    *, workspace: Workspace, activity: ProcessingActivity | None, by: Member | None, **facts: Any
) -> ProcessingActivity:
    """Write an entry or change one. Raises ValidationError per field."""
    require(by, "administer")
    is_new = activity is None
    activity = activity or ProcessingActivity(workspace=workspace, created_at=clock.now())
    for name, value in facts.items():
        setattr(activity, name, value)
    activity.clean_fields(exclude=["workspace", "name", "reviewed_at", "reviewed_by"])
    activity.save()
    audit.record(workspace, "register.added" if is_new else "register.changed", activity, by=by)
    return activity


@transaction.atomic
def review(*, activity: ProcessingActivity, by: Member | None) -> None:
    """Say that the entry was looked at and is right; it is due again in a year."""
    require(by, "administer")
    today = activity.workspace.today()
    activity.review_on = today.replace(year=today.year + 1, day=min(today.day, 28))
    activity.reviewed_at, activity.reviewed_by = clock.now(), by
    activity.save(update_fields=["review_on", "reviewed_at", "reviewed_by"])
    audit.record(activity.workspace, "register.reviewed", activity, by=by)


@transaction.atomic
def remove(*, activity: ProcessingActivity, by: Member | None) -> None:
    """Take an entry out of the register."""
    require(by, "administer")
    audit.record(activity.workspace, "register.removed", activity, by=by)
    activity.delete()
