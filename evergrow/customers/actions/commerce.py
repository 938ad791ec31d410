"""What an account's subscriptions say about it, written onto the account so that lists can sort and filter by it."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import (
    Case,
    DecimalField,
    Exists,
    Expression,
    F,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Round

from evergrow.customers.models import Account, AccountStatus, Subscription, SubscriptionStatus
from evergrow.customers.queries.currencies import in_own
from evergrow.customers.queries.revenue import live_on
from evergrow.lib.batches import batched
from evergrow.workspaces.models import Workspace


@transaction.atomic
def refresh_commerce(workspace: Workspace, account_ids: Iterable[int] | None = None) -> int:
    """Derive status, plan, MRR, seats, customer since, renewal and cancellation of accounts from subscriptions.

    ``account_ids`` are primary keys; without them every account of the workspace is brought up to date. The day is
    the workspace's today. Gives the number of accounts looked at. Running it twice changes nothing.

    - MRR in another currency counts by its exchange rate, and not at all without one
    - live: ``started_on <= today`` and not cancelled on or before today; MRR and seats are sums over the live ones
    - status: active (one is live), else trial (a trial is open), else cancelled, else trial expired, else prospect
    - plan: of the largest live subscription, else of the latest one
    """
    accounts = Account.everyone.filter(workspace=workspace)
    values = _derived(workspace.today(), in_own(workspace))
    if account_ids is None:
        return _refresh(accounts, values)
    return sum(_refresh(accounts.filter(pk__in=part), values) for part in batched(account_ids, 500))


def _refresh(accounts: QuerySet[Account], values: dict[str, Any]) -> int:
    """Lock first, in a statement of its own: an update that waited would sum what it saw before it waited."""
    list(accounts.order_by("pk").select_for_update().values_list("pk"))
    return accounts.update(**values)


def _derived(today: date, mrr: Expression) -> dict[str, Any]:
    own = Subscription.objects.filter(account=OuterRef("pk")).order_by()
    live = own.filter(live_on(today))
    cancelled = own.filter(started_on__lte=today, cancelled_on__lte=today)
    is_live = Exists(live)
    return {
        "status": _status(own, live, cancelled, today),
        "mrr": Coalesce(
            Round(_one(live, Sum(mrr)), precision=2),
            Value(Decimal(0)),
            output_field=DecimalField(max_digits=14, decimal_places=2),
        ),
        "seats": _one(live, Sum("seats")),
        "plan": Coalesce(_first_plan(live, "-mrr"), _first_plan(own, F("started_on").desc(nulls_last=True)), Value("")),
        "customer_since": _one(own.filter(started_on__lte=today), Min("started_on")),
        "renews_on": _one(live, Min("renews_on")),
        "cancelled_on": Case(When(is_live, then=Value(None)), default=_one(cancelled, Max("cancelled_on"))),
    }


def _status(
    own: QuerySet[Subscription], live: QuerySet[Subscription], cancelled: QuerySet[Subscription], today: date
) -> Case:
    trial = own.filter(Q(trial_started_on__lte=today) | Q(trial_started_on=None), status=SubscriptionStatus.TRIAL)
    return Case(
        When(Exists(live), then=Value(AccountStatus.ACTIVE)),
        When(Exists(trial), then=Value(AccountStatus.TRIAL)),
        When(Exists(cancelled), then=Value(AccountStatus.CANCELLED)),
        When(Exists(own.filter(status=SubscriptionStatus.EXPIRED)), then=Value(AccountStatus.EXPIRED)),
        default=Value(AccountStatus.PROSPECT),
    )


def _one(rows: QuerySet[Subscription], aggregate: Any) -> Subquery:
    """One aggregate over the subscriptions of the outer account."""
    return Subquery(rows.values("account").annotate(found=aggregate).values("found"))


def _first_plan(rows: QuerySet[Subscription], order: Any) -> Subquery:
    return Subquery(rows.exclude(plan="").order_by(order, "pk").values("plan")[:1])
