"""A conversation by mail: its mails in order, and its one line in the account's story.

Mails that not everybody who sees the account may read have a line of their own, for those who may.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet

from evergrow.customers import timeline
from evergrow.customers.models import Account, MailFiling, TimelineEntry, Visibility, Visit, VisitState
from evergrow.customers.visits import access
from evergrow.workspaces.models import Member

KIND = "visit.mails"


def filings(member: Member, visit: Visit) -> QuerySet[MailFiling]:
    """The mails of the conversation that an activity belongs to, the oldest first, as far as the member reads them."""
    mine = MailFiling.objects.filter(visit=visit).first()
    found = MailFiling.objects.filter(account_id=visit.account_id, visit__in=access.visits(member).values("pk"))
    if mine is None:
        return found.none()
    found = found.filter(thread=mine.thread)
    own = found.filter(apart=member)  # stands for the copy that others share, but on the page of that one
    twice = Q(apart=None, message_id__in=own.values("message_id")) & ~Q(visit=visit)
    if mine.apart_id is None:
        twice |= Q(apart=member, message_id=mine.message_id)
    found = found.exclude(twice)
    return found.select_related("visit__author__user", "visit__person").order_by("visit__starts_at", "pk")


def tell(account: Account, thread: str) -> None:
    """Write the lines of a conversation anew, at the moment of its latest mail."""
    account.timeline.filter(kind=KIND, data__thread=thread).delete()
    groups: dict[tuple[str, int | None], list[Visit]] = {}
    for visit in _visits(account, thread):
        key = (visit.visibility, None if visit.visibility == Visibility.ACCOUNT else visit.author_id)
        groups.setdefault(key, []).append(visit)
    for (visibility, _author), visits in groups.items():
        latest = visits[-1]
        line = timeline.add(
            account, KIND, _told(thread, visits), by=latest.author, person=latest.person, at=latest.starts_at
        )
        if visibility != Visibility.ACCOUNT:
            TimelineEntry.objects.filter(pk=line.pk).update(visibility=visibility)


def of(visit: Visit) -> str:
    """The conversation that an activity belongs to; empty where it came by no mail."""
    return MailFiling.objects.filter(visit=visit).values_list("thread", flat=True).first() or ""


def _visits(account: Account, thread: str) -> Iterable[Visit]:
    found = Visit.everything.filter(mail_filing__account=account, mail_filing__thread=thread, state=VisitState.LOGGED)
    return found.select_related("author", "person").order_by("starts_at", "pk")


def _told(thread: str, visits: list[Visit]) -> dict[str, Any]:
    latest = visits[-1]
    return {
        "thread": thread,
        "visit": latest.pk,
        "count": len(visits),
        "subject": visits[0].title,
        "person": str(latest.person) if latest.person else "",
        "direction": latest.direction,
        "words": latest.body[:280],
    }
