"""How notices of this room are told to colleagues."""

from typing import Any

from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext as _

from evergrow.lib import bilingual
from evergrow.success.engine import acts, votes
from evergrow.workspaces import notices
from evergrow.workspaces.notices.models import Notice


def register() -> None:
    """Teach the bell this room's kinds of notice."""
    asked = pgettext_lazy("notices", "Approvals asked of me")
    notices.register(votes.ASKED, "rosette-discount-check", _asked, is_urgent=True, label=asked)
    words = pgettext_lazy("notices", "Words from playbooks")
    notices.register(acts.TOLD, "message", _told, label=words)


def _asked(notice: Notice) -> str:
    facts = {"task": _in(notice.data.get("task")), "account": _in(notice.data.get("account"))}
    return _("Your vote is asked for: %(task)s, %(account)s") % facts


def _told(notice: Notice) -> str:
    said = _in(notice.data.get("words")) or _in(notice.data.get("task"))
    return _("%(account)s: %(words)s") % {"account": _in(notice.data.get("account")), "words": said}


def _in(name: Any) -> str:
    return bilingual.pick(name, get_language() or "en") if isinstance(name, dict | str) else ""
