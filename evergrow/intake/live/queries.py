"""The newest messages of a workspace, the accepted and the refused, as far as a member may see them.

The newest are looked for in the last minute first, then in the last hour and so on: while events come in, a look reads
only what came just now, however much is stored.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _

from evergrow import warehouse
from evergrow.customers import access
from evergrow.customers.models import Account, Affiliation, Identifier, Person, PersonMerge
from evergrow.intake.live.filters import Filters, whose
from evergrow.intake.models import Reject
from evergrow.lib import clock
from evergrow.workspaces.models import AccountScope, Member

SHOWN = 50
LOOK_BACK = timedelta(days=7)
WINDOWS = (timedelta(minutes=1), timedelta(hours=1), timedelta(days=1), LOOK_BACK)
# Looking into properties reads them all, so that far less can be searched while somebody waits.
TEXT_WINDOWS = (timedelta(minutes=1), timedelta(hours=1), timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Arrival:
    """A stored event. ``person`` is whose it is today, where the reader may see that; ``number`` whom it came as."""

    received_at: datetime
    at: datetime
    original_at: datetime
    event: str
    day: date
    source: str
    distinct_id: str
    number: int
    account_number: int
    properties: dict[str, str]
    message_id: str
    sequence: int
    person: Person | None = None
    account: Account | None = None
    is_refused = False

    @property
    def lateness(self) -> float:
        """Seconds between happening and arriving."""
        return max(0.0, (self.received_at - self.at).total_seconds())

    @property
    def correction(self) -> float:
        """Seconds by which the client's clock was corrected."""
        return (self.at - self.original_at).total_seconds()

    @property
    def shown(self) -> list[tuple[str, str]]:
        return sorted(self.properties.items())

    @property
    def preview(self) -> list[tuple[str, str]]:
        """A few properties for one line: what the event says itself before what its client added about its context."""
        return sorted(self.properties.items(), key=lambda each: (each[0].startswith(CONTEXT), each[0]))[:3]

    @property
    def type(self) -> str:
        return self.event[1:] if self.event in TYPED else "track"


CONTEXT = ("library.", "page.", "os.", "device.", "app.", "campaign.", "locale", "timezone")
TYPED = {"$page", "$screen", "$identify", "$group", "$alias"}


@dataclass(frozen=True, slots=True)
class Refusal:
    """A message that was refused and kept."""

    reject: Reject
    is_refused = True

    @property
    def received_at(self) -> datetime:
        return self.reject.received_at


@dataclass(frozen=True, slots=True)
class Explained:
    """An arrival with what is known about whose it is, as sentences."""

    arrival: Arrival
    why_person: str
    why_account: str


def newest(member: Member, filters: Filters) -> list[Arrival | Refusal]:
    """The newest messages, the latest receipt first. Refused ones may be about anybody: for who sees every account."""
    found: list[Arrival | Refusal] = []
    if filters.show != "refused":
        found += arrivals(member, filters)
    if filters.show != "accepted" and member.scope == AccountScope.ALL:
        found += refusals(member, filters)
    return sorted(found, key=lambda each: each.received_at, reverse=True)[:SHOWN]


def arrivals(member: Member, filters: Filters) -> list[Arrival]:
    """The newest stored events of the accounts that the member may see."""
    now, named = clock.now(), whose(member, filters.who)
    bound: dict[str, Any] = {
        "workspace_id": member.workspace_id,
        "first_day": (now - LOOK_BACK - timedelta(days=1)).date(),
        "oldest": now - LOOK_BACK,
        "event": filters.event,
        "source": filters.source,
        "type": filters.type,
        "who": filters.who,
        "people": named.people,
        "firms": named.accounts,
        "text": filters.text,
        "shown": SHOWN,
        **_sight(member),
    }
    rows: list[tuple[Any, ...]] = []
    for window in TEXT_WINDOWS if filters.text else WINDOWS:
        rows = warehouse.rows(warehouse.statement("intake", "live"), since=now - window, **bound)
        if len(rows) >= SHOWN:
            break
    return _with_names(member, [Arrival(*row) for row in rows])


def refusals(member: Member, filters: Filters) -> list[Refusal]:
    """The newest refused messages; filters on what was sent look into the message as it came."""
    rows = Reject.objects.filter(workspace_id=member.workspace_id, received_at__gte=clock.now() - LOOK_BACK)
    if filters.source:
        rows = rows.filter(source=filters.source)
    for text in filter(None, (filters.event, filters.who, filters.text, filters.type)):
        rows = rows.filter(raw__icontains=text)
    return [Refusal(reject) for reject in rows.order_by("-received_at", "-pk")[:SHOWN]]


def explained(member: Member, *, event: str, day: date, person: int, message_id: str) -> Explained:
    """One stored event and why it became whose it is; 404 where it is not there or not for this member."""
    rows = warehouse.rows(
        warehouse.statement("intake", "live_message"),
        workspace_id=member.workspace_id,
        event=event,
        day=day,
        person=person,
        message_id=message_id,
    )
    sight = _sight(member)
    if not rows or not (sight["all"] or rows[0][8] in sight["accounts"]):
        raise Http404
    (arrival,) = _with_names(member, [Arrival(*rows[0])])
    return Explained(arrival, _why_person(member, arrival), _why_account(arrival))


def _sight(member: Member) -> dict[str, Any]:
    sees_all = member.scope == AccountScope.ALL
    visible = [] if sees_all else list(access.accounts(member).values_list("number", flat=True))
    return {"all": sees_all, "accounts": visible}


def _with_names(member: Member, found: list[Arrival]) -> list[Arrival]:
    numbers = sorted({each.number for each in found if each.number})
    rows = warehouse.rows(
        warehouse.statement("intake", "live_people"), workspace_id=member.workspace_id, people=numbers
    )
    joined = dict(rows) if numbers else {}
    today = {number: joined.get(number, number) for number in numbers}
    people = {row.number: row for row in access.people(member).filter(number__in=set(today.values()))}
    firms = access.accounts(member).filter(number__in={each.account_number for each in found})
    accounts = {row.number: row for row in firms}
    return [
        replace(each, person=people.get(today.get(each.number, 0)), account=accounts.get(each.account_number))
        for each in found
    ]


def _why_person(member: Member, arrival: Arrival) -> str:
    """By which id the message was recognised, and whether somebody was joined since."""
    if arrival.person is None:
        return ""
    ids = Identifier.objects.filter(workspace_id=member.workspace_id, value=arrival.distinct_id)
    kinds = set(ids.values_list("kind", flat=True))
    named = {"id": arrival.distinct_id}
    if arrival.person.number != arrival.number:
        merge = PersonMerge.objects.filter(workspace_id=member.workspace_id, merged__number=arrival.number).last()
        if merge is not None and merge.by is None:
            return _("It came as an anonymous visitor (%(id)s), who turned out to be this person later.") % named
        return _("It came as another person (%(id)s), who was joined with this one later.") % named
    if Identifier.Kind.USER in kinds:
        return _("%(id)s is one of this person’s user ids.") % named
    if arrival.person.is_anonymous:
        return _("%(id)s is the anonymous id of a visitor who has not signed in yet.") % named
    return _("%(id)s is an anonymous id that came together with this person’s user id before.") % named


def _why_account(arrival: Arrival) -> str:
    if not arrival.account_number:
        return _("The message names no account, and the person belongs to none, or to several.")
    if arrival.person is not None and arrival.account is not None:
        places = Affiliation.objects.filter(person=arrival.person, account=arrival.account, ended_on=None)
        if places.exists():
            return _("The person belongs to this account, or the message names it as its group.")
    return _("The message names this account as its group.")
