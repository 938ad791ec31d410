"""Two accounts become one: everything moves, what clashes is settled, and all of it can be taken back."""

from datetime import date, timedelta

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied

from evergrow.customers import access
from evergrow.customers.account_merges import registry
from evergrow.customers.account_merges.actions import forget, gather, merge_accounts, undo_merge
from evergrow.customers.actions.commerce import refresh_commerce
from evergrow.customers.actions.merges import CannotMerge
from evergrow.customers.bulk import running
from evergrow.customers.duplicates import find
from evergrow.customers.models import (
    Account,
    AccountMerge,
    AccountTier,
    Affiliation,
    Duplicate,
    EntitlementUse,
    Note,
    Subscription,
    TeamSeat,
    TierRequest,
    TimelineEntry,
)
from evergrow.customers.tests.stage import make_account, make_person, make_seat, make_subscription
from evergrow.lib import clock
from evergrow.workspaces.models import AuditEntry, Job, Workspace

pytestmark = pytest.mark.usefixtures("frozen")


@pytest.fixture
def kept(workspace):
    return make_account(workspace, "Kite Works", domain="kite.example", traits={"region": "east"})


@pytest.fixture
def merged(workspace):
    return make_account(workspace, "Kite Works Ltd", country="China", traits={"region": "west", "fleet": 12})


def merge(kept, merged, by, reason="one customer"):
    return merge_accounts(kept=kept, merged=merged, reason=reason, by=by)


def state():
    """All rows of every model that points at accounts, and the accounts, as values."""
    for workspace in Workspace.objects.all():
        refresh_commerce(workspace)
    labels = [*(holding.label for holding in registry.holdings()), "customers.Account"]
    hidden = ("updated_at",)
    rows = {}
    for label in labels:
        model = apps.get_model(label)
        if label == "customers.TimelineEntry":
            found = model.objects.exclude(kind__in=["account.merged", "account.split"])
        else:
            found = model._base_manager.all()
        rows[label] = sorted(
            (sorted((key, str(value)) for key, value in row.items() if key not in hidden) for row in found.values()),
        )
    return rows


def test_every_model_with_a_key_to_an_account_says_what_becomes_of_its_rows():
    pointing = {
        relation.related_model._meta.label
        for relation in Account._meta.related_objects
        if not relation.related_model._meta.auto_created
    }
    assert pointing - registry.known() == set()


def test_what_belongs_to_the_merged_account_moves_and_comes_back(kept, merged, alice):
    make_subscription(kept, 100, "2026-01-01", seats=5)
    make_subscription(merged, 40, "2025-02-01", seats=2)
    Note.objects.create(account=merged, body="called")
    person = make_person(merged, "Maya Woo")
    before = state()
    made = merge(kept, merged, alice)
    assert list(Account.objects.all()) == [kept]
    assert Account.objects.get().mrr == 140
    assert Account.objects.get().customer_since == date(2025, 2, 1)
    assert list(person.affiliations.values_list("account", flat=True)) == [kept.pk]
    assert list(access.accounts(alice)) == [kept]
    for holding in registry.holdings():
        assert not holding.rows(merged).exists(), holding.label
    undo_merge(merge=made, by=alice)
    assert state() == before
    assert set(access.accounts(alice)) == {kept, merged}


def test_traits_join_by_their_own_rules_and_part_again_but_for_what_changed_since(kept, merged, alice):
    made = merge(kept, merged, alice)
    kept.refresh_from_db()
    assert (kept.name, kept.country) == ("Kite Works", "China")
    assert kept.traits == {"region": "east", "fleet": 12}
    Account.objects.filter(pk=kept.pk).update(traits={**kept.traits, "fleet": 13, "new": 1})
    undo_merge(merge=made, by=alice)
    kept.refresh_from_db()
    assert (kept.country, kept.traits) == ("", {"region": "east", "fleet": 13, "new": 1})


def test_who_is_at_both_is_there_once(kept, merged, alice):
    person = make_person(kept, "Maya Woo", started_on=date(2026, 2, 1))
    Affiliation.objects.create(account=merged, person=person, title="CTO", is_key=True, started_on=date(2025, 1, 1))
    Affiliation.objects.create(account=merged, person=person, started_on=date(2020, 1, 1), ended_on=date(2021, 1, 1))
    before = state()
    made = merge(kept, merged, alice)
    now = person.affiliations.get(ended_on=None)
    assert (now.account, now.title, now.is_key, now.started_on) == (kept, "CTO", True, date(2025, 1, 1))
    assert person.affiliations.count() == 2
    undo_merge(merge=made, by=alice)
    assert state() == before


def test_a_role_keeps_one_holder_and_the_other_ones_time_ends(kept, merged, alice, bob):
    make_seat(kept, alice)
    make_seat(merged, bob)
    make_seat(merged, bob, role="sales")
    before = state()
    made = merge(kept, merged, alice)
    held = {(seat.role, seat.member, seat.ended_on) for seat in TeamSeat.objects.filter(account=kept)}
    assert held == {("csm", alice, None), ("csm", bob, date(2026, 3, 25)), ("sales", bob, None)}
    undo_merge(merge=made, by=alice)
    assert state() == before


def test_tiers_of_the_kept_account_stand(workspace, kept, merged, alice):
    AccountTier.objects.create(account=merged, workspace=workspace, tier="vip", since=date(2026, 1, 1))
    for account in (kept, merged):
        TierRequest.objects.create(account=account, tier="vip", reason="big", until=date(2026, 9, 1))
        TierRequest.objects.create(account=account, tier="vip", reason="is", until=date(2026, 9, 1), state="approved")
    use = EntitlementUse.objects.create(account=merged, entitlement="visit", on=date(2026, 1, 1), quantity=1)
    before = state()
    made = merge(kept, merged, alice)
    assert sorted(TierRequest.objects.values_list("account", "state")) == sorted(
        (kept.pk, state) for state in ("asked", "approved", "withdrawn", "ended")
    )
    assert not AccountTier.objects.exists()
    assert EntitlementUse.objects.get(pk=use.pk).account == kept
    undo_merge(merge=made, by=alice)
    assert state() == before


def test_accounts_below_hang_on_the_kept_one_without_a_ring(workspace, alice):
    top, merged, middle, kept, leaf = (make_account(workspace, name) for name in ("Top", "M", "Mid", "K", "Leaf"))
    for child, parent in ((merged, top), (middle, merged), (kept, middle), (leaf, merged)):
        Account.objects.filter(pk=child.pk).update(parent=parent)
    before = state()
    made = merge(kept, merged, alice)
    parents = dict(Account.everyone.values_list("name", "parent__name"))
    assert parents == {"Top": None, "M": None, "Mid": "K", "K": "Top", "Leaf": "K"}
    undo_merge(merge=made, by=alice)
    assert state() == before


def test_a_chain_is_taken_back_from_its_end(workspace, alice):
    a, b, c = (make_account(workspace, name) for name in "ABC")
    make_subscription(a, 10, "2026-01-01")
    before = state()
    first, second = merge(b, a, alice), merge(c, b, alice)
    a.refresh_from_db()
    assert a.merged_into == c
    assert Account.everyone.known(workspace.pk, [a.external_id]) == {a.external_id: (c.pk, c.number)}
    with pytest.raises(CannotMerge, match="Undo that merge first"):
        undo_merge(merge=first, by=alice)
    undo_merge(merge=second, by=alice)
    a.refresh_from_db()
    assert (a.merged_into, Subscription.objects.get().account) == (b, b)
    undo_merge(merge=first, by=alice)
    assert state() == before
    with pytest.raises(CannotMerge, match="undone before"):
        undo_merge(merge=first, by=alice)


def test_it_is_refused_to_whom_and_what_it_should(workspace, kept, merged, alice, bob, mallory):
    with pytest.raises(PermissionDenied):
        merge(kept, merged, bob)
    with pytest.raises(CannotMerge):
        merge(kept, kept, alice)
    with pytest.raises(CannotMerge):
        merge(kept, make_account(mallory.workspace), alice)
    gone = make_account(workspace, "Gone")
    running.begin(workspace=workspace, kind="delete", args={}, keys=[gone.pk], by=alice)
    with pytest.raises(CannotMerge, match="deleted"):
        merge(kept, gone, alice)
    made = merge(kept, merged, alice)
    with pytest.raises(CannotMerge, match="merged before"):
        merge(merged, make_account(workspace, "Other"), alice)
    with pytest.raises(PermissionDenied):
        undo_merge(merge=made, by=bob)


def test_after_seven_days_it_is_final(workspace, kept, merged, alice, frozen):
    Note.objects.create(account=merged, body="called")
    made = merge(kept, merged, alice)
    with clock.frozen(frozen + timedelta(days=7)):
        with pytest.raises(CannotMerge, match="seven days"):
            undo_merge(merge=made, by=alice)
        assert forget(workspace) == 1
        assert forget(workspace) == 0
    made.refresh_from_db()
    assert made.moved == {}


def test_what_came_late_follows_and_goes_back_too(workspace, kept, merged, alice):
    made = merge(kept, merged, alice)
    note = Note.objects.create(account=merged, body="a form was open")
    make_seat(kept, alice)
    seat = make_seat(merged, alice)
    assert gather(workspace) == 1
    assert gather(workspace) == 0
    note.refresh_from_db()
    seat.refresh_from_db()
    assert (note.account, seat.account, seat.ended_on) == (kept, kept, workspace.today())
    undo_merge(merge=made, by=alice)
    note.refresh_from_db()
    seat.refresh_from_db()
    assert (note.account, seat.account, seat.ended_on) == (merged, merged, None)


def test_it_stands_on_the_audit_trail_and_in_the_story_and_other_rooms_hear_of_it(workspace, kept, merged, alice):
    made = merge(kept, merged, alice)
    undo_merge(merge=made, by=alice)
    verbs = AuditEntry.objects.filter(verb__in=["account.merged", "account.split"])
    assert [entry.target_id for entry in verbs] == [str(kept.pk)] * 2
    told = TimelineEntry.objects.filter(account=kept, kind__in=["account.merged", "account.split"])
    assert told.count() == 2
    assert Job.objects.filter(kind="intake.follow_accounts").count() == 2


def test_a_suggested_pair_is_decided_and_open_again_after_the_undo(workspace, kept, merged, alice):
    pair = Duplicate.objects.create(
        workspace=workspace, kind="account", first=kept.number, second=merged.number, reason="domain", score=0.9
    )
    made = merge(kept, merged, alice)
    pair.refresh_from_db()
    assert (pair.state, pair.decided_by) == ("merged", alice)
    assert find.accounts(workspace) == {}
    undo_merge(merge=made, by=alice)
    pair.refresh_from_db()
    assert (pair.state, pair.decided_by) == ("open", None)


def test_the_number_of_a_merged_account_leads_to_the_kept_one(workspace, kept, merged, alice):
    merge(kept, merged, alice)
    assert access.account_or_404(alice, merged.number) == kept


def test_a_merge_whose_row_is_gone_is_no_more(workspace, kept, merged, alice):
    merge(kept, merged, alice)
    Account.everyone.get(pk=kept.pk).delete()
    assert not Account.everyone.exists()
    assert not AccountMerge.objects.exists()
