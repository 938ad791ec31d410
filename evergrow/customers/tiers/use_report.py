"""How accounts use what their tier is due: who leaves it unused, and who takes more than agreed."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Sum

from evergrow.customers import access
from evergrow.customers.models import Account, AccountStatus, EntitlementUse
from evergrow.customers.tiers import scheme as schemes
from evergrow.customers.tiers.entitlement import Entitlement, period_of
from evergrow.customers.tiers.ledger import Balance
from evergrow.workspaces.models import Member

LATE = 0.5
LITTLE = 0.5


@dataclass(frozen=True, slots=True)
class Line:
    """An account's balance; ``pace`` is used against what the elapsed part of the period would grant (1 = on pace)."""

    account: Account
    balance: Balance
    pace: float

    @property
    def money(self) -> Decimal:
        return self.account.mrr


@dataclass(frozen=True, slots=True)
class Use:
    """An entitlement over all paying accounts that are due it, in the running period.

    ``is_kept``: somebody writes its uses down at all; without that nobody can be said to leave it unused.
    """

    entitlement: Entitlement
    first: date
    last: date
    elapsed: float
    accounts: int
    granted: Decimal
    used: Decimal
    under: list[Line]
    over: list[Line]
    is_kept: bool = True

    @property
    def share(self) -> float:
        return float(self.used / self.granted) if self.granted else 0

    @property
    def is_late(self) -> bool:
        """Whether enough of the period is over to call anything unused."""
        return self.elapsed >= LATE


def report(member: Member) -> list[Use]:
    """Each counted entitlement. Under-used: less than half of what the elapsed part of the period would grant, once
    half the period is over. Over-used: more than granted for the whole period.
    """
    today = member.workspace.today()
    counted = [one for one in schemes.of(member.workspace).entitlements if one.is_counted]
    accounts = list(access.accounts(member).filter(status=AccountStatus.ACTIVE).order_by("-mrr", "number"))
    return [_use(one, accounts, today) for one in counted]


def _use(one: Entitlement, accounts: list[Account], today: date) -> Use:
    first, last = period_of(today, one.period)
    elapsed = ((today - first).days + 1) / ((last - first).days + 1)
    used = _used(accounts, one, first, last)
    is_kept = bool(used) or _was_ever_used(accounts, one)
    lines = []
    for account in accounts:
        balance = Balance(one, account.tier, first, last, used[account.pk])
        if balance.granted or balance.used:
            due = float(balance.granted) * elapsed
            lines.append(Line(account, balance, float(balance.used) / due if due else 2.0))
    return Use(
        entitlement=one,
        first=first,
        last=last,
        elapsed=elapsed,
        accounts=len(lines),
        granted=sum((line.balance.granted for line in lines), Decimal(0)),
        used=sum((line.balance.used for line in lines), Decimal(0)),
        under=[line for line in lines if is_kept and elapsed >= LATE and line.pace < LITTLE],
        is_kept=is_kept,
        over=sorted((line for line in lines if line.balance.over), key=lambda line: -line.balance.over),
    )


def _was_ever_used(accounts: list[Account], one: Entitlement) -> bool:
    workspaces = {account.workspace_id for account in accounts}
    return EntitlementUse.objects.filter(account__workspace__in=workspaces, entitlement=one.key).exists()


def _used(accounts: list[Account], one: Entitlement, first: date, last: date) -> dict[int, Decimal]:
    found: dict[int, Decimal] = defaultdict(Decimal)
    if not accounts:
        return found
    lines = EntitlementUse.objects.filter(
        account__workspace_id=accounts[0].workspace_id, entitlement=one.key, on__gte=first, on__lte=last
    )
    for row in lines.order_by().values("account").annotate(sum=Sum("quantity")):
        found[row["account"]] = row["sum"]
    return found
