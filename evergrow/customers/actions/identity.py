"""What a workspace decides about ids: which kinds there are, which values stand for nobody, and conflicts."""

import re

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from evergrow.customers.identity.kinds import BUILT_IN, OWN, rules
from evergrow.customers.models import IdentifierKind, IdentityConflict, RefusedId
from evergrow.lib import clock
from evergrow.workspaces import audit
from evergrow.workspaces.access import require
from evergrow.workspaces.models import Member, Workspace

KEY = re.compile(r"[a-z][a-z0-9_]{1,29}")
MOST_KINDS, MOST_REFUSED = 20, 500


@transaction.atomic
def set_kind(
    *, workspace: Workspace, key: str, name: str, trait: str, priority: int, most: int, joins: bool, by: Member | None
) -> IdentifierKind:
    """Say how a kind of id is treated; what comes from now on is. Raises ValidationError per field."""
    require(by, "manage")
    if not KEY.fullmatch(key) or key in OWN:
        raise ValidationError({"key": _("Take 2–30 small letters, digits and _, beginning with a letter.")})
    if not trait.strip():
        raise ValidationError({"trait": _("Name the trait that carries this id.")})
    taken = next((rule for rule in rules(workspace).values() if rule.trait == trait.strip() and rule.key != key), None)
    if taken is not None:
        raise ValidationError({"trait": _("This trait is read as “%(kind)s” already.") % {"kind": taken.name}})
    if not 1 <= most <= 1000:
        raise ValidationError({"most": _("Take a number from 1 to 1,000.")})
    rows = IdentifierKind.objects.filter(workspace=workspace)
    row = rows.filter(key=key).first()
    if row is None and rows.count() >= MOST_KINDS:
        raise ValidationError({"key": _("A workspace has at most 20 kinds of its own.")})
    row = row or IdentifierKind(workspace=workspace, key=key)
    row.name, row.trait, row.priority, row.most, row.joins = name.strip(), trait.strip(), priority, most, joins
    row.clean_fields()
    row.save()
    facts = {"key": key, "trait": row.trait, "priority": priority, "most": most, "joins": joins}
    audit.record(workspace, "identifiers.kind", workspace, by=by, data=facts)
    return row


@transaction.atomic
def remove_kind(*, workspace: Workspace, key: str, by: Member | None) -> bool:
    """Read a kind no more, or treat a built-in one as at first. Ids that are there stay. Whether there was anything."""
    require(by, "manage")
    gone, _rows = IdentifierKind.objects.filter(workspace=workspace, key=key).delete()
    if gone:
        audit.record(workspace, "identifiers.kind_removed", workspace, by=by, data={"key": key})
    return bool(gone)


def is_built_in(key: str) -> bool:
    return any(rule.key == key for rule in BUILT_IN)


@transaction.atomic
def refuse_id(*, workspace: Workspace, value: str, by: Member | None) -> RefusedId:
    """From now on this id stands for nobody. Raises ValidationError."""
    require(by, "manage")
    value = value.strip().lower()
    if not value or len(value) > 200:
        raise ValidationError({"value": _("Give an id of at most 200 characters.")})
    rows = RefusedId.objects.filter(workspace=workspace)
    if rows.count() >= MOST_REFUSED and not rows.filter(value=value).exists():
        raise ValidationError({"value": _("At most 500 ids can be refused. Take one off first.")})
    row, is_new = rows.get_or_create(workspace=workspace, value=value, defaults={"by": by, "at": clock.now()})
    if is_new:
        audit.record(workspace, "identifiers.refused", workspace, by=by, data={"id": value})
    return row


@transaction.atomic
def accept_id(*, workspace: Workspace, value: str, by: Member | None) -> bool:
    """Take an id off the list of those that stand for nobody; whether it was on it."""
    require(by, "manage")
    gone, _rows = RefusedId.objects.filter(workspace=workspace, value=value).delete()
    if gone:
        audit.record(workspace, "identifiers.accepted", workspace, by=by, data={"id": value})
    return bool(gone)


@transaction.atomic
def dismiss_conflict(*, conflict: IdentityConflict, by: Member | None) -> IdentityConflict:
    """The two people stay two; the conflict does not come up again."""
    require(by, "work")
    if conflict.state == IdentityConflict.State.OPEN:
        conflict.state, conflict.decided_by, conflict.decided_at = IdentityConflict.State.DISMISSED, by, clock.now()
        conflict.save(update_fields=["state", "decided_by", "decided_at"])
        facts = {"id": conflict.value, "other": conflict.other.number}
        audit.record(conflict.person.workspace, "person.kept_apart", conflict.person, by=by, data=facts)
    return conflict
