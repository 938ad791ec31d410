"""Accounts in the trash and merged ones meet no criteria, stand above nobody, and come back at once."""

from typing import Any

import pytest

from evergrow.customers import criteria
from evergrow.customers.account_merges.actions import merge_accounts, undo_merge
from evergrow.customers.bulk import running
from evergrow.customers.criteria import mirror
from evergrow.customers.criteria.providers import get
from evergrow.customers.models import Account, Person, Segment, SegmentVersion
from evergrow.customers.segments import membership, refresh
from evergrow.customers.segments.refresh import refresh_due
from evergrow.customers.tests.criteria.stage import ask
from evergrow.customers.tests.stage import make_account, make_person
from evergrow.workspaces.models import Member, Workspace

pytestmark = [pytest.mark.usefixtures("frozen", "warehouse_db"), pytest.mark.once]


def delete(workspace: Workspace, rows: list[Any], by: Member, subject: str = "account") -> Any:
    keys = [row.pk for row in rows]
    return running.begin(workspace=workspace, kind="delete", args={}, keys=keys, by=by, subject=subject)


def test_deleted_accounts_and_their_places_leave_criteria_at_once_and_come_back(
    workspace: Workspace, alice: Member
) -> None:
    stays, goes = make_account(workspace, "Kite"), make_account(workspace, "Nova", mrr=5)
    person = make_person(goes)
    asked = {"trait": "mrr", "over": 1}
    assert ask(workspace, "account", asked) == [goes.number]
    made = delete(workspace, [goes], alice)
    assert ask(workspace, "account", None) == [stays.number]
    assert ask(workspace, "account", asked) == []
    assert ask(workspace, "person", {"account": {}}) == []
    running.start_undo(change=made, by=alice)
    assert ask(workspace, "account", asked) == [goes.number]
    assert ask(workspace, "person", {"account": {}}) == [person.number]


def test_deleted_people_leave_criteria_at_once_and_come_back(workspace: Workspace, alice: Member) -> None:
    account = make_account(workspace)
    person = make_person(account)
    made = delete(workspace, [person], alice, "person")
    assert ask(workspace, "person", None) == []
    assert ask(workspace, "account", {"people": "any"}) == []
    running.start_undo(change=made, by=alice)
    assert ask(workspace, "person", None) == [person.number]
    assert ask(workspace, "account", {"people": "any"}) == [account.number]
    assert Person.objects.count() == 1


def test_scores_of_deleted_accounts_are_no_traits(workspace: Workspace, alice: Member) -> None:
    from evergrow.customers.models import AccountFit, IdealProfile

    account = make_account(workspace)
    profile = IdealProfile.objects.create(workspace=workspace, number=1, definition={})
    AccountFit.objects.create(account=account, workspace=workspace, profile=profile, fit=70)
    asked = {"trait": "icp.fit", "at_least": 1}
    mirror.write_provided(workspace, "icp")
    assert ask(workspace, "account", asked) == [account.number]
    delete(workspace, [account], alice)
    mirror.refresh(workspace)
    mirror.write_provided(workspace, "icp")
    assert ask(workspace, "account", asked) == []
    assert get("icp").load(workspace)["icp.fit"][0] == []


def test_a_segment_is_found_anew_without_what_was_deleted_or_merged(workspace: Workspace, alice: Member) -> None:
    one, two, three = (make_account(workspace, name, mrr=9) for name in ("Kite", "Nova", "Orb"))
    segment = Segment.objects.create(workspace=workspace, kind="account", key="paying", name={"en": "Paying"})
    data = {"trait": "mrr", "over": 1}
    SegmentVersion.objects.create(
        segment=segment, number=1, state="published", criteria=data,
        needs={"events": [], "traits": [["account", "mrr"]], "segments": [], "places": False},
    )  # fmt: skip
    refresh.refresh(workspace, [segment])

    def members() -> list[int]:
        refresh_due(workspace)
        return membership.current(workspace, segment).tolist()

    assert members() == [one.number, two.number, three.number]
    made = delete(workspace, [two], alice)
    assert members() == [one.number, three.number]
    running.start_undo(change=made, by=alice)
    assert members() == [one.number, two.number, three.number]
    merge = merge_accounts(kept=one, merged=three, reason="same", by=alice)
    Account.objects.filter(pk=one.pk).update(mrr=9)
    assert membership.current(workspace, segment).tolist() == [one.number, two.number]
    assert members() == [one.number, two.number]
    undo_merge(merge=merge, by=alice)


def test_what_stands_above_follows_names_moves_and_the_trash(workspace: Workspace, alice: Member) -> None:
    top, middle, leaf = (make_account(workspace, name) for name in ("Top", "Middle", "Leaf"))
    Account.objects.filter(pk=middle.pk).update(parent=top)
    Account.objects.filter(pk=leaf.pk).update(parent=middle)
    below_top = {"trait": "ancestors", "has_any": top.external_id}
    assert ask(workspace, "account", below_top) == [middle.number, leaf.number]
    Account.objects.filter(pk=top.pk).update(name="Head", external_id="head")
    assert ask(workspace, "account", {"trait": "parent", "is": "Head"}) == [middle.number]
    assert ask(workspace, "account", {"trait": "ancestors", "has_any": "head"}) == [middle.number, leaf.number]
    made = delete(workspace, [middle], alice)
    assert ask(workspace, "account", {"trait": "parent", "is_set": True}) == []
    running.start_undo(change=made, by=alice)
    assert ask(workspace, "account", {"trait": "ancestors", "has_any": "head"}) == [middle.number, leaf.number]
    other = make_account(workspace, "Other")
    merge_accounts(kept=other, merged=top, reason="same", by=alice)
    assert ask(workspace, "account", {"trait": "parent", "is": "Other"}) == [middle.number]
    assert ask(workspace, "account", {"trait": "ancestors", "has_any": other.external_id}) == [
        middle.number,
        leaf.number,
    ]


def test_the_number_of_a_merged_account_asks_about_the_kept_one(workspace: Workspace, alice: Member) -> None:
    kept, merged = make_account(workspace, "Kite"), make_account(workspace, "Nova")
    merge_accounts(kept=kept, merged=merged, reason="same", by=alice)
    assert ask(workspace, "account", None) == [kept.number]
    assert criteria.subject(workspace, "account", merged.number).number == kept.number
