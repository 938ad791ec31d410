"""Which entries of the audit trail somebody wants to see: by whom, what, from when to when."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.http import QueryDict

from evergrow.workspaces import queries
from evergrow.workspaces.models import AuditEntry, Member

EVERGROW = "evergrow"


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """``who`` is a member's id or ``evergrow``; ``what`` a verb or the part before its dot; days are inclusive."""

    who: str = ""
    what: str = ""
    since: date | None = None
    until: date | None = None

    def entries(self, member: Member) -> QuerySet[AuditEntry]:
        """The entries of the member's workspace, newest first."""
        found = queries.audit_entries(member)
        if self.who == EVERGROW:
            found = found.filter(by=None)
        elif self.who:
            found = found.filter(by_id=int(self.who))
        if self.what:
            found = found.filter(Q(verb=self.what) | Q(verb__startswith=f"{self.what}."))
        if self.since:
            found = found.filter(at__gte=_midnight(member, self.since))
        if self.until:
            found = found.filter(at__lt=_midnight(member, self.until + timedelta(days=1)))
        return found


def read(query: QueryDict) -> AuditFilter:
    """The filter that an address asks for; what cannot be read is left out."""
    who = query.get("who", "")
    if who != EVERGROW and not (who.isascii() and who.isdigit() and len(who) < 15):
        who = ""
    return AuditFilter(who, query.get("what", "")[:80], _day(query.get("since", "")), _day(query.get("until", "")))


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if date(1970, 1, 1) <= day <= date(2999, 12, 31) else None


def _midnight(member: Member, day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=member.workspace.tz)
