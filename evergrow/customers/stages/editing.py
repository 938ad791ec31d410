"""Making lifecycles and changing them: a draft, its stages, publishing it, retiring the lifecycle."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from evergrow.customers.models import EditionState, Lifecycle, LifecycleVersion, StagedKind, StageStay
from evergrow.customers.stages import definition as definitions
from evergrow.customers.stages.definition import KEY, BadLifecycle
from evergrow.customers.stages.proposals import PROPOSALS
from evergrow.lib import clock
from evergrow.workspaces import audit, jobs
from evergrow.workspaces.access import require
from evergrow.workspaces.models import Member, Workspace

JOB = "customers.stages"
Json = dict[str, Any]


class NoDraft(ValidationError):
    """There is no draft: somebody published or discarded it meanwhile."""

    def __init__(self) -> None:
        super().__init__(_("There is no draft any more. Start a new one."))


@transaction.atomic
def create(
    *, workspace: Workspace, key: str, kind: str, name: str = "", name_zh: str = "", by: Member | None
) -> Lifecycle:
    """Make a lifecycle with a draft that proposes stages for its kind. The first of a kind is the main one.

    Raises BadLifecycle.
    """
    require(by, "manage")
    if not KEY.fullmatch(key):
        raise BadLifecycle({"key": _("A key is small letters, digits and _; it begins with a letter.")})
    if kind not in StagedKind.values:
        raise BadLifecycle({"kind": _("A lifecycle is for accounts, people or products.")})
    if not (name or name_zh):
        raise BadLifecycle({"name": _("Give a name in one language at least.")})
    if Lifecycle.objects.filter(workspace=workspace, key=key).exists():
        raise BadLifecycle({"key": _("There is a lifecycle with this key already.")})
    is_main = not Lifecycle.objects.filter(workspace=workspace, kind=kind, is_main=True).exists()
    made = Lifecycle.objects.create(
        workspace=workspace, key=key, kind=kind, name=name, name_zh=name_zh, is_main=is_main
    )
    LifecycleVersion.objects.create(lifecycle=made, number=1, definition=PROPOSALS[StagedKind(kind)], created_by=by)
    audit.record(workspace, "lifecycle.created", made, by=by, data={"kind": kind})
    return made


@transaction.atomic
def rename(lifecycle: Lifecycle, *, name: str, name_zh: str, by: Member | None) -> None:
    """Call it something else, from now on. Raises BadLifecycle without any name."""
    require(by, "manage")
    if not (name or name_zh):
        raise BadLifecycle({"name": _("Give a name in one language at least.")})
    before = lifecycle.names
    lifecycle.name, lifecycle.name_zh = name, name_zh
    lifecycle.save(update_fields=["name", "name_zh"])
    audit.record(lifecycle.workspace, "lifecycle.renamed", lifecycle, by=by, data={"before": before})


def draft(lifecycle: Lifecycle) -> LifecycleVersion | None:
    return lifecycle.versions.filter(state=EditionState.DRAFT).first()


@transaction.atomic
def start(lifecycle: Lifecycle, *, by: Member | None) -> LifecycleVersion:
    """The open draft, or a new one that says what counts now."""
    require(by, "manage")
    found = draft(lifecycle)
    if found is not None:
        return found
    last = lifecycle.versions.order_by("-number").first()
    counts = lifecycle.versions.filter(state=EditionState.PUBLISHED).first()
    made = LifecycleVersion.objects.create(
        lifecycle=lifecycle,
        number=last.number + 1 if last else 1,
        definition=counts.definition if counts else PROPOSALS[StagedKind(lifecycle.kind)],
        created_by=by,
    )
    audit.record(lifecycle.workspace, "lifecycle.draft_started", lifecycle, by=by)
    return made


@transaction.atomic
def save(lifecycle: Lifecycle, definition: Json, *, note: str | None = None, by: Member | None) -> LifecycleVersion:
    """Write a definition into the draft. Raises BadLifecycle, NoDraft; then the draft stays as it was."""
    require(by, "manage")
    definitions.check(lifecycle, definitions.read(definition, lifecycle.kind))
    found = draft(lifecycle)
    if found is None:
        raise NoDraft
    found.definition, found.changed_at = definition, clock.now()
    found.note = found.note if note is None else note[:300]
    found.save(update_fields=["definition", "note", "changed_at"])
    audit.record(lifecycle.workspace, "lifecycle.draft_saved", lifecycle, by=by)
    return found


@transaction.atomic
def discard(lifecycle: Lifecycle, *, by: Member | None) -> None:
    """Throw the draft away; the audit trail keeps what it said. Raises NoDraft."""
    require(by, "manage")
    found = draft(lifecycle)
    if found is None:
        raise NoDraft
    data = {"definition": found.definition}
    audit.record(lifecycle.workspace, "lifecycle.draft_discarded", lifecycle, by=by, data=data)
    found.delete()


def publish(lifecycle: Lifecycle, *, by: Member | None) -> LifecycleVersion:
    """Make the draft count, retire the one before, and queue an evaluation. Stays that are open are not touched.

    Raises BadLifecycle, NoDraft. A stage in which somebody stands cannot leave the lifecycle.
    """
    require(by, "manage")
    with transaction.atomic():
        found = draft(lifecycle)
        if found is None:
            raise NoDraft
        read = definitions.read(found.definition, lifecycle.kind)
        definitions.check(lifecycle, read)
        _keeps_everybody(lifecycle, read)
        now = clock.now()
        lifecycle.versions.filter(state=EditionState.PUBLISHED).update(state=EditionState.RETIRED, retired_at=now)
        took = lifecycle.versions.filter(pk=found.pk, state=EditionState.DRAFT).update(
            state=EditionState.PUBLISHED, published_at=now, published_by=by
        )
        if not took:
            raise NoDraft
        found.refresh_from_db()
        data = {"number": found.number}
        audit.record(lifecycle.workspace, "lifecycle.published", lifecycle, by=by, data=data)
    definitions.forget(lifecycle)
    jobs.enqueue(JOB, lifecycle.workspace, by=by, dedupe_key="published")
    return found


def _keeps_everybody(lifecycle: Lifecycle, read: definitions.Definition) -> None:
    stray = StageStay.objects.filter(lifecycle=lifecycle, left_at=None).exclude(stage__in=list(read.by_key)).first()
    if stray is not None:
        sentence = _("Somebody stands in “%(stage)s”, %(name)s for example. Move them first, or keep the stage.")
        raise BadLifecycle(sentence % {"stage": stray.stage, "name": stray.subject})


@transaction.atomic
def retire(lifecycle: Lifecycle, *, by: Member | None) -> None:
    """Let nobody move any more. The history stays to be read; another lifecycle of the kind may become the main one."""
    require(by, "manage")
    Lifecycle.objects.filter(pk=lifecycle.pk).update(retired_at=clock.now(), is_main=False)
    lifecycle.refresh_from_db()
    rest = Lifecycle.objects.filter(workspace=lifecycle.workspace, kind=lifecycle.kind, retired_at=None)
    if not rest.filter(is_main=True).exists() and (heir := rest.order_by("pk").first()):
        Lifecycle.objects.filter(pk=heir.pk).update(is_main=True)
    audit.record(lifecycle.workspace, "lifecycle.retired", lifecycle, by=by)


def put_stage(definition: Json, key: str, stage: Json) -> Json:
    """The definition with a stage changed in its place, or added: before the pauses and ends if it is on the way."""
    listed = definition["stages"]
    if any(part["key"] == key for part in listed):
        return {**definition, "stages": [stage if part["key"] == key else part for part in listed]}
    if stage["kind"] not in definitions.ON_THE_WAY:
        return {**definition, "stages": [*listed, stage]}
    place = next((n for n, part in enumerate(listed) if part["kind"] not in definitions.ON_THE_WAY), len(listed))
    return {**definition, "stages": [*listed[:place], stage, *listed[place:]]}


def drop_stage(definition: Json, key: str) -> Json:
    """The definition without a stage, and without it among those that may follow others."""
    kept = [
        {**part, "next": [each for each in part.get("next") or [] if each != key]}
        for part in definition["stages"]
        if part["key"] != key
    ]
    return {**definition, "stages": kept}


def shift_stage(definition: Json, key: str, step: int) -> Json:
    """The definition with a stage one place earlier (-1) or later (1)."""
    listed = list(definition["stages"])
    place = next((n for n, part in enumerate(listed) if part["key"] == key), None)
    if place is None or not 0 <= place + step < len(listed):
        return definition
    listed[place], listed[place + step] = listed[place + step], listed[place]
    return {**definition, "stages": listed}
