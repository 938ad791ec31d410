"""Which accounts run a version: those that met its criteria when they were last asked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Avg, Count, QuerySet, Sum

from evergrow.customers import access as customers
from evergrow.customers import criteria
from evergrow.customers.models import Account
from evergrow.lib import clock
from evergrow.lib.batches import batched
from evergrow.success.releases.models import ProductVersion, VersionUse
from evergrow.success.releases.standing import OVER, standing_in
from evergrow.warehouse import StoreUnavailable
from evergrow.workspaces.models import Member


@dataclass(frozen=True, slots=True)
class Users:
    """How many accounts run it, their recurring revenue a month, the mean of those that have a score, how many have."""

    accounts: int = 0
    mrr: Decimal = Decimal("0.00")
    health: float | None = None
    scored: int = 0


def refresh(version: ProductVersion) -> bool:
    """Ask its criteria who runs it. Whether they could be asked; else ``problem`` says why, and who ran it stays.

    The event store is asked before anything is written. Raises StoreUnavailable.
    """
    if version.used_by is None:
        _keep(version, set())
        return True
    try:
        parsed = criteria.parse(dict(version.used_by), "account", version.workspace)
        found = set(criteria.find(version.workspace, parsed).tolist())
    except (criteria.CriteriaError, criteria.CostError) as error:
        version.problem = str(error)
        version.save(update_fields=["problem"])
        return False
    known = dict(version.workspace.accounts.filter(merged_into=None).values_list("number", "pk"))
    _keep(version, {known[number] for number in found if number in known})
    return True


@transaction.atomic
def _keep(version: ProductVersion, wanted: set[int]) -> None:
    rows = VersionUse.objects.filter(version=version)
    here = set(rows.values_list("account", flat=True))
    for part in batched(sorted(here - wanted), 500):
        rows.filter(account__in=list(part)).delete()
    today = version.workspace.today()
    new = [VersionUse(version=version, account_id=pk, since=today) for pk in sorted(wanted - here)]
    VersionUse.objects.bulk_create(new, ignore_conflicts=True, batch_size=500)
    version.counted_at = clock.now() if version.used_by is not None else None
    version.problem = ""
    version.save(update_fields=["counted_at", "problem"])


def forget(version: ProductVersion) -> None:
    """Let nobody run it until its criteria can be asked."""
    VersionUse.objects.filter(version=version).delete()
    version.counted_at = None
    version.save(update_fields=["counted_at"])


def try_refresh(version: ProductVersion) -> bool:
    """As ``refresh`` after its criteria changed; where the event store is away, False, and the morning's round asks."""
    try:
        return refresh(version)
    except StoreUnavailable:
        forget(version)
        return False


def accounts(member: Member, version: ProductVersion) -> QuerySet[Account]:
    """The accounts that run it and that the member sees."""
    return customers.accounts(member).filter(pk__in=VersionUse.objects.filter(version=version).values("account"))


def users(member: Member, versions: Iterable[ProductVersion]) -> dict[int, Users]:
    """Of each version by its key, counted of the accounts that the member sees; one statement for all."""
    found = list(versions)
    seen = customers.accounts(member).order_by().values("pk")
    rows: Any = VersionUse.objects.filter(version__in=[each.pk for each in found], account__in=seen)
    counted = (
        rows.order_by()
        .values("version")
        .annotate(
            n=Count("pk"),
            mrr=Sum("account__mrr"),
            health=Avg("account__health_state__score"),
            scored=Count("account__health_state__score"),
        )
    )
    known = {
        row["version"]: Users(row["n"], round(row["mrr"] or Decimal(0), 2), row["health"], row["scored"])
        for row in counted
    }
    return {each.pk: known.get(each.pk, Users()) for each in found}


def left_behind(member: Member, today: date) -> int:
    """How many accounts that the member sees run a version that is unsupported or retired."""
    versions = standing_in(ProductVersion.objects.filter(workspace_id=member.workspace_id), today)
    rows = VersionUse.objects.filter(version__in=versions.filter(stands__in=OVER).values("pk"))
    return customers.accounts(member).filter(pk__in=rows.values("account")).count()
