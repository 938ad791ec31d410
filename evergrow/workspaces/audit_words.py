"""What the verbs of the audit trail are called. Each room registers its own from its ``AppConfig.ready``."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_words: dict[str, Promise | str] = {}


def register(words: Mapping[str, Promise | str]) -> None:
    """Teach verbs: ``{"account.retagged": _("changed the tags of the account")}``."""
    _words.update(words)


def words(verb: str) -> str:
    """The verb for a reader; the verb itself where no room has a word for it."""
    return str(_words.get(verb, verb))


register(
    {
        "workspace.created": _("created the workspace"),
        "workspace.changed": _("changed the settings of"),
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
    }
)
