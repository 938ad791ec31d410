"""The calendar feed: a member's own dated work as an iCalendar file (RFC 5545) under a secret address.

Whole days are dates without a time, so that they stay on their day in every zone; what has a time of day carries the
workspace's zone with its definition. Each entry keeps its UID, so that a program updates it instead of doubling it.
"""

from datetime import UTC, timedelta

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from evergrow.lib import clock, tokens
from evergrow.success.day import sources
from evergrow.success.day.listing import ask
from evergrow.success.day.sources import Entry
from evergrow.success.models import CalendarFeed
from evergrow.workspaces import audit
from evergrow.workspaces.models import Member

BACK, AHEAD = timedelta(days=60), timedelta(days=400)
REFRESH = timedelta(hours=1)
READ_NOTED = timedelta(minutes=10)


@transaction.atomic
def make(*, member: Member) -> str:
    """A new secret for the member's feed, shown this once; the address before it ends with it."""
    secret = tokens.make()
    facts = {"token_hash": tokens.digest(secret), "created_at": clock.now(), "last_read_at": None}
    feed, _made = CalendarFeed.objects.update_or_create(member=member, defaults=facts)
    audit.record(member.workspace, "feed.made", feed, by=member)
    return secret


@transaction.atomic
def revoke(*, member: Member) -> None:
    """The address ends; without one nothing happens."""
    feed = CalendarFeed.objects.filter(member=member).first()
    if feed is not None:
        audit.record(member.workspace, "feed.revoked", feed, by=member)
        feed.delete()


def find(secret: str) -> Member | None:
    """Whose feed a secret opens, while they are members here and may sign in; None for any other text."""
    feeds = CalendarFeed.objects.select_related("member__workspace", "member__user")
    feed = feeds.filter(token_hash=tokens.digest(secret), member__left_at=None, member__user__is_active=True).first()
    if feed is None:
        return None
    now = clock.now()
    if feed.last_read_at is None or now - feed.last_read_at > READ_NOTED:
        CalendarFeed.objects.filter(pk=feed.pk).update(last_read_at=now)
    return feed.member


def document(member: Member, base: str) -> bytes:
    """The member's own entries from 60 days ago to 400 days ahead; ``base`` stands before their addresses."""
    workspace = member.workspace
    with translation.override(member.user.language or workspace.language):
        asked = ask(member)
        made = Calendar()
        made.add("prodid", "-//Evergrow//Work//EN")
        made.add("version", "2.0")
        made.add("x-wr-calname", _("%(workspace)s: my work") % {"workspace": workspace.name})
        made.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
        for source in sources.every():
            if source.between is None:
                continue
            for entry in source.between(asked, asked.today - BACK, asked.today + AHEAD):
                if entry.tone != "done":
                    made.add_component(_event(member, entry, base))
    made.add_missing_timezones()
    written: bytes = made.to_ical()
    return written


def _event(member: Member, entry: Entry, base: str) -> Event:
    event = Event()
    event.add("uid", f"{entry.key.replace(':', '-')}@{member.workspace.slug}.evergrow")
    event.add("dtstamp", (entry.changed_at or clock.now()).astimezone(UTC))
    event.add("summary", f"{entry.title} · {entry.about}" if entry.about else entry.title)
    event.add("url", f"{base}{entry.url}")
    if entry.place:
        event.add("location", entry.place)
    if entry.starts_at is None:
        event.add("dtstart", entry.on)
        event.add("dtend", entry.on + timedelta(days=1))
        event.add("transp", "TRANSPARENT")
    else:
        zone = member.workspace.tz
        event.add("dtstart", entry.starts_at.astimezone(zone))
        event.add("dtend", (entry.ends_at or entry.starts_at + timedelta(hours=1)).astimezone(zone))
    return event
