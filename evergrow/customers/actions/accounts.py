"""Making and changing accounts."""

from collections.abc import Iterable
from typing import Any
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from evergrow.customers import timeline
from evergrow.customers.actions.numbers import next_number
from evergrow.customers.actions.parents import check_parent
from evergrow.customers.actions.traits import put_traits
from evergrow.customers.actions.values import change_values, first_values
from evergrow.customers.models import Account, TierBasis
from evergrow.customers.tiers import moves
from evergrow.customers.tiers import scheme as schemes
from evergrow.customers.tiers.exceptions import check_tier
from evergrow.customers.tiers.moves import Move
from evergrow.lib import clock
from evergrow.workspaces import audit
from evergrow.workspaces.access import require
from evergrow.workspaces.models import Member, Workspace

EDITABLE = (
    "name",
    "other_name",
    "external_id",
    "domain",
    "country",
    "industry",
    "size",
    "channel",
    "signed_up_on",
    "parent",
)


class ExternalIdTaken(ValidationError):
    """Another account of the workspace has this id."""


@transaction.atomic
def create_account(*, workspace: Workspace, by: Member | None, **facts: Any) -> Account:
    """Make an account from ``EDITABLE`` facts; without an ``external_id`` it gets one of ours.

    Raises ExternalIdTaken, BadParent, or ValidationError per field.
    """
    require(by, "work")
    _only_editable(facts)
    account = Account(workspace=workspace, **facts)
    check_parent(account)
    account.external_id = account.external_id or f"evergrow-{uuid4().hex[:12]}"
    _check(account)
    account.number = next_number(workspace, "account")
    first_values(account, facts, by)
    audit.record(workspace, "account.created", account, by=by)
    timeline.add(account, "account.created", by=by)
    return account


@transaction.atomic
def edit_account(
    *, account: Account, by: Member | None, traits: dict[str, Any] | None = None, **facts: Any
) -> dict[str, list[Any]]:
    """Change ``EDITABLE`` facts and traits (``None`` removes one).

    Gives ``{field: [before, after]}`` of what really changed, which the audit trail and the account's story keep.
    Raises ExternalIdTaken, BadParent, BadTrait, or ValidationError per field.
    """
    require(by, "work")
    _only_editable(facts)
    changes: dict[str, list[Any]] = {
        name: [str(getattr(account, name) or ""), str(value or "")]
        for name, value in facts.items()
        if (getattr(account, name) or "") != (value or "")
    }
    of_traits = put_traits(account, traits or {})
    if not changes and not of_traits:
        return {}
    before = {name: getattr(account, name) for name in changes}
    for name in changes:
        setattr(account, name, facts[name])
    if "parent" in changes:
        check_parent(account)
    _check(account)
    account.updated_at = clock.now()
    change_values(account, before, by, of_traits)
    changes |= of_traits
    audit.record(account.workspace, "account.edited", account, by=by, data=changes)
    timeline.add(account, "account.edited", {"changes": changes}, by=by)
    return changes


class NeedsApproval(ValidationError):
    """Rules decide about tiers here; another tier is an exception that somebody asks for and another one approves."""


@transaction.atomic
def set_tier(*, accounts: Iterable[Account], tier: str, by: Member | None) -> int:
    """Put accounts of one workspace into a tier; how many were in another one before.

    Raises NotATier, and NeedsApproval where the workspace's scheme has rules or asks for approval.
    """
    require(by, "manage")
    moving = [account for account in accounts if account.tier != tier]
    if not moving:
        return 0
    workspace = moving[0].workspace
    scheme = schemes.of(workspace)
    check_tier(workspace, tier)
    if by is not None and scheme.needs_approval:
        sentence = _("Rules decide about tiers here. Ask for an exception, with a reason and a last day.")
        raise NeedsApproval({"tier": sentence})
    data = {"to": tier, "from": {str(a.number): a.tier for a in moving}}
    stands = moves.standings(workspace, moving, scheme)
    done = [Move(account, stands[account.pk], tier, TierBasis.GIVEN) for account in moving]
    moves.carry_out(done, scheme=scheme, on=workspace.today(), by=by)
    audit.record(workspace, "account.tier", moving[0] if len(moving) == 1 else workspace, by=by, data=data)
    return len(moving)


def _only_editable(facts: dict[str, Any]) -> None:
    unknown = set(facts) - set(EDITABLE)
    if unknown:
        raise TypeError(f"These facts of an account cannot be set: {', '.join(sorted(unknown))}.")


def _check(account: Account) -> None:
    account.clean_fields(exclude=[f.name for f in Account._meta.fields if f.name not in EDITABLE])
    twin = Account.everyone.filter(workspace=account.workspace, external_id=account.external_id).exclude(pk=account.pk)
    other = twin.first()
    if other is not None:
        sentence = _("“%(id)s” is already the id of %(name)s. Open that account, or give another id.")
        raise ExternalIdTaken({"external_id": sentence % {"id": account.external_id, "name": other.name}})
