"""What accounts used of their entitlements: an append-only ledger, and what is left of a period."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from evergrow.customers.models import Account, EntitlementUse
from evergrow.customers.tiers import scheme as schemes
from evergrow.customers.tiers.entitlement import Entitlement, period_of
from evergrow.workspaces import audit
from evergrow.workspaces.access import require
from evergrow.workspaces.models import Member


class NotCounted(ValidationError):
    """Only a quantity is used up; a response time or a flag is not."""


class BadUse(ValidationError):
    """The quantity or the day cannot be."""


class MoreThanAgreed(ValidationError):
    """Less is left than is to be used; it needs a reason."""


class AlreadyReversed(ValidationError):
    """A line is reversed once; a counter-entry not at all."""


@dataclass(frozen=True, slots=True)
class Balance:
    """An entitlement of an account in the period that holds a day."""

    entitlement: Entitlement
    tier: str
    first: date
    last: date
    used: Decimal

    @property
    def granted(self) -> Decimal:
        return Decimal(str(self.entitlement.granted(self.tier)))

    @property
    def left(self) -> Decimal:
        return self.granted - self.used

    @property
    def over(self) -> Decimal:
        return max(Decimal(0), self.used - self.granted)

    @property
    def share(self) -> float:
        """Used of granted; more than 1 where more was used than agreed."""
        return float(self.used / self.granted) if self.granted else (1.0 if self.used else 0.0)


@transaction.atomic
def consume(
    *,
    account: Account,
    entitlement: str,
    by: Member | None,
    quantity: Decimal | int = 1,
    on: date | None = None,
    note: str = "",
    over_reason: str = "",
) -> EntitlementUse:
    """Write down that an account used some of an entitlement on a day (today without one).

    Raises NotCounted, BadUse, and MoreThanAgreed where more is used than is left of the period and no reason is given.
    """
    require(by, "work")
    found = counted(account, entitlement)
    today = account.workspace.today()
    quantity, on = Decimal(quantity), on or today
    if not Decimal("0.01") <= quantity <= 10_000:
        raise BadUse({"quantity": _("Use a quantity above 0.")})
    if on > today or on.year < 2000:
        raise BadUse({"on": _("The day lies ahead. Write a use down on the day itself or later.")})
    Account.everyone.select_for_update().get(pk=account.pk)  # two uses at once must not both see the last one left
    balance = balance_of(account, found, on)
    if quantity > balance.left and not over_reason.strip():
        sentence = _("Only %(left)s of %(granted)s is left until %(day)s. Say why more is given.")
        words = {
            "left": f"{max(balance.left, Decimal(0)):g}",
            "granted": f"{balance.granted:g}",
            "day": balance.last.isoformat(),
        }
        raise MoreThanAgreed({"over_reason": sentence % words})
    line = EntitlementUse.objects.create(
        account=account,
        entitlement=entitlement,
        on=on,
        quantity=quantity,
        note=note.strip()[:300],
        over_reason=over_reason.strip()[:300] if quantity > balance.left else "",
        by=by,
    )
    data = {"entitlement": entitlement, "quantity": f"{quantity:g}", "on": on.isoformat()}
    audit.record(account.workspace, "entitlement.used", account, by=by, data=data)
    return line


@transaction.atomic
def reverse(*, use: EntitlementUse, note: str, by: Member | None) -> EntitlementUse:
    """Take a line back by a counter-entry on the same day, so that its period is right. Raises AlreadyReversed."""
    require(by, "work")
    if use.reverses_id is not None:
        raise AlreadyReversed(_("This is a counter-entry itself. Write a new use instead."))
    try:
        with transaction.atomic():
            line = EntitlementUse.objects.create(
                account=use.account,
                entitlement=use.entitlement,
                on=use.on,
                quantity=-use.quantity,
                note=note.strip()[:300],
                reverses=use,
                by=by,
            )
    except IntegrityError:
        raise AlreadyReversed(_("This line was taken back already.")) from None
    audit.record(use.account.workspace, "entitlement.reversed", use.account, by=by, data={"use": use.pk})
    return line


def counted(account: Account, key: str) -> Entitlement:
    """The entitlement of the scheme that is used up by quantity. Raises NotCounted."""
    found = next((one for one in schemes.of(account.workspace).entitlements if one.key == key), None)
    if found is None or not found.is_counted:
        raise NotCounted({"entitlement": _("“%(key)s” is no entitlement that is counted.") % {"key": key}})
    return found


def balance_of(account: Account, entitlement: Entitlement, on: date) -> Balance:
    """What was used in the period that holds ``on``, by calendar periods, against what today's tier grants."""
    first, last = period_of(on, entitlement.period)
    lines = EntitlementUse.objects.filter(account=account, entitlement=entitlement.key, on__gte=first, on__lte=last)
    used = lines.aggregate(sum=Sum("quantity"))["sum"] or Decimal(0)
    return Balance(entitlement, account.tier, first, last, used)


def balances(account: Account, on: date | None = None) -> list[Balance]:
    """Every counted entitlement that the account's tier grants, or that was used all the same."""
    day = on or account.workspace.today()
    found = [balance_of(account, one, day) for one in schemes.of(account.workspace).entitlements if one.is_counted]
    return [balance for balance in found if balance.granted or balance.used]


def rights(account: Account) -> Iterable[tuple[Entitlement, str]]:
    """What the account's tier is due besides quantities, with its words."""
    for one in schemes.of(account.workspace).entitlements:
        if not one.is_counted and (words := one.words(account.tier)):
            yield one, words
