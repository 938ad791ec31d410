"""Draft → published → retired, for what a workspace has one of (its tier scheme, its ideal profile)."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from evergrow.customers.models import Edition, EditionState, IdealProfile, TierScheme
from evergrow.lib import clock
from evergrow.workspaces import audit
from evergrow.workspaces.access import require
from evergrow.workspaces.models import Member, Workspace

Some = TypeVar("Some", TierScheme, IdealProfile)
Definition = dict[str, Any]


class NoDraft(ValidationError):
    """There is no draft: somebody published or discarded it meanwhile."""

    def __init__(self) -> None:
        super().__init__(_("There is no draft any more. Start a new one."))


def published(model: type[Some], workspace: Workspace) -> Some | None:
    """The edition that counts."""
    return model._default_manager.filter(workspace=workspace, state=EditionState.PUBLISHED).first()


def draft(model: type[Some], workspace: Workspace) -> Some | None:
    return model._default_manager.filter(workspace=workspace, state=EditionState.DRAFT).first()


@transaction.atomic
def start_draft(model: type[Some], workspace: Workspace, first: Definition, *, by: Member | None) -> Some:
    """The open draft; where there is none, a copy of what counts, or of ``first`` before anything does."""
    require(by, "manage")
    found = draft(model, workspace)
    if found is not None:
        return found
    counts = published(model, workspace)
    last = model._default_manager.filter(workspace=workspace).order_by("-number").first()
    made: Some = model._default_manager.create(
        workspace=workspace,
        number=last.number + 1 if last else 1,
        definition=counts.definition if counts else first,
        created_by=by,
    )
    audit.record(workspace, f"{verb(model)}.draft_started", made, by=by)
    return made


@transaction.atomic
def save_draft(
    model: type[Some], workspace: Workspace, definition: Definition, *, note: str | None = None, by: Member | None
) -> Some:
    """Write a definition that was checked before into the draft. Raises NoDraft."""
    require(by, "manage")
    found = draft(model, workspace)
    if found is None:
        raise NoDraft
    found.definition, found.changed_at = definition, clock.now()
    found.note = found.note if note is None else note[:300]
    found.save(update_fields=["definition", "note", "changed_at"])
    audit.record(workspace, f"{verb(model)}.draft_saved", found, by=by)
    return found


@transaction.atomic
def discard_draft(model: type[Some], workspace: Workspace, *, by: Member | None) -> None:
    """Throw the draft away; the audit trail keeps what it said. Raises NoDraft."""
    require(by, "manage")
    found = draft(model, workspace)
    if found is None:
        raise NoDraft
    audit.record(workspace, f"{verb(model)}.draft_discarded", found, by=by, data={"definition": found.definition})
    found.delete()


def publish_draft(model: type[Some], workspace: Workspace, check: Callable[[Some], None], *, by: Member | None) -> Some:
    """Make the draft the edition that counts and retire the one before. Raises NoDraft, and what ``check`` raises."""
    require(by, "manage")
    with transaction.atomic():
        found = draft(model, workspace)
        if found is None:
            raise NoDraft
        check(found)
        now = clock.now()
        rows = model._default_manager.filter(workspace=workspace)
        rows.filter(state=EditionState.PUBLISHED).update(state=EditionState.RETIRED, retired_at=now)
        took = rows.filter(pk=found.pk, state=EditionState.DRAFT).update(
            state=EditionState.PUBLISHED, published_at=now, published_by=by
        )
        if not took:
            raise NoDraft
        found.refresh_from_db()
        audit.record(workspace, f"{verb(model)}.published", found, by=by, data={"number": found.number})
    return found


def verb(model: type[Edition]) -> str:
    return {TierScheme: "tier_scheme", IdealProfile: "ideal_profile"}[model]
