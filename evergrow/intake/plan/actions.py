"""What changes the tracking plan: describing, verifying, drafting rules and publishing them."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from evergrow.intake.models.plan import PlanState, PlanVersion, TrackedEvent, TrackedProperty, TrackingPlan
from evergrow.intake.plan import definition as definitions
from evergrow.intake.plan import kinds, seen
from evergrow.intake.plan.definition import LONGEST, EventPlan, PropertyPlan
from evergrow.lib import clock
from evergrow.workspaces import audit
from evergrow.workspaces.access import require
from evergrow.workspaces.errors import BadChoice
from evergrow.workspaces.models import Member, Workspace

Tracked = TrackedEvent | TrackedProperty
LONGEST_DESCRIPTION = 1000
MOST_TAGS = 20


class NoDraft(LookupError):
    """There is no draft; somebody else published or discarded it."""


class NothingSeen(LookupError):
    """The event has no properties that could be accepted."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What colleagues say of a name. ``owner`` is a member of the workspace."""

    description: Mapping[str, str]
    owner: Member | None = None
    tags: Sequence[str] = ()
    is_deprecated: bool = False
    is_hidden: bool = False


def describe_event(*, workspace: Workspace, name: str, facts: Facts, by: Member | None) -> TrackedEvent:
    """Say what an event means and who answers for it. Raises BadChoice."""
    return _describe(TrackedEvent, "event", workspace, name, facts, by)  # type: ignore[return-value]


def describe_property(*, workspace: Workspace, name: str, facts: Facts, by: Member | None) -> TrackedProperty:
    """Say what a property means and who answers for it. Raises BadChoice."""
    return _describe(TrackedProperty, "property", workspace, name, facts, by)  # type: ignore[return-value]


def verify_event(*, workspace: Workspace, name: str, is_right: bool, by: Member | None) -> TrackedEvent:
    """Say that an event is sent as it should be, or take that back."""
    return _verify(TrackedEvent, "event", workspace, name, is_right, by)  # type: ignore[return-value]


def verify_property(*, workspace: Workspace, name: str, is_right: bool, by: Member | None) -> TrackedProperty:
    """Say that a property is sent as it should be, or take that back."""
    return _verify(TrackedProperty, "property", workspace, name, is_right, by)  # type: ignore[return-value]


@transaction.atomic
def _describe(
    kind: type[Tracked], word: str, workspace: Workspace, name: str, facts: Facts, by: Member | None
) -> Tracked:
    require(by, "manage")
    checked_name(name)
    if facts.owner is not None and (facts.owner.workspace_id != workspace.pk or facts.owner.left_at is not None):
        raise BadChoice("owner", _("The owner must be a member of this workspace."))
    now = clock.now()
    row, _new = kind.objects.get_or_create(workspace=workspace, name=name)
    before = said(row)
    row.description = {part: text for part in ("zh", "en") if (text := _line(facts.description.get(part, "")))}
    row.owner = facts.owner
    row.tags = list(dict.fromkeys(tag for each in facts.tags if (tag := each.strip()[:40])))[:MOST_TAGS]
    for state, wanted in (("deprecated", facts.is_deprecated), ("hidden", facts.is_hidden)):
        if wanted != (getattr(row, f"{state}_at") is not None):
            setattr(row, f"{state}_at", now if wanted else None)
            setattr(row, f"{state}_by", by if wanted else None)
    after = said(row)
    if before != after:
        row.save()
        changed = {part: value for part, value in after.items() if before[part] != value}
        audit.record(workspace, f"tracked_{word}.described", row, by=by, data=changed)
    return row


@transaction.atomic
def _verify(
    kind: type[Tracked], word: str, workspace: Workspace, name: str, is_right: bool, by: Member | None
) -> Tracked:
    require(by, "manage")
    checked_name(name)
    row, _new = kind.objects.get_or_create(workspace=workspace, name=name)
    if is_right != (row.verified_at is not None):
        row.verified_at, row.verified_by = (clock.now(), by) if is_right else (None, None)
        row.save(update_fields=["verified_at", "verified_by"])
        audit.record(workspace, f"tracked_{word}.{'verified' if is_right else 'unverified'}", row, by=by)
    return row


def said(row: Tracked) -> dict[str, Any]:
    """What is said of a name, as plain data."""
    return {
        "description": {part: row.description[part] for part in ("en", "zh") if part in row.description},
        "owner": row.owner.user.email if row.owner else "",
        "tags": list(row.tags),
        "deprecated": row.deprecated_at is not None,
        "hidden": row.hidden_at is not None,
    }


def checked_name(name: str) -> str:
    """The name of an event or a property. Raises BadChoice."""
    if not name.strip() or len(name) > LONGEST or "\x00" in name:
        raise BadChoice("name", _("A name is a text of 1 to %(most)s characters.") % {"most": LONGEST})
    return name


def _line(text: str) -> str:
    return text.replace("\x00", "").strip()[:LONGEST_DESCRIPTION]


@transaction.atomic
def save_draft(*, workspace: Workspace, event: str, definition: Mapping[str, Any], by: Member | None) -> PlanVersion:
    """Write the draft of an event's rules, or with an empty event of the rules for everything. An empty definition
    is the wish to have no plan for the event any more. Raises BadPlan at the part that is wrong.
    """
    require(by, "manage" if event else "administer")
    if event:
        checked_name(event)
    clean = _clean(event, definition)
    plan = _plan(workspace)
    draft = plan.versions.filter(event=event, state=PlanState.DRAFT).first()
    if draft is None:
        last = plan.versions.filter(event=event).order_by("-number").values_list("number", flat=True).first() or 0
        draft = plan.versions.create(event=event, number=last + 1, definition=clean, created_by=by)
        audit.record(workspace, "plan.drafted", draft, by=by)
    elif draft.definition != clean:
        draft.definition, draft.changed_at = clean, clock.now()
        draft.save(update_fields=["definition", "changed_at"])
        audit.record(workspace, "plan.draft_saved", draft, by=by)
    return draft


def accept_seen(*, workspace: Workspace, event: str, by: Member | None) -> PlanVersion:
    """Make a draft for an event from the properties that it carried in the last 30 days, beside what is planned.

    A property is required where every event carried it, and its type is the one that clients sent, if it was one.
    Raises NothingSeen, and ``warehouse.StoreUnavailable``.
    """
    require(by, "manage")
    volume = seen.volume(workspace, event)
    found = [row for row in seen.properties(workspace, event) if not seen.is_added(event, row.name)]
    if not found:
        raise NothingSeen(_("This event carried no property of its own in the last 30 days."))
    base = definitions.read_event(current(workspace, event) or {"mode": "flag"})
    planned = dict(base.properties)
    for row in found:
        if row.name not in planned and len(planned) < definitions.MOST_PROPERTIES:
            known = kinds.names(row.bits)
            only = known[0] if len(known) == 1 else kinds.ANY
            planned[row.name] = PropertyPlan(only, required=row.times >= volume)
    wanted = EventPlan(base.mode, base.unplanned, planned, base.privacy)
    return save_draft(workspace=workspace, event=event, definition=wanted.as_json(), by=by)


@transaction.atomic
def discard_draft(*, workspace: Workspace, event: str, by: Member | None) -> None:
    """Throw a draft away. Raises NoDraft."""
    require(by, "manage" if event else "administer")
    draft = _drafts(workspace).filter(event=event).first()
    if draft is None:
        raise NoDraft(_("There is no draft any more."))
    audit.record(workspace, "plan.draft_discarded", draft, by=by, data={"definition": draft.definition})
    draft.delete()


@transaction.atomic
def publish(*, workspace: Workspace, events: Iterable[str] | None = None, by: Member | None) -> list[PlanVersion]:
    """Let drafts hold from now on: those of ``events``, or all. The drain follows with its next segment.

    Raises NoDraft where one of them is gone.
    """
    require(by, "administer")
    plan = _plan(workspace)
    drafts = list(_drafts(workspace).order_by("event"))
    wanted = {draft.event for draft in drafts} if events is None else set(events)
    chosen = [draft for draft in drafts if draft.event in wanted]
    if not chosen or len(chosen) < len(wanted):
        raise NoDraft(_("There is no draft any more."))
    now = clock.now()
    for draft in chosen:
        plan.versions.filter(event=draft.event, state=PlanState.PUBLISHED).update(
            state=PlanState.RETIRED, retired_at=now
        )
        draft.state, draft.published_at, draft.published_by = PlanState.PUBLISHED, now, by
        draft.save(update_fields=["state", "published_at", "published_by"])
        audit.record(workspace, "plan.published", draft, by=by, data={"number": draft.number})
    plan.stamp = secrets.token_hex(16)
    plan.save(update_fields=["stamp"])
    return chosen


def current(workspace: Workspace, event: str) -> dict[str, Any]:
    """The draft of an event's rules, or else what is published; empty where there is neither."""
    rows = PlanVersion.objects.filter(
        plan__workspace=workspace, event=event, state__in=[PlanState.DRAFT, PlanState.PUBLISHED]
    )
    found = {row.state: row.definition for row in rows}
    return dict(found.get(PlanState.DRAFT) or found.get(PlanState.PUBLISHED) or {})


def published(workspace: Workspace) -> dict[str, dict[str, Any]]:
    """The definitions that hold now by event; those for everything under the empty name."""
    rows = PlanVersion.objects.filter(plan__workspace=workspace, state=PlanState.PUBLISHED)
    return {row.event: row.definition for row in rows if row.definition}


def drafted(workspace: Workspace) -> dict[str, dict[str, Any]]:
    """The definitions of drafts by event; an empty one is the wish to have no plan for the event."""
    return {row.event: row.definition for row in _drafts(workspace)}


def _clean(event: str, definition: Mapping[str, Any]) -> dict[str, Any]:
    if not definition:
        return {}
    raw = dict(definition)
    return definitions.read_event(raw).as_json() if event else definitions.read_rules(raw).as_json()


def _plan(workspace: Workspace) -> TrackingPlan:
    """The workspace's plan, held for this transaction, so that two colleagues do not publish at once."""
    TrackingPlan.objects.get_or_create(workspace=workspace)
    return TrackingPlan.objects.select_for_update().get(workspace=workspace)


def _drafts(workspace: Workspace) -> Any:
    return PlanVersion.objects.filter(plan__workspace=workspace, state=PlanState.DRAFT)
