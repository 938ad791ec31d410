"""The contact budget: may this be sent to this person now? Asked before every send, by every room that sends.

    verdict = budget.reserve(person=…, channel="mail", workspace=…, subject="task:12", purpose="Ask for a date")
    if verdict.granted: send, then budget.sent(verdict)  (budget.release(verdict) when it failed or is not needed)
    elif verdict.not_before: ask again then
    else: leave it

Asking again with the same subject, purpose and channel is the same contact: a worker that died in between gets its own
reservation back and nothing is taken twice.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import F, QuerySet

from evergrow.customers.models import Account, Person
from evergrow.lib import clock
from evergrow.success.contact import holders, policy, slots
from evergrow.success.contact.holders import Holder
from evergrow.success.contact.limits import Limit
from evergrow.success.contact.policy import Policy
from evergrow.success.models.contact import (
    Contact,
    ContactChannel,
    ContactPriority,
    ContactReason,
    ContactRefusal,
    ContactState,
)
from evergrow.workspaces import audit
from evergrow.workspaces.models import Member, Workspace

SAME_NAMES = {"email": ContactChannel.MAIL, "phone": ContactChannel.CALL}
# How long something more important that waits keeps its place, once its time has come
GRACE = timedelta(hours=2)
SOON = timedelta(minutes=15)
FURTHEST = (
    *(ContactState.SENT, ContactState.RESERVED, ContactState.WAITING),
    *(ContactState.REFUSED, ContactState.RELEASED),
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """``granted``: send now. Otherwise ``reason`` says why (a ContactReason) and ``not_before`` when to ask again;
    without a moment it is refused for good. ``contact`` is the row that was kept."""

    granted: bool
    reason: str
    not_before: datetime | None
    contact: int


def reserve(
    *,
    workspace: Workspace,
    channel: str,
    subject: str | models.Model,
    purpose: str,
    person: Person | None = None,
    address: str = "",
    account: Account | None = None,
    sender: Member | None = None,
    priority: int = ContactPriority.NORMAL,
    is_transactional: bool = False,
) -> Verdict:
    """Ask for one contact and hold its place in every limit.

    ``subject`` is what sends, as a row or a stable name; ``purpose`` what is said: the same purpose to the same human
    within the policy's hours is one send, whatever accounts it is for. ``sender`` brings in that colleague's hours.
    ``is_transactional`` passes every rule and is written down as such. Raises ValueError without person and address.
    """
    way = ContactChannel(SAME_NAMES.get(channel, channel))
    holder = holders.of(workspace, person=person, address=address)
    facts: dict[str, Any] = {
        "holder": holder.key,
        "person": holder.person,
        "address": "" if holder.person else holder.address[:254],
        "account": account,
        "channel": way,
        "subject": _named(subject),
        "purpose": purpose[:200],
        "priority": priority,
        "sender": sender,
        "is_transactional": is_transactional,
    }
    with transaction.atomic():
        row = _row(workspace, facts, holder)
        if row.state == ContactState.SENT:
            return Verdict(False, ContactReason.ALREADY, None, row.pk)
        if row.state == ContactState.REFUSED:
            return _again(row)
        asking = _Asking(row, holder, policy.current(workspace), clock.now())
        return asking.go_on() if row.state == ContactState.RESERVED else asking.decide()


def sent(verdict: Verdict | int) -> bool:
    """Tell that it was sent: its places stay taken. Whether it was reserved."""
    rows = Contact.objects.filter(pk=_key(verdict), state=ContactState.RESERVED)
    return bool(rows.update(state=ContactState.SENT, ended_at=clock.now()))


@transaction.atomic
def release(verdict: Verdict | int) -> bool:
    """Give the places back, because it was skipped or failed for good. Whether it was reserved."""
    rows = Contact.objects.filter(pk=_key(verdict), state=ContactState.RESERVED)
    if not rows.update(state=ContactState.RELEASED, ended_at=clock.now()):
        return False
    slots.release(Contact.objects.get(pk=_key(verdict)))
    return True


def all_sent(contacts: QuerySet[Contact]) -> int:
    """The same for those of many that are reserved; how many."""
    return contacts.filter(state=ContactState.RESERVED).update(state=ContactState.SENT, ended_at=clock.now())


@transaction.atomic
def withdraw(*, workspace: Workspace | int, subject: str | models.Model) -> int:
    """Let go of everything that ``subject`` reserved or waits for, because its work was cancelled; how many."""
    rows = Contact.objects.filter(
        workspace=workspace, subject=_named(subject), state__in=[ContactState.RESERVED, ContactState.WAITING]
    )
    found = list(rows)
    for row in found:
        slots.release(row)
    return rows.update(state=ContactState.RELEASED, ended_at=clock.now()) if found else 0


def _key(verdict: Verdict | int) -> int:
    return verdict.contact if isinstance(verdict, Verdict) else verdict


def _named(subject: str | models.Model) -> str:
    return f"{subject._meta.label_lower}:{subject.pk}" if isinstance(subject, models.Model) else subject[:120]


def _row(workspace: Workspace, facts: dict[str, Any], holder: Holder) -> Contact:
    """The row of this contact, locked; made when it is asked for the first time.

    What was asked for somebody who was merged since is the same contact: of several, the one that went furthest.
    """
    key = _row_key(facts, f"p{holder.person.pk}" if holder.person else holder.key)
    if holder.merged:
        keys = [key, *(_row_key(facts, f"p{pk}") for pk in holder.merged)]
        found = list(Contact.objects.select_for_update().filter(workspace=workspace, key__in=keys).order_by("pk"))
        if found:
            return min(found, key=lambda row: FURTHEST.index(ContactState(row.state)))
    try:
        with transaction.atomic():
            return Contact.objects.create(
                workspace=workspace, key=key, state=ContactState.WAITING, asked_at=clock.now(), **facts
            )
    except IntegrityError:
        return Contact.objects.select_for_update().get(workspace=workspace, key=key)


def _row_key(facts: dict[str, Any], whose: str) -> str:
    parts = [*(str(facts[name]) for name in ("channel", "subject", "purpose")), whose]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _again(row: Contact) -> Verdict:
    last = row.refusals.order_by("-last_at").first()
    return Verdict(False, last.reason if last else ContactReason.SAME, None, row.pk)


@dataclass(slots=True)
class _Asking:
    """Decides one contact that is neither sent nor refused for good."""

    row: Contact
    holder: Holder
    policy: Policy
    now: datetime

    @property
    def _is_free(self) -> bool:
        return self.row.is_transactional or not self.policy.is_on

    def go_on(self) -> Verdict:
        """Another attempt of what holds its places: it keeps them, and waits for the clock like the first one."""
        hold = None if self._is_free else self._by_the_clock()
        return hold or Verdict(True, "", None, self.row.pk)

    def decide(self) -> Verdict:
        if self._is_free:
            return self._grant()
        try:
            with transaction.atomic():
                self._once()
                if (hold := self._by_the_clock()) is not None:
                    return hold
                for limit in self.policy.for_channel(self.row.channel):
                    self._taker().take(limit, self._waiting(limit))
                return self._grant()
        except slots.Full as full:
            return self._refuse_full(full)

    def _taker(self) -> slots.Taker:
        return slots.Taker(self.row, self.holder, self.now, self.policy.zone)

    def _once(self) -> None:
        """The same purpose is one send, whoever asks: it has one place of its own."""
        if self.policy.same_hours:
            self._taker().take(_same(self.row.purpose, self.policy))

    def _by_the_clock(self) -> Verdict | None:
        """Quiet hours and the sender's hours; None when neither stands against it."""
        quiet = self.policy.quiet_until(self.row.channel, self.now)
        if quiet is not None and self.policy.drops_when_quiet:
            return self._refuse(ContactReason.QUIET, None)
        if quiet is not None:
            return self._refuse(ContactReason.QUIET, quiet)
        if self.row.sender is None:
            return None
        begins = self.policy.sends_from(self.now, policy.hours_of(self.row.sender))
        return self._refuse(ContactReason.SENDER, begins) if begins else None

    def _waiting(self, limit: Limit) -> int:
        """How many more important contacts to the same human wait whose time has come."""
        rows = Contact.objects.filter(
            workspace_id=self.row.workspace_id,
            holder__in=self.holder.keys,
            state=ContactState.WAITING,
            priority__gt=self.row.priority,
            not_before__lte=self.now,
            not_before__gt=self.now - GRACE,
        )
        return (rows.filter(channel=limit.channel) if limit.channel else rows).exclude(pk=self.row.pk).count()

    def _grant(self) -> Verdict:
        fields = {
            "state": ContactState.RESERVED,
            "granted_at": self.now,
            "not_before": None,
            "ended_at": None,
            "policy_version": self.policy.version,
        }
        Contact.objects.filter(pk=self.row.pk).update(**fields)
        if self.row.is_transactional:
            data = {"channel": self.row.channel, "purpose": self.row.purpose, "subject": self.row.subject}
            audit.record(self.row.workspace, "contact.bypassed", self.row, by=self.row.sender, data=data)
        return Verdict(True, "", None, self.row.pk)

    def _refuse_full(self, full: slots.Full) -> Verdict:
        if full.limit.channel.startswith("same:"):
            for first in self._taker().live(full.limit)[:1]:  # none: it was given back a moment ago
                Contact.objects.filter(pk=self.row.pk).update(one_with=first.contact_id)
            return self._refuse(ContactReason.SAME, None)
        if full.is_waited_for:
            return self._refuse(ContactReason.PRIORITY, self.now + SOON, full.limit.key)
        reason = ContactReason.LIMIT if full.limit.channel else ContactReason.TOTAL
        return self._refuse(reason, full.until, full.limit.key)

    def _refuse(self, reason: ContactReason, not_before: datetime | None, limit: str = "") -> Verdict:
        """Write down why not."""
        if self.row.state != ContactState.RESERVED or not_before is None:
            self._give_back(not_before)
        kept = ContactRefusal.objects.filter(contact=self.row, reason=reason)
        if not kept.update(times=F("times") + 1, last_at=self.now, not_before=not_before, limit=limit[:40]):
            ContactRefusal.objects.create(
                contact=self.row,
                reason=reason,
                limit=limit[:40],
                first_at=self.now,
                last_at=self.now,
                not_before=not_before,
            )
        return Verdict(False, reason, not_before, self.row.pk)

    def _give_back(self, not_before: datetime | None) -> None:
        """It waits without a place, that of its purpose too: what waits must not stop another's send."""
        slots.release(self.row)
        state = ContactState.REFUSED if not_before is None else ContactState.WAITING
        Contact.objects.filter(pk=self.row.pk).update(
            state=state,
            not_before=not_before,
            policy_version=self.policy.version,
            ended_at=self.now if not_before is None else None,
        )


def _same(purpose: str, rules: Policy) -> Limit:
    """The limit that makes one purpose one send: a single place for so many hours."""
    digest = hashlib.sha256(purpose.encode()).hexdigest()[:40]
    return SameLimit(f"same:{digest}", 1, max(1, rules.same_hours))


@dataclass(frozen=True, slots=True)
class SameLimit(Limit):
    """One contact for a purpose within ``days`` hours."""

    @property
    def key(self) -> str:
        return self.channel

    def since(self, now: datetime, zone: Any) -> datetime:
        return now - timedelta(hours=self.days)

    def frees(self, taken_at: datetime, zone: Any) -> datetime:
        return taken_at + timedelta(hours=self.days)
