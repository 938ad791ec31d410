"""Changes to how events are called."""

from django.db import transaction
from django.utils.translation import gettext as _

from evergrow.insight.models import EventLabel
from evergrow.workspaces import access, audit
from evergrow.workspaces.models import Member, Workspace

LONGEST_NAME = 120


class BadLabel(ValueError):
    """A label that cannot be kept; the message says why."""


@transaction.atomic
def label_event(
    *, workspace: Workspace, event: str, name_zh: str, name_en: str, is_key: bool, by: Member | None
) -> EventLabel:
    """Call an event by these names from now on; empty ones fall back to the built-in or raw name.

    Raises BadLabel for an event without a name or names that are too long, PermissionDenied without "manage".
    """
    access.require(by, "manage")
    if not event or len(event) > 200:
        raise BadLabel(_("Say which event to name."))
    names = {"name_zh": name_zh.strip(), "name_en": name_en.strip()}
    if max(map(len, names.values())) > LONGEST_NAME:
        raise BadLabel(_("A name has at most %(most)s characters.") % {"most": LONGEST_NAME})
    label, _made = EventLabel.objects.update_or_create(
        workspace=workspace, event=event, defaults={**names, "is_key": is_key}
    )
    audit.record(workspace, "event.labelled", label, by=by, data={**names, "is_key": is_key})
    return label
