"""What of a person's budget is left, and what was refused: for pages and the API."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet

from evergrow.customers import access as customers
from evergrow.lib import clock
from evergrow.success.contact import policy
from evergrow.success.contact.holders import Holder
from evergrow.success.contact.limits import Limit
from evergrow.success.contact.policy import Policy
from evergrow.success.models.contact import GRANTED, Contact, ContactRefusal, ContactSlot, ContactState
from evergrow.workspaces import prepared
from evergrow.workspaces.models import Member, Workspace

SINCE_DAYS, MOST_RECENT = 30, 100


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of one limit; ``frees`` is when one more becomes free, None while nothing is used."""

    limit: Limit
    used: int
    frees: datetime | None

    @property
    def left(self) -> int:
        return max(0, self.limit.most - self.used)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a person's budget stands: what is left of each limit, and until when some channel is quiet now."""

    left: list[Left]
    quiet_until: datetime | None


def standing(workspace: Workspace, holder: Holder) -> Standing:
    """How the budget of a person stands now."""
    rules, now = policy.current(workspace), clock.now()
    moments: dict[str, list[datetime]] = {}
    for key, taken_at in _slots(workspace, holder.keys):
        moments.setdefault(key, []).append(taken_at)
    quiet = [end for channel in rules.quiet_channels if (end := rules.quiet_until(channel, now))]
    return Standing(
        left=[_left(each, moments.get(each.key, []), rules, now) for each in rules.limits] if rules.is_on else [],
        quiet_until=max(quiet) if quiet and rules.is_on else None,
    )


@prepared.rows
def _slots(workspace: Workspace, holders: Collection[str]) -> QuerySet[ContactSlot, tuple[str, datetime]]:
    slots = ContactSlot.objects.filter(workspace=workspace, holder__in=holders)
    return slots.order_by("taken_at").values_list("limit", "taken_at")


def _left(limit: Limit, moments: Sequence[datetime], rules: Policy, now: datetime) -> Left:
    live = [moment for moment in moments if limit.holds(moment, now, rules.zone)]
    return Left(limit, len(live), limit.frees(live[0], rules.zone) if live else None)


def recent(member: Member, holder: Holder, most: int) -> list[Contact]:
    """The last contacts of a person that the member may see, those given back left out, the newest first."""
    return _newest(member, holder.keys)[:most]


@prepared.rows
def _newest(member: Member, holders: Collection[str]) -> QuerySet[Contact]:
    rows = contacts(member).filter(holder__in=holders).exclude(state=ContactState.RELEASED)
    return rows.select_related("account").order_by("-asked_at", "-pk")[:MOST_RECENT]


def contacts(member: Member) -> QuerySet[Contact]:
    """Contacts that a member may see: those for accounts they see, and those for none."""
    seen = customers.visible(member, "account__")
    rows = Contact.objects.filter(workspace_id=member.workspace_id)
    return rows.filter(seen | Q(account=None, person__in=customers.people(member).values("pk"))) if seen else rows


def refusals(member: Member, days: int = SINCE_DAYS) -> QuerySet[ContactRefusal]:
    """Refusals of the last days, newest first."""
    since = clock.now() - timedelta(days=days)
    rows = ContactRefusal.objects.filter(contact__in=contacts(member), last_at__gte=since)
    related = ("contact__person", "contact__account", "contact__one_with__account", "contact__sender__user")
    return rows.select_related(*related).order_by("-last_at", "-pk")


def counts(member: Member, days: int = SINCE_DAYS) -> tuple[Counter[str], dict[str, Counter[str]]]:
    """Contacts asked for by state, and refused ones by reason and channel, of the last days."""
    since = clock.now() - timedelta(days=days)
    states: Counter[str] = Counter()
    for row in contacts(member).filter(asked_at__gte=since).values("state", "is_transactional").annotate(n=Count("pk")):
        states[row["state"]] += row["n"]
        states["all"] += row["n"]
        states["granted"] += row["n"] if row["state"] in GRANTED else 0
        states["transactional"] += row["n"] if row["is_transactional"] else 0
    reasons: dict[str, Counter[str]] = {}
    found = refusals(member, days).order_by().values_list("reason", "contact__channel")
    for reason, channel, n in found.annotate(n=Count("pk")):
        reasons.setdefault(reason, Counter())[channel] += n
    return states, reasons


def asked_of(workspace: Workspace, keys: Sequence[int]) -> list[Contact]:
    """Contacts by their row keys, with whom they are about."""
    return list(Contact.objects.filter(workspace=workspace, pk__in=keys).select_related("person", "account"))
