"""Messages that name a merged account by its id are about the account that was kept."""

import pytest

from evergrow import warehouse
from evergrow.customers.account_merges.actions import merge_accounts, undo_merge
from evergrow.customers.models import Account, Affiliation
from evergrow.intake.tests.capture.stage import Door

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def group(door: Door, user: str, account: str, **traits: object) -> None:
    door.post("/v1/group", {"userId": user, "groupId": account, "traits": traits})


def test_both_ids_mean_one_account_and_part_again(door: Door, workspace) -> None:
    group(door, "u1", "kite", name="Kite")
    group(door, "u1", "kite-ltd", name="Kite Ltd")
    door.drain()
    kept, merged = (Account.objects.get(external_id=each) for each in ("kite", "kite-ltd"))
    merge = merge_accounts(kept=kept, merged=merged, reason="same", by=None)
    assert Affiliation.objects.get().account == kept
    group(door, "u2", "kite-ltd", fleet=7)
    group(door, "u2", "kite")
    door.post("/v1/track", {"userId": "u1", "event": "order"})
    door.post("/v1/track", {"userId": "u2", "event": "order"})
    door.drain()
    assert Account.objects.get().traits["fleet"] == 7
    assert Affiliation.objects.filter(account=kept).count() == 2
    assert warehouse.rows("select account, count() from events where event = 'order' group by account") == [
        (kept.number, 2)
    ]
    undo_merge(merge=merge, by=None)
    group(door, "u3", "kite-ltd")
    door.drain()
    assert Affiliation.objects.filter(account=merged).count() == 2
