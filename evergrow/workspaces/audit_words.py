"""What the verbs of the audit trail are called. Each room registers its own in its ``audit_words.py``."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from evergrow.lib import bilingual
from evergrow.workspaces.models import AccountScope, Calendar, KeyKind, Role, WeekStart

Words = bilingual.Name | Promise
_words: dict[str, Words] = {}


def register(words: Mapping[str, Words]) -> None:
    """Teach verbs: ``{"account.retagged": {"zh": "…", "en": "changed the tags of"}}``; the target's name follows."""
    _words.update(words)


def words(verb: str) -> str:
    """The verb for a reader; the verb itself where no room has a word for it."""
    found = _words.get(verb, verb)
    return str(found) if isinstance(found, Promise) else bilingual.pick(found, get_language() or "en")


FIELDS: dict[str, Promise] = {
    "name": _("name"),
    "role": _("role"),
    "scope": _("sees"),
    "team": _("team"),
    "kind": _("kind"),
    "zone": _("time zone"),
    "week_start": _("week starts on"),
    "calendar": _("working calendar"),
    "currency": _("currency"),
    "language": _("language"),
    "account": pgettext_lazy("audit", "account number"),
    "reason": pgettext_lazy("audit", "reason"),
}
VALUES: dict[str, dict[Any, Any]] = {
    "role": dict(Role.choices),
    "scope": dict(AccountScope.choices),
    "kind": dict(KeyKind.choices),
    "week_start": dict(WeekStart.choices),
    "calendar": dict(Calendar.choices),
    "language": dict(settings.LANGUAGES),
}


def field(name: str) -> str:
    """What a recorded field is called."""
    return str(FIELDS.get(name, name))


def value(name: str, recorded: Any) -> Any:
    """A recorded value of a field, in words where it is one of several choices."""
    known = VALUES.get(name, {})
    return str(known[recorded]) if isinstance(recorded, str | int) and recorded in known else recorded


register(
    {
        "workspace.created": _("created the workspace"),
        "workspace.changed": _("changed the settings of"),
        "configuration.applied": _("took over files of configuration for"),
        "member.added": _("added the member"),
        "member.role_changed": _("changed the role of"),
        "member.scope_changed": _("changed the team or the accounts of"),
        "member.removed": _("removed the member"),
        "invitation.sent": _("invited"),
        "invitation.renewed": _("sent a new link to"),
        "invitation.revoked": _("took back the invitation of"),
        "invitation.accepted": _("accepted the invitation for"),
        "key.created": _("created the key"),
        "key.revoked": _("revoked the key"),
        "absence.entered": _("entered an absence of"),
        "calendar.set": _("changed days of the working calendar of"),
        "calendar.unset": _("removed own days of the working calendar of"),
        "calendar.taken_in": _("took in the official holidays of a year for"),
        "calendar.taken_back": _("forgot the official holidays of a year for"),
        "calendar.replaced": _("replaced the working calendar of"),
        "absence.ended": _("ended the absence of"),
        "robot.added": _("added the group robot"),
        "robot.changed": _("changed the group robot"),
        "robot.removed": _("removed the group robot"),
        "robot.tried": _("tried the group robot"),
        "robot.stopped": _("stopped the group robot"),
        "delivery.retried": _("sent notifications again to"),
    }
)
