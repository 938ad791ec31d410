"""Events follow the accounts that were merged, come back, and are counted once, whatever breaks off."""

import contextlib
import random
from datetime import UTC, datetime, timedelta

import pytest

from evergrow import warehouse
from evergrow.customers.account_merges.actions import merge_accounts, undo_merge
from evergrow.customers.models import Account, AccountMerge, Note
from evergrow.customers.tests.stage import make_account, put_events
from evergrow.intake import merged_accounts
from evergrow.lib import clock

pytestmark = [pytest.mark.usefixtures("frozen", "warehouse_db"), pytest.mark.once]
NOON = datetime(2026, 3, 20, 4, tzinfo=UTC)


def merge(kept, merged, by):
    return merge_accounts(kept=kept, merged=merged, reason="one customer", by=by)


def use(workspace, account, event="order", count=1, day=0, person=0):
    at = NOON - timedelta(days=day)
    put_events(workspace, *({"at": at, "event": event, "account": account.number, "person": person},) * count)


def events():
    return dict(warehouse.rows("select account, count() from events group by account"))


def counts():
    """What the two rollups say, by account, event and day, and what the events say."""
    day = "select account, event, day, sum(count) from account_day group by account, event, day order by all"
    raw = "select account, event, day, count() from events where account != 0 group by account, event, day order by all"
    whom = (
        "select event, day, sum(count), arraySort(bitmapToArray(groupBitmapMergeState(accounts)))"
        " from activity group by event, day order by event, day"
    )
    told = (
        "select event, day, count(), arraySort(groupUniqArrayIf(account, account != 0))"
        " from events group by event, day order by event, day"
    )
    assert warehouse.rows(day) == warehouse.rows(raw)
    assert [(*row[:3], list(row[3])) for row in warehouse.rows(whom)] == [
        (*row[:3], list(row[3])) for row in warehouse.rows(told)
    ]
    return warehouse.rows(day)


def test_events_and_their_counts_follow_a_merge_and_come_back(workspace, alice):
    kept, merged, other = (make_account(workspace, name) for name in "ABC")
    use(workspace, kept, count=2)
    use(workspace, merged, count=3)
    use(workspace, merged, "visit", day=40)
    use(workspace, other)
    before = counts()
    made = merge(kept, merged, alice)
    assert merged_accounts.run(workspace) == 1
    made.refresh_from_db()
    assert (made.is_settled, made.events) == (True, 4)
    assert events() == {kept.number: 6, other.number: 1}
    counts()
    assert merged_accounts.run(workspace) == 0
    undo_merge(merge=made, by=alice)
    use(workspace, kept)
    assert merged_accounts.run(workspace) == 1
    assert events() == {kept.number: 3, merged.number: 4, other.number: 1}
    assert warehouse.scalar("select count() from account_moves") == 0
    assert sum(row[-1] for row in counts()) == sum(row[-1] for row in before) + 1


def test_an_undo_before_the_events_moved_moves_none(workspace, alice):
    kept, merged = make_account(workspace, "A"), make_account(workspace, "B")
    use(workspace, merged)
    undo_merge(merge=merge(kept, merged, alice), by=alice)
    merged_accounts.run(workspace)
    assert events() == {merged.number: 1}


def test_a_chain_goes_step_by_step_so_that_each_merge_can_be_taken_back(workspace, alice):
    a, b, c = (make_account(workspace, name) for name in "ABC")
    for account, count in ((a, 1), (b, 2), (c, 4)):
        use(workspace, account, count=count)
    first, second = merge(b, a, alice), merge(c, b, alice)
    merged_accounts.run(workspace)
    assert events() == {c.number: 7}
    undo_merge(merge=second, by=alice)
    merged_accounts.run(workspace)
    assert events() == {b.number: 3, c.number: 4}
    undo_merge(merge=first, by=alice)
    merged_accounts.run(workspace)
    assert events() == {a.number: 1, b.number: 2, c.number: 4}
    counts()


def test_events_that_were_on_their_way_follow(workspace, alice):
    kept, merged = make_account(workspace, "A"), make_account(workspace, "B")
    use(workspace, merged)
    made = merge(kept, merged, alice)
    merged_accounts.run(workspace)
    use(workspace, merged, "late")
    assert merged_accounts.run(workspace) == 1
    assert events() == {kept.number: 2}
    counts()
    undo_merge(merge=made, by=alice)
    merged_accounts.run(workspace)
    assert events() == {merged.number: 2}
    counts()


@pytest.mark.parametrize("step", [1, 2, 3, 4, 5, 7, 8])
def test_a_run_that_breaks_off_anywhere_is_made_good(workspace, alice, monkeypatch, step):
    kept, merged = make_account(workspace, "A"), make_account(workspace, "B")
    use(workspace, kept, count=2)
    use(workspace, merged, count=3)
    made = merge(kept, merged, alice)
    for wanted in ({kept.number: 5}, {kept.number: 2, merged.number: 3}):
        done, run = [], merged_accounts._run

        def breaking(name, done=done, run=run, **params):
            run(name, **params)
            done.append(name)
            if len(done) == step:
                raise KeyboardInterrupt

        monkeypatch.setattr(merged_accounts, "_run", breaking)
        with contextlib.suppress(KeyboardInterrupt):
            merged_accounts.run(workspace)
        monkeypatch.setattr(merged_accounts, "_run", run)
        merged_accounts.run(workspace)
        assert events() == wanted
        counts()
        if made.undone_at is None:
            undo_merge(merge=made, by=alice)


def test_when_a_merge_is_final_its_events_need_not_be_known(workspace, alice, frozen):
    kept, merged = make_account(workspace, "A"), make_account(workspace, "B")
    use(workspace, merged)
    merge(kept, merged, alice)
    merged_accounts.run(workspace)
    with clock.frozen(frozen + timedelta(days=8)):
        merged_accounts.run(workspace)
    assert warehouse.scalar("select count() from account_moves") == 0
    assert events() == {kept.number: 1}


class World:
    """A slow, plain account of what merges mean: rows and events have an owner, and merges are a pile."""

    def __init__(self, accounts):
        self.rows = {}  # name of a row or of an event: whose it is
        self.into = dict.fromkeys(accounts)
        self.merges = []  # (merge, kept, merged, what moved), open ones

    def now(self, account):
        while self.into[account] is not None:
            account = self.into[account]
        return account

    def alone(self):
        return [account for account, into in self.into.items() if into is None]

    def merge(self, key, kept, merged):
        moved = [name for name, owner in self.rows.items() if owner == merged]
        self.rows.update(dict.fromkeys(moved, kept))
        self.into[merged] = kept
        self.merges.append((key, kept, merged, moved))

    def able(self):
        """Merges with nothing later on the account that was kept."""
        found = []
        for place, (key, kept, *_rest) in enumerate(self.merges):
            later = any(other[1] == kept for other in self.merges[place + 1 :])
            if self.into[kept] is None and not later:
                found.append(key)
        return found

    def undo(self, key):
        place = next(n for n, each in enumerate(self.merges) if each[0] == key)
        _key, kept, merged, moved = self.merges.pop(place)
        self.rows.update({name: merged for name in moved if self.rows[name] == kept})
        self.into[merged] = None


def test_any_order_of_merges_and_undos_ends_where_a_plain_model_says(workspace, alice):
    draw = random.Random(20260325)
    for _example in range(12):
        _one_history(workspace, alice, draw, has_events=False)


def test_events_end_there_too_whenever_they_are_moved(workspace, alice):
    draw = random.Random(7)
    for _example in range(2):
        _one_history(workspace, alice, draw, has_events=True)
    counts()


@pytest.mark.torture
def test_many_histories(workspace, alice):
    draw = random.Random(11)
    for example in range(500):
        _one_history(workspace, alice, draw, has_events=example % 5 == 0)
    counts()


def _one_history(workspace, by, draw, has_events):
    accounts = {each.number: each for each in (make_account(workspace, f"A{n}") for n in range(5))}
    world = World(accounts)
    for _step in range(12):
        act = draw.choice(("merge", "merge", "undo", "write", "write", "run"))
        if act == "merge" and len(world.alone()) > 1:
            kept, merged = draw.sample(world.alone(), 2)
            made = merge(accounts[kept], accounts[merged], by)
            world.merge(made.pk, kept, merged)
        elif act == "undo" and world.able():
            key = draw.choice(world.able())
            undo_merge(merge=AccountMerge.objects.get(pk=key), by=by)
            world.undo(key)
        elif act == "write":
            number = world.now(draw.choice(list(accounts)))
            note = Note.objects.create(account=accounts[number], body="x")
            world.rows[f"note {note.pk}"] = number
            if has_events:
                event = {"at": NOON, "event": draw.choice("xyz"), "account": number, "message_id": f"of note {note.pk}"}
                put_events(workspace, event)
        elif act == "run" and has_events:
            merged_accounts.run(workspace)
    _compare(workspace, accounts, world, has_events)


def _compare(workspace, accounts, world, has_events):
    notes = Note.objects.filter(account__in=accounts.values())
    assert {f"note {pk}": number for pk, number in notes.values_list("pk", "account__number")} == world.rows
    mine = Account.objects.filter(number__in=accounts)
    assert sorted(mine.values_list("number", flat=True)) == sorted(world.alone())
    for number in accounts:
        row = Account.everyone.get(workspace=workspace, number=number)
        assert (row.merged_into.number if row.merged_into else number) == world.now(number)
    if has_events:
        merged_accounts.run(workspace)
        sql = "select message_id, account from events where account in {numbers:Array(UInt32)}"
        found = {message.removeprefix("of "): n for message, n in warehouse.rows(sql, numbers=list(accounts))}
        assert found == world.rows
