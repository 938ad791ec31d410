"""Making triggers, changing them as drafts, publishing and retiring them."""

from collections.abc import Mapping
from itertools import count
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from evergrow.customers import criteria
from evergrow.customers.models import Segment
from evergrow.lib import clock
from evergrow.success import errors
from evergrow.success.errors import Refused
from evergrow.success.models import Playbook, VersionState
from evergrow.success.models.triggers import Firing, FiringReason, FiringState, Trigger, TriggerKind, TriggerVersion
from evergrow.success.triggers import definition, starting
from evergrow.success.triggers.definition import Definition
from evergrow.workspaces import audit, jobs
from evergrow.workspaces.access import require
from evergrow.workspaces.models import Member, Workspace

EVALUATE = "success.triggers"


class TriggerRetired(Refused):
    sentence = _("“%(trigger)s” is retired. Bring it back first.")


class NoTriggerDraft(Refused):
    sentence = _("“%(trigger)s” has no draft. Change something first.")


@transaction.atomic
def create_trigger(
    *, playbook: Playbook, name: Mapping[str, str], data: Mapping[str, Any], by: Member | None, key: str = ""
) -> Trigger:
    """A trigger of a playbook with its first draft; its key is made from its name. Raises NameMissing, NotReadable."""
    require(by, "manage")
    rule = definition.read(data)
    called, workspace = _named(name), playbook.workspace
    key = key or _free_key(workspace, slugify(called.get("en", ""))[:50] or f"{playbook.key[:50]}-trigger")
    trigger = Trigger.objects.create(workspace=workspace, playbook=playbook, key=key, name=called, created_by=by)
    TriggerVersion.objects.create(trigger=trigger, number=1, definition=rule.as_data(), created_by=by)
    audit.record(playbook.workspace, "trigger.created", trigger, by=by, data={"playbook": playbook.key})
    return trigger


@transaction.atomic
def save_draft(
    *, trigger: Trigger, data: Mapping[str, Any], by: Member | None, name: Mapping[str, str] | None = None
) -> TriggerVersion:
    """Write the draft, opening one where there is none. The published version goes on as it is."""
    require(by, "manage")
    rule = definition.read(data)
    if name is not None:
        Trigger.objects.filter(pk=trigger.pk).update(name=_named(name))
        trigger.refresh_from_db()
    draft = trigger.versions.filter(state=VersionState.DRAFT).first()
    if draft is None:
        newest = trigger.versions.aggregate(n=Max("number"))["n"] or 0
        draft = TriggerVersion(trigger=trigger, number=newest + 1, created_by=by)
    draft.definition, draft.edited_at = rule.as_data(), clock.now()
    draft.save()
    audit.record(trigger.workspace, "trigger.changed", trigger, by=by, data={"version": draft.number})
    return draft


@transaction.atomic
def discard_draft(*, trigger: Trigger, by: Member | None) -> None:
    """Throw the draft away; a trigger that never was anything else goes with it."""
    require(by, "manage")
    draft = trigger.versions.filter(state=VersionState.DRAFT).first()
    if draft is None:
        raise NoTriggerDraft(trigger=trigger)
    audit.record(trigger.workspace, "trigger.draft_discarded", trigger, by=by, data={"version": draft.number})
    draft.delete()
    if not trigger.versions.exists():
        trigger.delete()


@transaction.atomic
def publish(*, trigger: Trigger, by: Member | None) -> TriggerVersion:
    """Put the draft in force. Raises NoTriggerDraft, NotReadable, NotPublished, TriggerRetired."""
    require(by, "manage")
    if trigger.retired_at is not None:
        raise TriggerRetired(trigger=trigger)
    draft = trigger.versions.select_for_update().filter(state=VersionState.DRAFT).first()
    if draft is None:
        raise NoTriggerDraft(trigger=trigger)
    rule = definition.read(draft.definition)
    definition.check(rule, trigger.workspace)
    if not trigger.playbook.versions.filter(state=VersionState.PUBLISHED).exists():
        raise errors.NotPublished(playbook=trigger.playbook)
    trigger.versions.filter(state=VersionState.PUBLISHED).update(state=VersionState.RETIRED)
    draft.state, draft.published_by, draft.published_at = VersionState.PUBLISHED, by, clock.now()
    draft.needed = needed(rule, trigger.workspace)
    draft.save()
    audit.record(trigger.workspace, "trigger.published", trigger, by=by, data={"version": draft.number})
    jobs.enqueue(EVALUATE, trigger.workspace, dedupe_key="published")
    return draft


@transaction.atomic
def retire(*, trigger: Trigger, by: Member | None) -> None:
    """Nothing fires any more, and what waits is not started. Runs that began go on."""
    require(by, "manage")
    if Trigger.objects.filter(pk=trigger.pk, retired_at=None).update(retired_at=clock.now()):
        waiting = Firing.objects.filter(trigger=trigger, state=FiringState.WAITING)
        stopped = starting.suppress(waiting, FiringReason.STOPPED)
        audit.record(trigger.workspace, "trigger.retired", trigger, by=by, data={"suppressed": stopped})


@transaction.atomic
def restore(*, trigger: Trigger, by: Member | None) -> None:
    """Bring a retired trigger back. What came true meanwhile does not fire: it begins anew."""
    require(by, "manage")
    if Trigger.objects.filter(pk=trigger.pk).exclude(retired_at=None).update(retired_at=None):
        live = trigger.versions.filter(state=VersionState.PUBLISHED).first()
        if live is not None:
            begin_anew(live, by)
        audit.record(trigger.workspace, "trigger.restored", trigger, by=by)
        jobs.enqueue(EVALUATE, trigger.workspace, dedupe_key="published")


def begin_anew(version: TriggerVersion, by: Member | None) -> TriggerVersion:
    """The same rule as a new version that fires for new accounts only."""
    TriggerVersion.objects.filter(pk=version.pk).update(state=VersionState.RETIRED)
    newest = version.trigger.versions.aggregate(n=Max("number"))["n"] or 0
    draft = version.trigger.versions.filter(state=VersionState.DRAFT).first()
    if draft is not None:
        newest += 1
        TriggerVersion.objects.filter(pk=draft.pk).update(number=newest + 1)
    return TriggerVersion.objects.create(
        trigger=version.trigger,
        number=newest if draft is not None else newest + 1,
        state=VersionState.PUBLISHED,
        definition={**version.definition, "existing": False},
        needed=version.needed,
        created_by=by,
        published_by=by,
        published_at=clock.now(),
    )


def needed(rule: Definition, workspace: Workspace) -> dict[str, Any]:
    """What a rule looks at, so that an arrival tells whether to look again."""
    found = criteria.needs(definition.parsed(rule, workspace))
    events, traits = set(found.events), set(found.traits)
    if rule.kind == TriggerKind.EVENT:
        events.add(rule.event)
    if rule.kind == TriggerKind.DATE:
        traits.add(("account", rule.trait))
    keys = Segment.objects.filter(workspace=workspace, pk__in=found.segments).values_list("key", flat=True)
    return {
        "events": sorted(events),
        "traits": sorted([kind, name] for kind, name in traits),
        "segment_keys": sorted(keys),
        "places": found.places or rule.about == "contact",
    }


def _free_key(workspace: Workspace, base: str) -> str:
    """``base``, or with a number behind it where another trigger has it."""
    taken = set(Trigger.objects.filter(workspace=workspace, key__startswith=base).values_list("key", flat=True))
    return base if base not in taken else next(key for n in count(2) if (key := f"{base}-{n}") not in taken)


def _named(name: Mapping[str, str]) -> dict[str, str]:
    kept = {language: name.get(language, "").strip()[:120] for language in ("zh", "en")}
    if not any(kept.values()):
        raise errors.NameMissing()
    return {language: words for language, words in kept.items() if words}
