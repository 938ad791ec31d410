"""The public pool: one wins, caps hold, what nobody follows up comes back, and everything is written down."""

import threading
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.urls import reverse

from conftest import make_member
from evergrow.customers.actions.notes import add_note
from evergrow.customers.models import PoolMove, TeamSeat
from evergrow.customers.pool import acts, errors, reclaim, rules, standing
from evergrow.customers.tests.stage import make_account, make_seat
from evergrow.lib import clock
from evergrow.workspaces.models import AuditEntry, Notice

pytestmark = pytest.mark.usefixtures("frozen")
DAY = timedelta(days=1)


def names(workspace):
    return [account.name for account in standing.in_pool(workspace, rules.of(workspace)).order_by("name")]


def test_accounts_without_an_active_owner_are_in_the_pool_and_a_claim_takes_them_out(workspace, alice, bob, frozen):
    gone = make_member(workspace, "Gone", left_at=frozen)
    _free, held, left = (make_account(workspace, name) for name in ("Free", "Held", "Left"))
    make_seat(held, alice)
    make_seat(left, gone)
    assert names(workspace) == ["Free", "Left"]
    move = acts.claim(account=left, by=bob)
    assert names(workspace) == ["Free"]
    assert move.protected_until == date(2026, 4, 8)
    seats = left.team.order_by("pk").values_list("member__user__name", "ended_on")
    assert list(seats) == [("Gone", date(2026, 3, 25)), ("Bob", None)], "exactly one owner at any instant"
    with pytest.raises(errors.AlreadyClaimed, match="Bob was quicker: Left"):
        acts.claim(account=left, by=alice)
    acts.release(account=left, by=bob, reason="Wrong region")
    assert names(workspace) == ["Free", "Left"]
    assert {entry.verb for entry in AuditEntry.objects.filter(verb__startswith="pool.")} == {
        "pool.claimed",
        "pool.released",
    }
    assert list(left.timeline.order_by("pk").values_list("kind", flat=True)) == ["pool.claimed", "pool.released"]


def test_caps_hold_and_signed_customers_do_not_count(workspace, alice, bob):
    rules.change(workspace=workspace, by=alice, daily_cap=2, holding_cap=3)
    for number in range(2):
        make_seat(make_account(workspace, f"Signed {number}", status="active"), bob)
        make_seat(make_account(workspace, f"Open {number}", status="trial"), bob)
    free = [make_account(workspace, f"Free {number}") for number in range(3)]
    done = acts.claim_many(accounts=free, by=bob)
    assert ([account.name for account in done.won], len(done.refused)) == (["Free 0"], 2)
    assert "You hold 3 accounts" in next(iter(done.refused.values()))
    rules.change(workspace=workspace, by=alice, holding_cap=0)
    assert [account.name for account in acts.claim_many(accounts=free[1:], by=bob).won] == ["Free 1"]
    with pytest.raises(errors.CapReached, match="You claimed 2 accounts today"):
        acts.claim(account=free[2], by=bob)
    with clock.frozen(clock.now() + DAY):
        assert acts.claim(account=free[2], by=bob)


def test_only_its_owner_and_managers_release_and_they_say_why(workspace, alice, bob):
    account = make_account(workspace)
    make_seat(account, bob)
    other = make_member(workspace, "Olga")
    with pytest.raises(errors.NotYours, match="Bob owns"):
        acts.release(account=account, by=other, reason="mine")
    with pytest.raises(errors.ReleaseReasonMissing):
        acts.release(account=account, by=bob, reason=" ")
    acts.release(account=account, by=alice, reason="Bob is too busy")
    with pytest.raises(errors.NotYours, match="in the pool already"):
        acts.release(account=account, by=alice, reason="again")


def test_what_nobody_follows_up_is_warned_of_and_taken_back_once(workspace, alice, bob, frozen):
    rules.change(workspace=workspace, by=alice, takes_back=True, quiet_days=30, remind_days=3, protected_days=14)
    quiet, noted, signed = (make_account(workspace, name) for name in ("Quiet", "Noted", "Signed"))
    signed.status = "active"
    signed.save()
    for account in (quiet, noted, signed):
        make_seat(account, bob, since=date(2026, 3, 1))
    add_note(account=noted, body="Called", by=bob)

    def night(day):
        with clock.frozen(frozen + day * DAY):
            return reclaim.run(workspace)

    assert night(2) == {"warned": 0, "taken": 0}
    assert night(3)["warned"] == 1  # 28 March, due on the 31st
    night(3)
    warned = Notice.objects.filter(member=bob, kind=reclaim.WARNING)
    assert [str(notice) for notice in warned] == [
        "Quiet goes back into the public pool on 2026-03-31 unless you follow it up"
    ]
    assert night(6)["taken"] == 1
    assert night(6)["taken"] == 0, "a job that runs twice takes once"
    assert names(workspace) == ["Quiet"]
    move = PoolMove.objects.get()
    assert (move.kind, move.member, move.reason) == ("reclaimed", bob, "30 天没有跟进")
    assert Notice.objects.filter(member=bob, kind=reclaim.TAKEN).count() == 1


def test_a_claim_protects_and_a_deadline_without_signature_counts_from_the_owners_first_day(workspace, alice, bob):
    wishes = {"quiet_days": 5, "result_days": 60, "remind_days": 1, "protected_days": 20}
    rules.change(workspace=workspace, by=alice, takes_back=True, **wishes)
    account = make_account(workspace)
    acts.claim(account=account, by=bob)
    (found,) = reclaim.due(workspace, rules.of(workspace), date(2027, 1, 1))
    assert found.on == date(2026, 4, 14), "protected for 20 days"
    with clock.frozen(clock.now() + 50 * DAY):
        add_note(account=account, body="Still there", by=bob)
    (found,) = reclaim.due(workspace, rules.of(workspace), date(2027, 1, 1))
    assert (found.on, found.is_for_result) == (date(2026, 5, 19), False)
    with clock.frozen(clock.now() + 58 * DAY):
        add_note(account=account, body="Still there", by=bob)
    (found,) = reclaim.due(workspace, rules.of(workspace), date(2027, 1, 1))
    assert (found.on, found.is_for_result) == (date(2026, 5, 24), True)


def test_rules_that_make_no_sense_are_refused_and_a_preview_keeps_nothing(workspace, alice, bob, sign_in):
    with pytest.raises(ValidationError):
        rules.change(workspace=workspace, by=alice, takes_back=True, quiet_days=0, result_days=0)
    with pytest.raises(ValidationError):
        rules.change(workspace=workspace, by=alice, takes_back=True, quiet_days=3, remind_days=3)
    make_seat(make_account(workspace, "Sleepy"), bob)
    page = reverse("customers:pool_rules", kwargs={"workspace": "acme"})
    wish = {"role": "csm", "daily_cap": 1, "holding_cap": 1, "protected_days": 0, "takes_back": "on"}
    wish |= {"quiet_days": 10, "result_days": 0, "remind_days": 2, "act": "preview"}
    html = sign_in(alice).post(page, wish).content.decode()
    assert "Sleepy" in html
    assert "<b>1</b> accounts are due today" in html
    assert not rules.of(workspace).takes_back


def test_the_page_claims_one_or_many_and_tells_a_restricted_member_too(workspace, bob, carol, sign_in):
    for name in ("Ada", "Bee", "Cod"):
        make_account(workspace, name, industry="Fish" if name == "Cod" else "Bees")
    bob.scope = "own"
    bob.save()
    client, page = sign_in(bob), reverse("customers:pool", kwargs={"workspace": "acme"})
    assert "Cod" not in client.get(f"{page}?industry=Bees").content.decode()
    client.post(f"{page}claims/", {"number": [1, 2, 99]})
    html = client.get(page).content.decode()
    assert "2 accounts are yours now" in html
    assert TeamSeat.objects.filter(member=bob).count() == 2
    assert sign_in(carol).post(f"{page}claims/", {"number": 3}).status_code == 403


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_of_two_who_claim_at_once_one_wins_and_a_cap_holds_against_oneself(workspace, alice, bob):
    rules.change(workspace=workspace, by=alice, daily_cap=1)
    one, two = make_account(workspace, "One"), make_account(workspace, "Two")
    start, outcomes = threading.Barrier(4), []

    def attempt(member, account):
        try:
            start.wait()
            acts.claim(account=account, by=member)
            outcomes.append("won")
        except (errors.AlreadyClaimed, errors.CapReached) as refused:
            outcomes.append(type(refused).__name__)
        finally:
            connection.close()

    pairs = [(alice, one), (bob, one), (alice, two), (bob, two)]
    threads = [threading.Thread(target=attempt, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("won") == 2
    assert TeamSeat.objects.filter(ended_on=None).count() == 2
    assert set(TeamSeat.objects.values_list("member", flat=True)) == {alice.pk, bob.pk}
