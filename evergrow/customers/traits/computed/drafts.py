"""Computed traits: made, changed in a draft, published, retired, deleted."""

import re
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from evergrow import warehouse
from evergrow.customers.criteria import CriteriaError, known_traits, mirror, providers
from evergrow.customers.models import (
    ComputedState,
    ComputedTrait,
    ComputedTraitVersion,
    TraitDefinition,
)
from evergrow.customers.traits import catalogue
from evergrow.customers.traits.computed import definition as definitions
from evergrow.customers.traits.computed.compute import kind_of, read_version
from evergrow.customers.traits.computed.definition import Definition, DefinitionError
from evergrow.customers.traits.computed.order import Key, in_order
from evergrow.customers.traits.formula.errors import FormulaError
from evergrow.customers.traits.precedence import can_be_kept
from evergrow.customers.traits.subjects import Kind
from evergrow.lib import clock
from evergrow.workspaces import audit, jobs
from evergrow.workspaces.access import require
from evergrow.workspaces.errors import Refused
from evergrow.workspaces.models import Member, Workspace

KEY = re.compile(r"[a-z][a-z0-9_]{0,59}")
JOB = "customers.compute_traits"


class KeyTaken(DefinitionError):
    """Another trait has this key."""


class NoDraft(Refused, LookupError):
    """There is no draft; somebody else published or discarded it."""


class StillNeeded(Refused):
    """Another computed trait is computed from this one."""


def check(
    workspace: Workspace, kind: Kind, key: str, data: dict[str, Any], *, is_new: bool
) -> tuple[Definition, dict[str, Any]]:
    """The definition, and its JSON with the type of what it gives. Raises DefinitionError, FormulaError, Circle."""
    if is_new:
        _check_key(workspace, kind, key)
    if not can_be_kept([key, data]):
        raise DefinitionError("definition", _("This value holds signs or numbers that cannot be kept."))
    data = {name: value for name, value in data.items() if name != "type"}
    known = catalogue.types(workspace, kind) if "formula" in data else {}
    found = definitions.read(data, kind, workspace, {key: "number"} | known)
    in_order(needs_of_all(workspace) | {(kind, key): found.needs()})
    return found, {**data, "type": found.type}


def checked(workspace: Workspace, kind: Kind, key: str, data: dict[str, Any], *, is_new: bool) -> dict[str, Any]:
    """The JSON of a definition as it is kept. Raises as ``check``."""
    return check(workspace, kind, key, data, is_new=is_new)[1]


def _check_key(workspace: Workspace, kind: Kind, key: str) -> None:
    if not KEY.fullmatch(key):
        raise DefinitionError(
            "key", _("A key is made of small letters, digits and underscores, and begins with a letter.")
        )
    is_taken = (
        key in known_traits.built_in(kind)
        or key in providers.provided(kind)
        or _is_filled(workspace, kind, key)
        or TraitDefinition.objects.filter(workspace=workspace, kind=kind, key=key).exists()
        or ComputedTrait.objects.filter(workspace=workspace, kind=kind, key=key).exists()
    )
    if is_taken:
        raise KeyTaken("key", _("There is a trait “%(key)s” already. Choose another key.") % {"key": key})


def _is_filled(workspace: Workspace, kind: Kind, key: str) -> bool:
    """Whether values of a trait of this name came in. A command beside the server cannot ask, and does not refuse."""
    try:
        return key in catalogue.filled(workspace, kind)
    except warehouse.StoreUnavailable:
        return False


def needs_of_all(workspace: Workspace) -> dict[Key, set[Key]]:
    """What each published trait needs; those that cannot be read any more need nothing."""
    found: dict[Key, set[Key]] = {}
    for version in published(workspace):
        key = (version.trait.kind, version.trait.key)
        try:
            found[key] = read_version(version).needs()
        except (CriteriaError, FormulaError):
            found[key] = set()
    return found


def published(workspace: Workspace) -> list[ComputedTraitVersion]:
    """The versions that count now."""
    rows = ComputedTraitVersion.objects.filter(trait__workspace=workspace, state=ComputedState.PUBLISHED)
    return list(rows.select_related("trait__workspace").order_by("trait__kind", "trait__key"))


@transaction.atomic
def create(
    *,
    workspace: Workspace,
    kind: Kind,
    key: str,
    definition: dict[str, Any],
    by: Member | None,
    name: dict[str, str] | None = None,
    note: str = "",
) -> ComputedTraitVersion:
    """Make a computed trait as a draft. Raises DefinitionError (KeyTaken, Circle among them), FormulaError."""
    require(by, "manage")
    data = checked(workspace, kind, key, definition, is_new=True)
    trait = ComputedTrait.objects.create(workspace=workspace, kind=kind, key=key, name=_names(name))
    draft = ComputedTraitVersion.objects.create(trait=trait, number=1, definition=data, note=note[:300], created_by=by)
    audit.record(workspace, "computed_trait.created", trait, by=by, data={"definition": data})
    return draft


@transaction.atomic
def save_draft(
    *,
    trait: ComputedTrait,
    definition: dict[str, Any],
    by: Member | None,
    name: dict[str, str] | None = None,
    note: str = "",
) -> ComputedTraitVersion:
    """Write a definition into the draft, begun here where there is none. Raises as ``create``."""
    require(by, "manage")
    data = checked(trait.workspace, kind_of(trait), trait.key, definition, is_new=False)
    if name is not None and _names(name) != trait.name:
        trait.name = _names(name)
        trait.save(update_fields=["name"])
    draft = trait.versions.filter(state=ComputedState.DRAFT).first()
    if draft is None:
        number = trait.versions.order_by("-number").values_list("number", flat=True)[0] + 1
        draft = ComputedTraitVersion(trait=trait, number=number, created_by=by)
    draft.definition, draft.note, draft.changed_at = data, note[:300], clock.now()
    draft.save()
    audit.record(trait.workspace, "computed_trait.draft_saved", trait, by=by, data={"definition": data})
    return draft


@transaction.atomic
def discard_draft(*, trait: ComputedTrait, by: Member | None) -> bool:
    """Throw the draft away; whether the trait is still there (one that was never published goes with it)."""
    require(by, "manage")
    draft = trait.versions.filter(state=ComputedState.DRAFT).first()
    if draft is None:
        raise NoDraft(_("There is no draft any more."))
    data = {"definition": draft.definition}
    audit.record(trait.workspace, "computed_trait.draft_discarded", trait, by=by, data=data)
    draft.delete()
    if trait.versions.exists():
        return True
    trait.delete()
    return False


@transaction.atomic
def publish(*, trait: ComputedTrait, by: Member | None) -> ComputedTraitVersion:
    """Make the draft the version that counts, retire the one before, and queue a computation.

    Raises NoDraft; DefinitionError or FormulaError where the draft cannot be computed any more.
    """
    require(by, "manage")
    draft = trait.versions.filter(state=ComputedState.DRAFT).first()
    if draft is None:
        raise NoDraft(_("There is no draft any more."))
    data = checked(trait.workspace, kind_of(trait), trait.key, draft.definition, is_new=False)
    now = clock.now()
    trait.versions.filter(state=ComputedState.PUBLISHED).update(state=ComputedState.RETIRED, retired_at=now)
    taken = ComputedTraitVersion.objects.filter(pk=draft.pk, state=ComputedState.DRAFT).update(
        state=ComputedState.PUBLISHED, published_at=now, published_by=by, definition=data
    )
    if not taken:
        raise NoDraft(_("There is no draft any more."))
    draft.refresh_from_db()
    audit.record(trait.workspace, "computed_trait.published", trait, by=by, data={"number": draft.number})
    enqueue(trait.workspace, [trait], by=by)
    return draft


@transaction.atomic
def retire(*, trait: ComputedTrait, by: Member | None) -> None:
    """Stop computing a trait; its values go, its history stays. Raises StillNeeded."""
    require(by, "manage")
    user = next((key for key, needs in needs_of_all(trait.workspace).items() if (trait.kind, trait.key) in needs), None)
    if user:
        raise StillNeeded(_("“%(key)s” is computed from it. Change that one first.") % {"key": user[1]})
    trait.versions.filter(state=ComputedState.PUBLISHED).update(state=ComputedState.RETIRED, retired_at=clock.now())
    audit.record(trait.workspace, "computed_trait.retired", trait, by=by)
    workspace, kind, key = trait.workspace, kind_of(trait), trait.key
    transaction.on_commit(lambda: mirror.drop(workspace, kind, key))


def enqueue(workspace: Workspace, traits: list[ComputedTrait], *, by: Member | None) -> None:
    """Queue a computation of these traits, and of those computed from them."""
    keys = sorted(trait.pk for trait in traits)
    jobs.enqueue(JOB, workspace, by=by, args={"traits": keys}, dedupe_key=f"traits {keys}")


def compute_now(*, trait: ComputedTrait, by: Member | None) -> None:
    """Queue a computation on demand."""
    require(by, "manage")
    enqueue(trait.workspace, [trait], by=by)
    audit.record(trait.workspace, "computed_trait.asked", trait, by=by)


def _names(name: dict[str, str] | None) -> dict[str, str]:
    if not can_be_kept(name):
        raise DefinitionError("name", _("This value holds signs or numbers that cannot be kept."))
    return {code: text.strip()[:120] for code, text in (name or {}).items() if code in ("en", "zh") and text.strip()}
