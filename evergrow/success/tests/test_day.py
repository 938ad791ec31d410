"""My day: one list over all kinds of work, what a person does to it, focus, what was done, the load."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import translation

from conftest import make_member
from evergrow.customers.models import Account, Affiliation, MaskRule, Note, Person, Visit, VisitGuest, VisitState
from evergrow.customers.visits import mentions
from evergrow.health.models import AccountHealth
from evergrow.lib import clock
from evergrow.success import errors
from evergrow.success.actions import approvals, runs, tasks
from evergrow.success.day import absence, done, load, marks, morning, sources
from evergrow.success.day.listing import Listing, ask, listing, one
from evergrow.success.day.settings import PointsOutOfRange, set_capacity, set_rule
from evergrow.success.day.sources import Row, Source
from evergrow.success.models import DayMark, Playbook, Signal, SignalState, Task
from evergrow.success.risks import rescuing
from evergrow.success.signals import many, taking_back
from evergrow.success.tests.conftest import raised
from evergrow.workspaces.models import AccountScope, AuditEntry, Member, Role, Workspace
from evergrow.workspaces.notices.models import Notice
from evergrow.workspaces.tests.callers import caller

pytestmark = pytest.mark.usefixtures("frozen")
SignIn = Callable[[Member], Client]
TODAY = date(2026, 3, 25)


def keys(found: Listing) -> list[str]:
    return [item.key for item in found.items]


def mine(member: Member) -> Listing:
    return listing(ask(member))


@pytest.fixture
def everything(
    make_account: Callable[..., Account],
    seat: Callable[..., Any],
    make_playbook: Callable[..., Playbook],
    alice: Member,
) -> dict[str, Any]:
    """A task, a signal nobody took, an approval bob asks for and a renewal without work, all of alice."""
    accounts = {n: make_account(n, mrr=1000 * n, renews_on=TODAY + timedelta(20 * n)) for n in (1, 2, 3)}
    for account in accounts.values():
        seat(account, "csm", alice)
    bob = make_member(alice.workspace, "Bert", Role.MANAGER)
    task = tasks.add_task(account=accounts[3], name="Call back", by=alice, due_on=TODAY - timedelta(1))
    signal = raised(accounts[2])
    run = runs.start_run(account=accounts[3], playbook=make_playbook("ok", {"key": "a", "kind": "approval"}), by=bob)
    approval = approvals.ask_approval(task=run.tasks.get(), by=bob, evidence="10% for two years")
    return {"accounts": accounts, "task": task, "signal": signal, "approval": approval, "bob": bob}


def test_one_list_over_tasks_signals_approvals_and_renewals(everything: dict[str, Any], alice: Member) -> None:
    task, signal, approval = everything["task"], everything["signal"], everything["approval"]
    found = mine(alice)
    assert set(keys(found)) == {
        f"task:{task.pk}",
        f"signal:{signal.pk}",
        f"approval:{approval.pk}",
        f"renewal:{everything['accounts'][1].pk}",
        f"renewal:{everything['accounts'][2].pk}",
    }
    assert f"approval:{approval.pk}" not in keys(mine(everything["bob"])), "nobody approves their own request"
    assert f"task:{approval.pk}" not in keys(found), "what awaits approval is no work of its owner"


def test_visits_wait_until_they_are_written_down_and_only_for_who_takes_part(
    make_account: Callable[..., Account], alice: Member, sign_in: SignIn
) -> None:
    account, workspace = make_account(1, mrr=1000), alice.workspace
    bob, eve = make_member(workspace, "Bert"), make_member(workspace, "Eve", scope=AccountScope.OWN)

    def visit(state: VisitState, days: int, **fields: Any) -> Visit:
        on = TODAY + timedelta(days)
        return Visit.everything.create(account=account, author=alice, state=state, happened_on=on, **fields)

    planned, over = visit(VisitState.PLANNED, 3, title="Quarterly review"), visit(VisitState.PLANNED, -1)
    draft = visit(VisitState.DRAFT, 0)
    for state, days in ((VisitState.LOGGED, -1), (VisitState.CANCELLED, 1), (VisitState.PLANNED, 15)):
        visit(state, days)
    VisitGuest.objects.create(visit=planned, member=bob)
    assert [key for key in keys(mine(alice)) if key.startswith("visit")] == [
        f"visit:{each.pk}" for each in (over, draft, planned)
    ]
    assert keys(mine(bob)) == [f"visit:{planned.pk}"], "a guest has it too, and nobody else's draft"
    assert keys(listing(ask(eve, "all"))) == []
    client = sign_in(alice)
    page = client.get("/w/acme/tasks/").content.decode()
    assert "Quarterly review" in page
    assert "to be written down" in page
    month = client.get("/w/acme/tasks/calendar/?month=2026-03").content.decode()
    assert "Quarterly review" in month


def test_a_mention_waits_until_it_is_read(make_account: Callable[..., Account], alice: Member, sign_in: SignIn) -> None:
    account, bob = make_account(1), make_member(alice.workspace, "Bert", Role.MANAGER)
    mentions.tell("@Alice please look", account, by=bob, url="/w/acme/accounts/1/", about="note:1")
    notice = Notice.objects.get(member=alice)
    assert keys(mine(alice)) == [f"mention:{notice.pk}"]
    assert keys(listing(ask(bob, "all"))) == [], "it is the named one's alone"
    client, read = sign_in(alice), f"/w/acme/notices/{notice.pk}/read/"
    assert "please look" in client.get("/w/acme/tasks/").content.decode()
    assert client.post(read, {"next": "https://evil.example/"})["Location"] == "/w/acme/notices/"
    assert client.post(read, {"next": "/w/acme/tasks/"})["Location"] == "/w/acme/tasks/"
    assert keys(mine(alice)) == []


def test_the_page_says_why_in_words_of_both_languages(
    everything: dict[str, Any], alice: Member, sign_in: SignIn
) -> None:
    account = everything["accounts"][3]
    AccountHealth.objects.create(
        account=account, workspace=alice.workspace, version=_card(alice.workspace), as_of=TODAY, band="risk", score=38
    )
    client = sign_in(alice)
    page = client.get("/w/acme/tasks/").content.decode()
    for words in ("overdue 1 working day", "¥3K MRR", "renewal in 60 days", "at risk", "asked by Bert"):
        assert words in page, words
    assert "nothing is under way" in page
    client.cookies["evergrow_language"] = "zh-hans"
    page = client.get("/w/acme/tasks/?sort=due").content.decode()
    for words in ("逾期 1 个工作日", "60 天后续约", "由 Bert 申请"):
        assert words in page, words
    for query in ("sort=account", "kind=signal", "whose=all&sort=due", "item=none"):
        assert client.get(f"/w/acme/tasks/?{query}").status_code == 200, query


def _card(workspace: Workspace) -> Any:
    from evergrow.health.models import Scorecard, ScorecardVersion

    card = Scorecard.objects.filter(workspace=workspace).first() or Scorecard.objects.create(workspace=workspace)
    return card.versions.first() or ScorecardVersion.objects.create(scorecard=card, number=1, definition={})


def test_a_member_sees_only_what_they_may_see(everything: dict[str, Any], workspace: Workspace) -> None:
    eve = make_member(workspace, "Eve", scope=AccountScope.OWN)
    assert keys(listing(ask(eve, "all"))) == []
    assert one(ask(eve, "all"), f"task:{everything['task'].pk}") is None
    for key in ("task:0", "task:x", "nothing:1", "", "task:99999999999999999999"):
        assert one(ask(eve, "all"), key) is None


def test_pin_and_put_off_are_ones_own_but_tasks_and_signals_sleep_for_all(
    everything: dict[str, Any], alice: Member, sign_in: SignIn
) -> None:
    task, signal = everything["task"], everything["signal"]
    renewal = f"renewal:{everything['accounts'][1].pk}"
    client = sign_in(alice)

    def send(key: str, act: str, **fields: str) -> Any:
        return client.post("/w/acme/tasks/marks/", {"key": key, "act": act, **fields}, follow=True)

    send(renewal, "pin")
    assert keys(mine(alice))[0] == renewal
    send(renewal, "unpin")
    assert keys(mine(alice))[0] != renewal
    assert "is not after today" in send(renewal, "postpone", until="2026-03-25").content.decode()
    for key in (renewal, f"task:{task.pk}", f"signal:{signal.pk}"):
        send(key, "postpone", until="2026-03-27")
    assert len(keys(mine(alice))) == 2
    task.refresh_from_db()
    signal.refresh_from_db()
    assert (task.snoozed_until, signal.state) == (date(2026, 3, 27), SignalState.SNOOZED)
    page = client.get("/w/acme/tasks/?show=snoozed").content.decode()
    assert "Call back" in page
    assert "Prepare the renewal" in page
    send(renewal, "back")
    assert renewal in keys(mine(alice))
    assert set(AuditEntry.objects.filter(verb__startswith="day.").values_list("verb", flat=True)) == {
        "day.pinned",
        "day.unpinned",
        "day.postponed",
        "day.brought_back",
    }
    assert client.post("/w/acme/tasks/marks/", {"key": "task:1000000", "act": "pin"}).status_code == 404


def test_a_viewer_may_pin_but_not_put_work_off(everything: dict[str, Any], carol: Member) -> None:
    key = f"task:{everything['task'].pk}"
    source, row = one(ask(carol, "all"), key)  # type: ignore[misc]
    marks.pin(key=key, row=row, by=carol)
    assert DayMark.objects.get().member == carol
    with pytest.raises(Exception, match="ability"):
        marks.postpone(source=source, key=key, row=row, by=carol, until=date(2026, 3, 30))


def test_focus_shows_one_item_with_contacts_and_last_touch_and_goes_on_when_passed_over(
    everything: dict[str, Any], alice: Member, sign_in: SignIn
) -> None:
    account = everything["accounts"][3]
    person = Person.objects.create(workspace=alice.workspace, number=1, name="Daniel Moore", phone="+44 20 7946 0018")
    Affiliation.objects.create(account=account, person=person, is_key=True, influence="decides", title="CIO")
    from evergrow.customers.actions.notes import add_note

    add_note(account=account, body="They want single sign-on", by=alice)
    client = sign_in(alice)
    page = client.get(f"/w/acme/tasks/focus/?item=task:{everything['task'].pk}").content.decode()
    for words in ("Call back", "Daniel Moore", "CIO", "tel:+44 20 7946 0018", "They want single sign-on"):
        assert words in page, words
    MaskRule.objects.create(workspace=alice.workspace, field="phone", roles=["admin"])
    assert "7946 0018" not in client.get(f"/w/acme/tasks/focus/?item=task:{everything['task'].pk}").content.decode()
    seen = []
    for _ in range(5):
        shown = client.get("/w/acme/tasks/focus/").context["item"].key
        seen.append(shown)
        client.post("/w/acme/tasks/marks/", {"key": shown, "act": "skip"})
    assert len(set(seen)) == 5
    assert client.get("/w/acme/tasks/focus/").context["item"].key == seen[0], "the first passed over comes round again"


def test_what_i_did_today_is_told_and_counts_towards_the_day(
    everything: dict[str, Any], alice: Member, bob: Member, sign_in: SignIn
) -> None:
    client = sign_in(alice)
    before = client.get("/w/acme/tasks/").context["progress"]
    tasks.finish_task(task=everything["task"], by=alice)
    approvals.decide_approval(task=everything["approval"], by=alice, approved=True)
    other = tasks.add_task(account=everything["accounts"][1], name="Not hers", by=bob)
    tasks.finish_task(task=other, by=bob)
    answer = client.get("/w/acme/tasks/")
    progress = answer.context["progress"]
    assert (progress.settled, progress.left) == (2, before.left - 1), "the approval was due tomorrow only"
    told = answer.content.decode()
    assert "What I did today" in told
    assert "Not hers" not in told
    Task.objects.filter(pk=everything["task"].pk)
    tasks.reopen_task(task=everything["task"], by=alice)
    assert client.get("/w/acme/tasks/").context["progress"].settled == 1


def test_signals_closed_together_count_each_until_they_are_taken_back(
    make_account: Any, alice: Member, bob: Member
) -> None:
    for n in range(3):
        raised(make_account(n), "no_contact", 2)
    rows = Signal.objects.order_by("pk")
    many.apply(rows=rows, wish=many.Wish("take"), by=alice)
    assert done.days_work(alice).settled == 0, "taken is not done"
    batch = many.apply(rows=rows, wish=many.Wish("resolve", reason="Called them all"), by=alice)
    work = done.days_work(alice)
    assert (work.settled, [deed.verb for deed in work.deeds]) == (3, ["signals.moved_together"] * 2)
    assert [count for words, count in work.counts if "together" in words] == [6]
    taking_back.take_back(batch=batch, by=alice)
    assert done.days_work(alice).settled == 0
    assert done.days_work(bob).settled == 0


@pytest.fixture
def cakes(workspace: Workspace) -> Iterator[None]:
    """A kind of item that another room registers."""

    def rows(_asked: Any, keys: Any) -> dict[int, Row]:
        return {key: Row(None, f"Bake cake {key}", "/cakes/", "cake") for key in keys if key < 3}

    facts = [sources.Fact("cake:1"), sources.Fact("cake:2"), sources.Fact("cake:3")]
    detail = "success/day/details/empty.html"
    sources.register(Source("cake", "Cakes", "cake", lambda _asked: facts, rows, detail=detail, acts=detail))
    yield
    del sources._sources["cake"]


@pytest.mark.usefixtures("cakes")
def test_another_room_puts_its_kind_into_the_list(alice: Member, sign_in: SignIn) -> None:
    page = sign_in(alice).get("/w/acme/tasks/").content.decode()
    assert "Bake cake 1" in page
    assert "Cakes" in page
    assert "Bake cake 3" not in page, "an item whose row is gone is left out"


def test_the_list_asks_a_fixed_number_of_times_however_long_it_is(
    make_account: Callable[..., Account], alice: Member, sign_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    for number in range(1, 41):
        account = make_account(number)
        tasks.add_task(account=account, name=f"Call {number}", by=alice, due_on=TODAY)
        raised(account)
    client = sign_in(alice)
    for address in ("tasks/?whose=all", "tasks/focus/", "tasks/load/"):
        with django_assert_max_num_queries(45):
            assert client.get(f"/w/acme/{address}").status_code == 200


def test_load_is_points_by_kind_and_tier_against_capacity_and_absence(
    make_account: Callable[..., Account], alice: Member, bob: Member, workspace: Workspace
) -> None:
    plain, vip = make_account(1), make_account(2, tier="vip")
    tasks.add_task(account=plain, name="Call", by=alice, kind="call", due_on=TODAY - timedelta(9))
    tasks.add_task(account=vip, name="Meet", by=alice, kind="meeting", due_on=date(2026, 3, 28))  # a Saturday
    tasks.add_task(account=plain, name="Some day", by=alice)
    points = {"call": 1.0, "meeting": 4.0, "task": 2.0, "message": 1.0, "approval": 1.0, "wait": 0.0}
    set_rule(workspace=workspace, points=points, factors={"vip": 2.0}, capacity=6, by=alice)
    set_capacity(member=bob, points=3, by=alice)
    found = {row.member: row for row in load.of_members(alice, [alice, bob])}
    assert [day.day for day in found[alice].days] == [date(2026, 3, day) for day in (25, 26, 27, 30, 31)]
    assert [day.points for day in found[alice].days] == [1, 0, 0, 8, 0]
    assert (found[alice].overdue, found[alice].later, found[alice].capacity) == (1, 1, 30)
    assert (found[bob].points, found[bob].capacity) == (0, 15)
    absence.register(_away_from_friday)
    try:
        away = load.of_members(alice, [bob])[0]
        assert [day.capacity for day in away.days] == [3, 3, 0, 0, 3]
    finally:
        absence._tellers.remove(_away_from_friday)
    with pytest.raises(PointsOutOfRange):
        set_rule(workspace=workspace, points={"call": float("nan")}, factors={}, capacity=6, by=alice)
    with pytest.raises(errors.Refused, match="from 0 to"):
        set_capacity(member=bob, points=-1, by=alice)


def _away_from_friday(_workspace: Workspace, members: list[int], start: date, end: date) -> dict[int, list[date]]:
    return {member: [date(2026, 3, 27), date(2026, 3, 30)] for member in members}


def test_the_load_page_says_who_has_too_much_and_managers_set_the_points(
    account: Account, alice: Member, bob: Member, sign_in: SignIn
) -> None:
    for number in range(8):
        tasks.add_task(account=account, name=f"Meet {number}", by=bob, kind="meeting", due_on=TODAY)
    client = sign_in(alice)
    form = {f"points-{kind}": "10" for kind in ("task", "call", "meeting", "message", "approval", "wait")}
    client.post("/w/acme/tasks/load/rule/", {**form, "capacity": "12", "factor-vip": "1.5"})
    assert "1 colleague has more than they can do." in client.get("/w/acme/tasks/load/").content.decode()
    client.post("/w/acme/tasks/load/rule/", {"member": str(bob.pk), "capacity": "40"})
    assert "more than they can do" not in client.get("/w/acme/tasks/load/").content.decode()
    refused = client.post("/w/acme/tasks/load/rule/", {**form, "capacity": "much"}, follow=True)
    assert "is not a number" in refused.content.decode()
    assert sign_in(bob).post("/w/acme/tasks/load/rule/", form).status_code == 403


def test_the_same_through_the_api(everything: dict[str, Any], alice: Member, bob: Member) -> None:
    client, sent = caller(alice), {"content_type": "application/json"}
    found = client.get("/api/v1/day").json()
    assert found["total"] == 5
    first = found["items"][0]
    assert first["rank"] == pytest.approx(sum(first["parts"].values()) / first["effort"], abs=0.01)
    last = found["items"][-1]["key"]
    assert client.put(f"/api/v1/day/{last}/pin", **sent).status_code == 204
    assert client.get("/api/v1/day").json()["items"][0]["key"] == last
    assert client.put(f"/api/v1/day/{last}/postponement", {"until": "2026-03-30"}, **sent).status_code == 204
    assert client.get("/api/v1/day").json()["total"] == 4
    tasks.finish_task(task=everything["task"], by=alice)
    assert "task.done" in [deed["verb"] for deed in client.get("/api/v1/day/done").json()["deeds"]]
    rule = client.put("/api/v1/load/rule", {"points": {"call": 3}, "capacity": 9}, **sent).json()
    assert (rule["points"]["call"], rule["points"]["meeting"], rule["capacity"]) == (3, 4, 9)
    assert {row["member"] for row in client.get("/api/v1/load").json()} >= {alice.pk, bob.pk}
    assert caller(bob).put("/api/v1/load/rule", {"points": {}, "capacity": 9}, **sent).status_code == 403
    assert Signal.objects.count() == 1
    assert Note.objects.count() == 0


def test_a_rescue_wants_a_next_step_until_work_begins_and_what_was_escalated_to_me_is_mine(
    everything: dict[str, Any], alice: Member
) -> None:
    account, bob = everything["accounts"][1], everything["bob"]
    rescue = rescuing.begin(account=account, by=alice, reasons=["price"], owner=bob)
    Signal.objects.filter(pk=everything["signal"].pk).update(escalated_to=bob)
    found = keys(mine(bob))
    assert {f"rescue:{rescue.pk}", f"signal:{everything['signal'].pk}"} <= set(found)
    assert f"renewal:{account.pk}" not in keys(mine(alice)), "the rescue looks after it"
    row = one(ask(bob), f"rescue:{rescue.pk}")
    assert row is not None
    assert list(row[1].why) == ["At risk for 0 days", "nothing is under way"]
    tasks.add_task(account=account, name="Call", by=bob)
    assert f"rescue:{rescue.pk}" not in keys(mine(bob))


MORNING = datetime(2026, 3, 25, 8, 5, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.mark.once
def test_each_working_morning_tells_what_is_due_once_and_nobody_on_days_off_or_away(
    workspace: Workspace, account: Account, alice: Member, bob: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    with clock.frozen(MORNING - timedelta(days=1)):
        late = tasks.add_task(account=account, name="Call them", by=alice, due_on=TODAY - timedelta(days=2))
        tasks.add_task(account=account, name="Later", by=alice, due_on=TODAY + timedelta(days=9))
        assert morning.tell_all(workspace) == 1
    with clock.frozen(MORNING):
        assert (morning.tell_all(workspace), morning.tell_all(workspace)) == (1, 0), "alice, once; bob has nothing due"
    earlier, brief = Notice.objects.filter(kind=morning.BRIEF).order_by("pk")
    assert (brief.member, str(brief)) == (alice, "1 thing for today, 1 of them overdue: Call them · Brookbridge 1")
    with translation.override("zh-hans"):
        assert str(brief) == "今天 1 件，其中 1 件逾期：Call them · Brookbridge 1"
    assert earlier.read_at is not None
    assert brief.read_at is None
    saturday, noon = MORNING + timedelta(days=3), MORNING + timedelta(hours=4)
    for moment in (saturday, noon + timedelta(days=1)):
        with clock.frozen(moment):
            assert morning.tell_all(workspace) == 0
    monkeypatch.setattr(absence, "_tellers", [lambda _w, members, start, _end: {key: [start] for key in members}])
    with clock.frozen(MORNING + timedelta(days=1)):
        assert morning.tell_all(workspace) == 0, "alice is away"
        monkeypatch.setattr(absence, "_tellers", [])
        tasks.finish_task(task=late, by=alice)
        assert morning.tell_all(workspace) == 0, "nothing is due any more"
