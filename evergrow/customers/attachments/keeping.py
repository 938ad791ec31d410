"""Putting files on records, and taking them away."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Model, QuerySet
from django.db.models.signals import post_delete

from evergrow.customers.attachments import errors, hosts, store
from evergrow.customers.models import Account, Attachment, Visit
from evergrow.customers.visits import writing
from evergrow.workspaces import audit
from evergrow.workspaces.models import Member, Workspace

MOST = 50


def attach_to_visit(*, visit: Visit, name: str, pieces: Iterable[bytes], by: Member) -> Attachment:
    """Put a file on an activity. The same file under the same name stays the one that is there. Raises FileRefused."""
    writing.require_hand(visit, by)
    place = Place(visit.account.workspace, visit.account, visit.attachments.all, {"visit": visit}, visit.account)
    return add(place, name=name, pieces=pieces, by=by)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file goes: whose account, the files that are there, the fields that hang it there, and what the audit
    trail names (unless it ``is_told`` elsewhere). ``hang`` does what can be done only once the row is there."""

    workspace: Workspace
    account: Account | None
    files: Callable[[], QuerySet[Attachment]]
    fields: Mapping[str, Any]
    on: Model
    hang: Callable[[Attachment], object] | None = None
    is_told: bool = True


def add(place: Place, *, name: str, pieces: Iterable[bytes], by: Member | None) -> Attachment:
    """Keep a file that comes in pieces. Raises FileRefused."""
    with store.coming(name, pieces) as came, transaction.atomic():
        if (there := place.files().filter(file__sha256=came.sha256, name=came.name).first()) is not None:
            return there
        if place.files().count() >= MOST:
            raise errors.too_many(MOST)
        facts = {"workspace": place.workspace, "account": place.account, "added_by": by, **place.fields}
        made = Attachment.objects.create(file=store.keep(place.workspace, came), name=came.name, **facts)
        if place.hang is not None:
            place.hang(made)
        if place.is_told:
            audit.record(place.workspace, "file.added", place.on, by=by, data={"file": made.pk, "name": made.name})
    return made


@transaction.atomic
def take_away(*, attachment: Attachment, by: Member) -> None:
    """Take a file away from what it hangs on; its content goes with the last use. Raises PermissionDenied."""
    hosts.require_hand(attachment, by)
    on = attachment.account or attachment.workspace
    audit.record(attachment.workspace, "file.removed", on, by=by, data={"file": attachment.pk, "name": attachment.name})
    attachment.delete()


def _gone(sender: type[Attachment], instance: Attachment, **_: Any) -> None:
    """Whatever took it away, a record that was deleted too: the content goes with its last use."""
    key = instance.file_id
    transaction.on_commit(lambda: store.let_go(key))


post_delete.connect(_gone, sender=Attachment)
