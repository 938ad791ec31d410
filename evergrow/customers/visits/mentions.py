"""Colleagues named in a text with @: who they are, and how the text is shown."""

import re
from collections.abc import Iterable

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from evergrow.customers import access
from evergrow.customers.models import Account
from evergrow.lib import bilingual
from evergrow.workspaces import notices
from evergrow.workspaces.models import Member, Workspace
from evergrow.workspaces.notices.models import Notice

MENTIONED = "customers.mentioned"


def marked(text: str, workspace: Workspace) -> SafeString:
    """The text, escaped, with the colleagues it names set off."""
    safe = escape(text)
    if "@" not in text:
        return SafeString(safe)
    names = [escape(name) for name, _member in _names(_here(workspace))]
    if not names:
        return SafeString(safe)
    pattern = re.compile("@(" + "|".join(map(re.escape, names)) + ")", re.IGNORECASE)
    return mark_safe(pattern.sub(lambda found: f'<span class="mention">{found[0]}</span>', safe))  # noqa: S308


def named(text: str, workspace: Workspace) -> list[Member]:
    """The colleagues that a text names, each once. A name that two of them have names both."""
    if "@" not in text:
        return []
    names = _names(_here(workspace))
    pattern = re.compile("@(" + "|".join(re.escape(name) for name, _member in names) + ")", re.IGNORECASE)
    called = {found[1].casefold() for found in pattern.finditer(text)} if names else set()
    return list({member.pk: member for name, member in names if name.casefold() in called}.values())


def may_hear(account: Account, members: Iterable[Member]) -> tuple[list[Member], list[Member]]:
    """Those who may see the account, and those who may not and are told nothing."""
    seeing = set(access.who_see(account).values_list("pk", flat=True))
    told = [member for member in members if member.pk in seeing]
    return told, [member for member in members if member.pk not in seeing]


def tell(text: str, account: Account, *, by: Member, url: str, about: str, seeing: Iterable[int] | None = None) -> None:
    """Tell the colleagues that a text names, each once for what it is ``about`` (``note:5``), inside the caller's
    transaction. Who may not see the account, or is not among ``seeing`` (keys of members), hears nothing."""
    told, _silent = may_hear(account, named(text, account.workspace))
    allowed = None if seeing is None else set(seeing)
    for member in told:
        if allowed is None or member.pk in allowed:
            data = {"account": account.names, "words": text.strip()[:200]}
            key = f"mention:{about}:{member.pk}"
            notices.tell(member, MENTIONED, url=url, data=data, by=by, dedupe_key=key)


def sentence(notice: Notice) -> str:
    """The notice in the reader's language."""
    name = bilingual.pick(notice.data["account"], get_language() or "en")
    words = {"by": notice.by or "Evergrow", "account": name, "words": notice.data["words"]}
    return _("%(by)s mentioned you at %(account)s: %(words)s") % words


def _here(workspace: Workspace) -> list[Member]:
    found = Member.objects.filter(workspace=workspace, left_at=None).select_related("user")
    return list(found)


def _names(members: Iterable[Member]) -> list[tuple[str, Member]]:
    """What each can be called by, the longest first so that “Ann Lee” is not read as “Ann”."""
    pairs = [(name, member) for member in members for name in {str(member.user), member.user.email} if name]
    return sorted(pairs, key=lambda pair: -len(pair[0]))
