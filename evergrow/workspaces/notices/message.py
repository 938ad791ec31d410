"""What a delivery says: a title and lines with links, in the language of whoever reads it.

Many notices of one kind become one line with their number, so that 300 alerts are one short card.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from evergrow.workspaces.notices import kinds
from evergrow.workspaces.notices.channel_models import Delivery
from evergrow.workspaces.notices.models import Notice

ALIKE = 5
LINES = 20


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to say. ``url`` is absolute, or empty where nobody said under which address we are reached."""

    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """``key`` is the same each time a delivery is tried; ``more`` counts what has no line of its own."""

    key: str
    title: str
    lines: list[Line] = field(default_factory=list)
    more: int = 0
    url: str = ""
    settings_url: str = ""


def of(delivery: Delivery) -> Message:
    """The message of a delivery, as its reader should read it now."""
    with translation.override(language(delivery)):
        if delivery.is_test:
            return _test(delivery)
        postings = delivery.postings.select_related("notice__member__user", "notice__by__user").order_by("pk")
        notices = [posting.notice for posting in postings]
        lines = _lines(notices, named=delivery.robot is not None, slug=delivery.workspace.slug)
        return Message(
            key=delivery.dedupe_key,
            title=_title(delivery, notices),
            lines=lines[:LINES],
            more=max(0, len(lines) - LINES),
            url=_absolute(_page("workspaces:notices", delivery)),
            settings_url=_absolute(_page("workspaces:notice_preferences", delivery)),
        )


def language(delivery: Delivery) -> str:
    if delivery.robot is not None:
        return delivery.robot.language
    user = delivery.member.user if delivery.member else None
    return (user.language if user else "") or delivery.workspace.language


def _title(delivery: Delivery, notices: list[Notice]) -> str:
    if len(notices) == 1 and delivery.robot is None:
        return str(notices[0])
    said = ngettext("%(workspace)s: %(n)s notification", "%(workspace)s: %(n)s notifications", len(notices))
    return said % {"workspace": delivery.workspace.name, "n": len(notices)}


def _lines(notices: Iterable[Notice], *, named: bool, slug: str) -> list[Line]:
    """Notices in their order, the same sentence once; more than five of a kind as one line."""
    by_kind: dict[str, list[Notice]] = {}
    for notice in notices:
        by_kind.setdefault(notice.kind, []).append(notice)
    lines = []
    for kind, found in by_kind.items():
        if len(found) > ALIKE:
            said = _("%(kind)s: %(n)s, the latest “%(latest)s”")
            facts = {"kind": kinds.get(kind), "n": len(found), "latest": found[-1]}
            page = reverse("workspaces:notices", kwargs={"workspace": slug})
            lines.append(Line(said % facts, _absolute(page)))
        else:
            lines += _each(found, named)
    return lines


def _each(notices: list[Notice], named: bool) -> list[Line]:
    """A line for each sentence; in a group with the names of those whom it concerns."""
    told: dict[tuple[str, str], list[str]] = {}
    for notice in notices:
        told.setdefault((str(notice), notice.url), []).append(str(notice.member))
    if not named:
        return [Line(text, _absolute(url)) for text, url in told]
    said = _("%(who)s: %(what)s")
    return [
        Line(said % {"who": _(", ").join(dict.fromkeys(who)), "what": text}, _absolute(url))
        for (text, url), who in told.items()
    ]


def _test(delivery: Delivery) -> Message:
    said = _("%(workspace)s: this robot works") % {"workspace": delivery.workspace.name}
    line = Line(_("Notifications from Evergrow will come here."), _absolute(_page("workspaces:channels", delivery)))
    return Message(delivery.dedupe_key, said, [line])


def _page(name: str, delivery: Delivery) -> str:
    return reverse(name, kwargs={"workspace": delivery.workspace.slug})


def _absolute(path: str) -> str:
    return f"{str(settings.PUBLIC_URL).rstrip('/')}{path}" if settings.PUBLIC_URL else ""
