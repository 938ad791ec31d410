"""Lifecycles of the sample: the proposals, published, with the way that its accounts went by what is known of them.

An account begins on its sign-up day and is in adoption from its first day as a customer, in value 90 days later if it
meets the criteria of that stage today or was a customer for so long and left since, and lost from its cancellation on.
From then on criteria decide as everywhere.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from evergrow.customers.actions.numbers import next_number
from evergrow.customers.models import (
    Account,
    Lifecycle,
    Product,
    StagedKind,
    StageSource,
    StageStay,
)
from evergrow.customers.stages import definition as definitions
from evergrow.customers.stages import editing, facts
from evergrow.customers.stages.definition import Definition
from evergrow.customers.stages.evaluating import evaluate_all
from evergrow.lib.batches import batched
from evergrow.workspaces.models import Workspace

LIFECYCLES = (
    ("customers", StagedKind.ACCOUNT, "Customer lifecycle", "客户生命周期"),
    ("people", StagedKind.PERSON, "People", "用户成长"),
    ("products", StagedKind.PRODUCT, "Product stages", "产品演化"),
)
CUSTOMERS: dict[str, Any] = {"trait": "status", "is": ["active"]}
PRODUCTS: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("core", "Core platform", "核心平台", {"all": [CUSTOMERS]}),
    ("seats-plus", "Team edition", "团队版", {"all": [CUSTOMERS, {"trait": "seats", "at_least": 50}]}),
    ("bespoke", "Bespoke integration", "定制集成", {"all": [CUSTOMERS, {"trait": "tier", "is": ["strategic"]}]}),
)
VALUE_AFTER = timedelta(days=90)


def load(workspace: Workspace) -> None:
    """Make the lifecycles, unless there are some. Doing it again changes nothing. Raises StoreUnavailable."""
    if Lifecycle.objects.filter(workspace=workspace).exists():
        return
    for code, name, name_zh, used_by in PRODUCTS:
        number = next_number(workspace, "product")
        names = {"name": name, "name_zh": name_zh}
        Product.objects.get_or_create(
            workspace=workspace, code=code, defaults={"number": number, "used_by": used_by, **names}
        )
    for key, kind, name, name_zh in LIFECYCLES:
        made = editing.create(workspace=workspace, key=key, kind=kind, name=name, name_zh=name_zh, by=None)
        editing.publish(made, by=None)
        if kind == StagedKind.ACCOUNT:
            _write_history(made)
    evaluate_all(workspace)


def _write_history(lifecycle: Lifecycle) -> None:
    counts = definitions.of(lifecycle)
    if counts is None:
        return
    valued = facts.ask(lifecycle, counts).entry["value"]
    accounts = Account.objects.filter(workspace=lifecycle.workspace).exclude(signed_up_on=None).order_by("pk")
    for part in batched(accounts, 500):
        stays = [stay for account in part for stay in _stays(lifecycle, counts, account, valued)]
        StageStay.objects.bulk_create(stays, batch_size=500)


def _stays(lifecycle: Lifecycle, counts: Definition, account: Account, valued: frozenset[int]) -> Iterator[StageStay]:
    way = _way(account, lifecycle.workspace.today(), is_valued=account.number in valued)
    for place, (key, day) in enumerate(way):
        stage = counts.by_key[key]
        until = way[place + 1][1] if place + 1 < len(way) else None
        yield StageStay(
            workspace_id=account.workspace_id,
            lifecycle=lifecycle,
            account=account,
            stage=key,
            kind=stage.kind,
            entered_at=_begin_of(day, lifecycle),
            left_at=_begin_of(until, lifecycle) if until else None,
            source=StageSource.IMPORT,
            version=counts.version,
        )


def _way(account: Account, today: date, *, is_valued: bool) -> list[tuple[str, date]]:
    """The stages that an account came into, and on which days, none of them to come."""
    begun = account.signed_up_on
    if begun is None or begun > today or account.status == "prospect":
        return []
    way = [("onboarding", begun)]
    since, ended = account.customer_since, account.cancelled_on if account.status == "cancelled" else None
    last = min(ended or today, today)
    if since is not None and begun <= since <= last:
        way.append(("adoption", since))
        if since + VALUE_AFTER <= last and (is_valued or ended):
            way.append(("value", since + VALUE_AFTER))
    if ended is not None and ended <= today:
        way.append(("lost", max(ended, way[-1][1])))
    return way


def _begin_of(day: date, lifecycle: Lifecycle) -> datetime:
    """The first moment of a day in the workspace's zone."""
    return datetime.combine(day, time(), lifecycle.workspace.tz)
