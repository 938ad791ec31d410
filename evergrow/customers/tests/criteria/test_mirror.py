"""The mirror of traits: whatever writes people and accounts, criteria see it at the next question."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection

from evergrow.customers import criteria
from evergrow.customers.actions.merges import merge_people, undo_merge
from evergrow.customers.criteria import mirror, triggers
from evergrow.customers.models import Account, Affiliation, Person, TeamSeat, TraitChange
from evergrow.customers.tests.criteria.stage import ask, tell
from evergrow.customers.tests.stage import make_account, make_person, make_seat
from evergrow.workspaces.models import Member, Workspace

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("warehouse_db", "frozen")]


def found(workspace: Workspace, kind: str, data: Any) -> list[int]:
    return ask(workspace, kind, data)


def test_a_new_account_is_seen_at_once(workspace: Workspace) -> None:
    account = make_account(workspace, "Kite", mrr=100, traits={"city": "上海", "mrr": 5})
    assert found(workspace, "account", {"trait": "mrr", "is": [100]}) == [account.number]
    assert found(workspace, "account", {"trait": "city", "is": "上海"}) == [account.number]


def test_bulk_updates_count_too(workspace: Workspace) -> None:
    account = make_account(workspace)
    mirror.refresh(workspace)
    Account.objects.filter(pk=account.pk).update(plan="Pro", traits={"city": "北京"})
    assert found(workspace, "account", {"trait": "plan", "is": "Pro"}) == [account.number]
    Account.objects.bulk_update([Account(pk=account.pk, traits={})], ["traits"])
    assert found(workspace, "account", {"trait": "city", "is_set": True}) == []
    assert found(workspace, "account", {"trait": "city", "is_set": False}) == [account.number]


def test_nothing_is_read_again_when_nothing_changed(workspace: Workspace) -> None:
    person = make_person(make_account(workspace))
    assert mirror.refresh(workspace) == 2
    assert mirror.refresh(workspace) == 0
    Person.objects.filter(pk=person.pk).update(last_seen_at=person.created_at)
    assert not TraitChange.objects.filter(workspace_id=workspace.pk).exists()
    Person.objects.filter(pk=person.pk).update(name=person.name)
    assert not TraitChange.objects.filter(workspace_id=workspace.pk).exists()


def test_who_is_deleted_is_nobody(workspace: Workspace) -> None:
    person = make_person(make_account(workspace))
    assert found(workspace, "person", None) == [person.number]
    mirror.write(workspace, "person", "orders", [person.number], [3])
    assert found(workspace, "person", {"trait": "orders", "over": 2}) == [person.number]
    person.delete()
    assert found(workspace, "person", None) == []
    assert found(workspace, "person", {"trait": "orders", "is_set": True}) == []


def test_a_merged_person_is_no_subject_and_comes_back(workspace: Workspace, frozen: Any) -> None:
    kept, merged = make_person(make_account(workspace)), make_person(make_account(workspace), "Dan")
    tell(workspace, [("login", frozen, merged.number, 0, {})])
    assert found(workspace, "person", {"did": "login"}) == [merged.number]
    merge = merge_people(kept=kept, merged=merged, reason="same", by=None, tell_store=True)
    from evergrow.customers import overrides

    overrides.write([kept])
    assert found(workspace, "person", None) == [kept.number]
    assert found(workspace, "person", {"did": "login"}) == [kept.number]
    assert found(workspace, "account", {"people": {"at_least": 1}, "who": {"did": "login"}}) == [1, 2]
    undo_merge(merge=merge, by=None)
    overrides.write([kept, merged])
    assert found(workspace, "person", {"did": "login"}) == [merged.number]
    assert found(workspace, "account", {"people": "any", "who": {"did": "login"}}) == [2]


def test_the_accountable_manager_is_a_trait(workspace: Workspace, alice: Member, bob: Member) -> None:
    account = make_account(workspace)
    seat = make_seat(account, alice)
    assert found(workspace, "account", {"trait": "owner", "is": "alice@example.com"}) == [account.number]
    TeamSeat.objects.filter(pk=seat.pk).update(member=bob)
    assert found(workspace, "account", {"trait": "owner", "is": "bob@example.com"}) == [account.number]
    seat.delete()
    assert found(workspace, "account", {"trait": "owner", "is_set": True}) == []


def test_places_follow_their_days(workspace: Workspace) -> None:
    person = make_person(make_account(workspace), influence="decides", started_on=date(2026, 1, 1))
    asked = {"people": "any", "role": "decides"}
    assert found(workspace, "account", asked) == [1]
    assert found(workspace, "account", {"people": "any", "role": "pays"}) == []
    Affiliation.objects.update(ended_on=workspace.today())
    assert found(workspace, "account", asked) == []
    Affiliation.objects.update(ended_on=workspace.today() + timedelta(days=1))
    assert found(workspace, "account", asked) == [1]
    assert found(workspace, "person", {"account": {"trait": "name", "contains": "kite"}}) == [person.number]
    Affiliation.objects.all().delete()
    assert found(workspace, "account", asked) == []


def test_a_computed_trait_is_replaced_as_a_whole(workspace: Workspace) -> None:
    one, two = (make_person(make_account(workspace)).number for _ in range(2))
    mirror.write(workspace, "person", "orders", [one, two], [3, 4])
    mirror.write(workspace, "person", "orders", [two], [5])
    assert found(workspace, "person", {"trait": "orders", "is_set": True}) == [two]
    mirror.write(workspace, "person", "orders", [one], [1], is_whole=False)
    assert found(workspace, "person", {"trait": "orders", "at_most": 5}) == [one, two]
    Person.objects.update(title="Head of IT")
    assert found(workspace, "person", {"trait": "orders", "at_most": 5}) == [one, two]


def test_an_emptied_store_is_filled_again(workspace: Workspace) -> None:
    account = make_account(workspace)
    assert found(workspace, "account", None) == [account.number]
    from evergrow.warehouse.tests.stage import empty_store

    empty_store()
    mirror._looked.clear()
    assert criteria.find(workspace, criteria.parse(None, "account", workspace)).tolist() == [account.number]


def test_strangers_do_not_meet(workspace: Workspace, mallory: Member) -> None:
    make_account(mallory.workspace, mrr=5)
    assert found(workspace, "account", None) == []
    with pytest.raises(ValueError):
        criteria.find(workspace, criteria.parse(None, "account", mallory.workspace))


def test_a_missing_trigger_is_put_up_again_and_everything_read(workspace: Workspace) -> None:
    account = make_account(workspace)
    mirror.refresh(workspace)
    table = "customers_account"
    mine = [name for name, of in triggers._known(connection).items() if of == table]
    assert len(mine) == 3
    with connection.cursor() as cursor:
        for name in mine:
            cursor.execute(f"drop trigger {name}" + (f" on {table}" if connection.vendor == "postgresql" else ""))
    Account.objects.filter(pk=account.pk).update(plan="Pro")
    assert not TraitChange.objects.filter(workspace_id=workspace.pk).exists()
    triggers.install()
    assert len([of for of in triggers._known(connection).values() if of == table]) == 3
    assert found(workspace, "account", {"trait": "plan", "is": "Pro"}) == [account.number]
    triggers.install()
    assert not TraitChange.objects.filter(workspace_id=workspace.pk).exists()
