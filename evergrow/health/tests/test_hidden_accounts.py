"""Accounts in the trash and merged ones have no health; the account that is kept has what both did."""

from datetime import timedelta

import pytest

from evergrow.customers.account_merges.actions import merge_accounts, undo_merge
from evergrow.customers.bulk import running
from evergrow.customers.models import Account
from evergrow.health import actions, facts, queries
from evergrow.health.models import AccountHealth
from evergrow.health.tests import stage
from evergrow.health.tests.stage import TODAY
from evergrow.health.traits import load
from evergrow.intake import merged_accounts

pytestmark = [pytest.mark.usefixtures("warehouse_db", "frozen"), pytest.mark.once]


def numbers() -> list[int]:
    return list(AccountHealth.objects.order_by("account__number").values_list("account__number", flat=True))


def test_deleted_accounts_are_left_out_at_once_and_come_back(workspace, alice) -> None:
    rows = stage.crowd(workspace, alice, size=6)
    assert rows
    actions.compute(workspace=workspace)
    gone = Account.objects.get(number=3)
    made = running.begin(workspace=workspace, kind="delete", args={}, keys=[gone.pk], by=alice)
    assert facts.read(workspace).accounts["number"].tolist() == [1, 2, 4, 5, 6]
    assert load(workspace)["health.band"][0] == (1, 2, 4, 5, 6)
    actions.compute(workspace=workspace)
    assert all(move.account != gone.pk for move in queries.band_moves(workspace, TODAY - timedelta(days=7), TODAY))
    running.start_undo(change=made, by=alice)
    actions.compute(workspace=workspace)
    assert numbers() == [1, 2, 3, 4, 5, 6]


def test_the_kept_account_has_what_both_did(workspace, alice) -> None:
    kept, merged = (stage.account(workspace, number) for number in (1, 2))
    stage.events(workspace, [*stage.steady_use(1), *stage.steady_use(2)])
    actions.compute(workspace=workspace)
    assert numbers() == [1, 2]
    merge = merge_accounts(kept=kept, merged=merged, reason="same", by=alice)
    assert numbers() == [1]
    merged_accounts.run(workspace)
    actions.compute(workspace=workspace)
    assert numbers() == [1]
    undo_merge(merge=merge, by=alice)
    merged_accounts.run(workspace)
    assert numbers() == [1, 2]
    actions.compute(workspace=workspace)
    assert numbers() == [1, 2]
