"""Changing the scheme: a draft, its tiers and entitlements, and publishing it."""

from typing import Any

from django.utils.translation import gettext as _

from evergrow.customers import editions
from evergrow.customers.models import Account, TierScheme
from evergrow.customers.tiers import rules
from evergrow.customers.tiers import scheme as schemes
from evergrow.customers.tiers.scheme import BadScheme, Scheme
from evergrow.workspaces import jobs
from evergrow.workspaces.models import Member, Workspace

JOB = "customers.tiers"
Definition = dict[str, Any]


def start(workspace: Workspace, *, by: Member | None) -> TierScheme:
    """The open draft, or a new one that says what counts now."""
    return editions.start_draft(TierScheme, workspace, schemes.STANDARD_DEFINITION, by=by)


def save(workspace: Workspace, definition: Definition, *, note: str | None = None, by: Member | None) -> TierScheme:
    """Write a definition into the draft. Raises BadScheme, NoDraft; then the draft stays as it was."""
    rules.check(workspace, schemes.read(definition))
    return editions.save_draft(TierScheme, workspace, definition, note=note, by=by)


def discard(workspace: Workspace, *, by: Member | None) -> None:
    """Throw the draft away. Raises NoDraft."""
    editions.discard_draft(TierScheme, workspace, by=by)


def publish(workspace: Workspace, *, by: Member | None) -> TierScheme:
    """Make the draft the scheme that counts and queue a decision. Raises BadScheme, NoDraft.

    A tier in which accounts stand cannot leave the scheme unless rules say where they go.
    """

    def check(draft: TierScheme) -> None:
        scheme = schemes.read(draft.definition)
        rules.check(workspace, scheme)
        _keeps_its_accounts(workspace, scheme)

    done = editions.publish_draft(TierScheme, workspace, check, by=by)
    schemes.forget(workspace)
    jobs.enqueue(JOB, workspace, by=by, dedupe_key=f"scheme {done.pk}")
    return done


def _keeps_its_accounts(workspace: Workspace, scheme: Scheme) -> None:
    if scheme.has_rules:
        return
    stray = Account.objects.filter(workspace=workspace).exclude(tier__in=list(scheme.by_key)).first()
    if stray is not None:
        sentence = _("Accounts stand in “%(tier)s”, %(name)s for example. Move them first, or give the tiers rules.")
        raise BadScheme(sentence % {"tier": stray.tier, "name": stray})


def put_tier(definition: Definition, key: str, tier: Definition) -> Definition:
    """The definition with a tier changed, or added above the last one."""
    tiers = [part for part in definition["tiers"] if part["key"] != key]
    return {**definition, "tiers": sorted([*tiers, tier], key=lambda part: part["priority"])}


def drop_tier(definition: Definition, key: str) -> Definition:
    """The definition without a tier, and without what entitlements give it."""
    kept = [
        {**one, "grants": {tier: amount for tier, amount in one.get("grants", {}).items() if tier != key}}
        for one in definition.get("entitlements", [])
    ]
    tiers = [part for part in definition["tiers"] if part["key"] != key]
    return {**definition, "tiers": tiers, "entitlements": kept}


def put_entitlement(definition: Definition, key: str, one: Definition) -> Definition:
    """The definition with an entitlement changed in its place, or added at the end."""
    listed = definition.get("entitlements", [])
    if any(part["key"] == key for part in listed):
        return {**definition, "entitlements": [one if part["key"] == key else part for part in listed]}
    return {**definition, "entitlements": [*listed, one]}


def drop_entitlement(definition: Definition, key: str) -> Definition:
    """The definition without an entitlement; what was used of it stays in the ledger."""
    return {**definition, "entitlements": [part for part in definition.get("entitlements", []) if part["key"] != key]}
