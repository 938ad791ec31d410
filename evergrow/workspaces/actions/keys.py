"""Keys: write keys for capture, tokens for the API. The secret is shown once; we keep its beginning and its hash."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from evergrow.lib import clock, tokens
from evergrow.workspaces import audit, prepared, ranks
from evergrow.workspaces.errors import BadChoice, KeyGone
from evergrow.workspaces.models import Key, KeyKind, Member, Role, Workspace

PREFIXES = {KeyKind.WRITE: "egw_", KeyKind.API: "egt_"}
SHOWN = 12
TOUCH_GAP = timedelta(minutes=1)


@transaction.atomic
def create_key(
    *, workspace: Workspace, kind: str, name: str, role: str = Role.VIEWER, by: Member | None
) -> tuple[Key, str]:
    """Make a key. Gives the row and the secret, which can never be read again.

    A write key (``egw_…``) may only capture. An API token (``egt_…``) acts for its maker with ``role``, which may not
    lie above the maker's own; made by the system it acts for the workspace's first owner.
    Raises AboveYourRole, BadChoice.
    """
    if kind not in KeyKind.values:
        raise BadChoice("kind", _("“%(value)s” is not one of the choices.") % {"value": kind})
    if role not in Role.values:
        raise BadChoice("role", _("“%(value)s” is not one of the choices.") % {"value": role})
    if not name.strip():
        raise BadChoice("name", _("Name the key after what will use it."))
    role = Role.VIEWER if kind == KeyKind.WRITE else Role(role)
    ranks.require_reach(by, role)
    secret = tokens.make(PREFIXES[KeyKind(kind)])
    key = Key.objects.create(
        workspace=workspace,
        kind=kind,
        name=name.strip()[:80],
        role=role,
        prefix=secret[:SHOWN],
        key_hash=tokens.digest(secret),
        created_by=by or _first_owner(workspace),
    )
    audit.record(workspace, "key.created", key, by=by, data={"kind": kind, "role": role})
    return key, secret


@transaction.atomic
def revoke_key(*, key: Key, by: Member | None) -> Key:
    """Stop a key for good. Raises KeyGone when it was stopped before, AboveYourRole."""
    ranks.require_reach(by, key.role)
    now = clock.now()
    if not Key.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now):
        raise KeyGone(_("This key was revoked before."))
    key.revoked_at = now
    audit.record(key.workspace, "key.revoked", key, by=by)
    return key


def find_key(secret: str, kind: str) -> Key | None:
    """The working key with this secret and kind, or nothing. Remembers the use, at most once a minute."""
    if not secret.startswith(PREFIXES[KeyKind(kind)]):
        return None
    key = _working(tokens.digest(secret), kind)
    if key is None or not tokens.matches(secret, key.key_hash):
        return None
    _note_use(key)
    return key


@prepared.first
def _working(digest: str, kind: str) -> QuerySet[Key]:
    found = Key.objects.select_related("workspace", "created_by__user")
    return found.filter(key_hash=digest, kind=kind, revoked_at=None)


def acting_member(key: Key) -> Member | None:
    """Who an API token acts for: its maker, with the smaller of the token's role and the maker's role today.

    Nobody when the maker has left. The row given back is for asking, never for saving.
    """
    member = key.created_by
    if member is None or member.left_at is not None or not member.user.is_active:
        return None
    member.role = ranks.lower(key.role, member.role)
    member.workspace = key.workspace
    member.through = key
    return member


def _note_use(key: Key) -> None:
    now = clock.now()
    if key.last_used_at is not None and now - key.last_used_at < TOUCH_GAP:
        return
    stale = Q(last_used_at=None) | Q(last_used_at__lte=now - TOUCH_GAP)
    if Key.objects.filter(stale, pk=key.pk).update(last_used_at=now):
        key.last_used_at = now


def _first_owner(workspace: Workspace) -> Member | None:
    return workspace.members.filter(role=Role.OWNER, left_at=None).order_by("pk").first()
