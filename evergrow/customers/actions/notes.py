"""Notes of colleagues about an account."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from evergrow.customers import timeline
from evergrow.customers.models import Account, Note
from evergrow.customers.visits import mentions
from evergrow.lib import clock
from evergrow.workspaces import audit
from evergrow.workspaces.access import may, require
from evergrow.workspaces.models import Member


class EmptyNote(ValidationError):
    """There is nothing in the note."""


@transaction.atomic
def add_note(*, account: Account, body: str, by: Member) -> Note:
    """Write a note about an account. Raises EmptyNote."""
    require(by, "work")
    note = Note.objects.create(account=account, author=by, body=_written(body))
    audit.record(account.workspace, "note.added", account, by=by, data={"note": note.pk})
    timeline.add(account, "note.added", {"note": note.pk, "body": note.body[:280]}, by=by)
    _mention(note, by)
    return note


@transaction.atomic
def edit_note(*, note: Note, body: str, by: Member) -> Note:
    """Change a note: its author may, and whoever may manage. The audit trail keeps the words from before."""
    require(by, "work")
    if note.author_id != by.pk and not may(by, "manage"):
        raise PermissionDenied(_("Only the author and managers change a note. Add one of your own."))
    before, note.body = note.body, _written(body)
    if note.body == before:
        return note
    note.edited_at = clock.now()
    note.save(update_fields=["body", "edited_at"])
    workspace = note.account.workspace
    audit.record(workspace, "note.edited", note.account, by=by, data={"note": note.pk, "before": before})
    for entry in note.account.timeline.filter(kind="note.added", data__note=note.pk):
        entry.data["body"] = note.body[:280]
        entry.save(update_fields=["data"])
    _mention(note, by)
    return note


def _mention(note: Note, by: Member) -> None:
    """Tell the colleagues whom the note names."""
    account = note.account
    url = reverse("customers:account_tab", args=[account.workspace.slug, account.number, "timeline"])
    mentions.tell(note.body, account, by=by, url=f"{url}?topic=note", about=f"note:{note.pk}")


def _written(body: str) -> str:
    text = body.strip()
    if not text:
        raise EmptyNote({"body": _("The note is empty. Write what should be remembered.")})
    return text
