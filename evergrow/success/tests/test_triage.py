"""The inbox, many signals at once and undone, the ladder, the archive."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client

from conftest import NOON, make_member
from evergrow.customers.models import Account, TeamSeat, TimelineEntry
from evergrow.lib import clock
from evergrow.success import errors
from evergrow.success.actions import signals as actions
from evergrow.success.models import Playbook, Run, Signal, SignalAct, SignalState
from evergrow.success.risks import register
from evergrow.success.signals import archive, capacity, escalation, inbox, many, settings, standing, taking_back, tally
from evergrow.success.tests.conftest import raised
from evergrow.workspaces.absences import acts as absences
from evergrow.workspaces.models import AccountScope, Member, Role, Workspace
from evergrow.workspaces.notices.models import Notice
from evergrow.workspaces.tests.callers import caller

pytestmark = pytest.mark.usefixtures("frozen")
Accounts = Callable[..., Account]


@pytest.fixture
def five(make_account: Accounts) -> list[Signal]:
    """Two of health, three about contact; severities 3, 3, 2, 2, 1; the account of the first pays most."""
    kinds = [("health_fell", 3), ("health_fell", 3), ("no_contact", 2), ("no_contact", 2), ("no_contact", 1)]
    rows = [raised(make_account(n, mrr=1000 - n), kind, severity) for n, (kind, severity) in enumerate(kinds, start=1)]
    Signal.objects.update(first_seen_at=NOON, last_seen_at=NOON)
    return rows


def test_the_inbox_narrows_by_chips_counts_what_is_left_and_keeps_them_in_the_address(
    five: list[Signal], alice: Member, bob: Member
) -> None:
    actions.take_signal(signal=five[3], by=bob)
    chosen = inbox.read({"show": "triage", "kind": "no_contact", "severity": "9", "owner": "x", "q": ""})
    assert chosen == inbox.Filter(kind="no_contact")
    assert inbox.read({"owner": "²", "age": "99999999"}) == inbox.Filter()
    assert chosen.query == "kind=no_contact"
    assert list(inbox.rows(alice, chosen)) == [five[2], five[4]]
    counted = {"health_fell": 2, "no_contact": 2}, {2: 1, 1: 1}, 2
    assert inbox.counts(alice, chosen) == counted
    assert inbox.counts(alice, chosen, tally.read(alice)) == counted, "the tally of the page knows the same"
    assert list(inbox.rows(alice, inbox.Filter(q="brookbridge 1"))) == [five[0]]
    assert list(inbox.rows(alice, inbox.Filter(show="mine"))) == []
    assert list(inbox.rows(bob, inbox.Filter(show="mine"))) == [five[3]]
    assert list(inbox.rows(alice, inbox.Filter(show="open", rule="health-fell"))) == five[:2]
    assert inbox.tabs(alice) == {"triage": 4, "mine": 0, "escalated": 0, "working": 1, "snoozed": 0, "open": 5}
    later = {five[0].pk: NOON.date(), five[1].pk: NOON.date() + timedelta(days=1), five[2].pk: None}
    for pk, day in later.items():
        Signal.objects.filter(pk=pk).update(state=SignalState.SNOOZED, snoozed_until=day, escalated_to=bob)
    for member in (alice, bob):
        assert inbox.tabs(member) == {tab: inbox.shown(member, tab).count() for tab in tally.TABS}
    assert inbox.tabs(bob) == {"triage": 2, "mine": 1, "escalated": 3, "working": 1, "snoozed": 2, "open": 5}


def test_many_are_moved_together_and_taken_back_but_not_what_somebody_moved_since(
    five: list[Signal], alice: Member, bob: Member, carol: Member
) -> None:
    rows = Signal.objects.filter(pk__in=[each.pk for each in five])
    with pytest.raises(errors.ReasonNeeded):
        many.apply(rows=rows, wish=many.Wish("wrong"), by=bob)
    batch = many.apply(rows=rows, wish=many.Wish("wrong", reason="Import gone wrong"), by=bob)
    assert batch.count == 5
    assert TimelineEntry.objects.filter(kind="signal.false_positive").count() == 5
    with pytest.raises(errors.NothingChanged):
        many.apply(rows=rows, wish=many.Wish("resolve"), by=bob)
    Signal.objects.filter(pk=five[0].pk).update(state=SignalState.RESOLVED)
    again = raised(five[1].account)
    with clock.frozen(NOON + timedelta(days=2)), pytest.raises(errors.NoLongerUndone):
        taking_back.take_back(batch=batch, by=bob)
    assert taking_back.take_back(batch=batch, by=bob) == 3, "one was moved, of one the same is open again"
    assert again.is_open
    found = Signal.objects.get(pk=five[2].pk)
    assert (found.state, found.ended_at, found.end_reason, found.was_worked) == ("new", None, "", False)
    assert [move.act for move in found.moves.order_by("pk")] == [SignalAct.FALSE_POSITIVE, SignalAct.UNDONE]
    with pytest.raises(errors.NoLongerUndone):
        taking_back.take_back(batch=batch, by=bob)


def test_taking_assigning_putting_off_and_archiving_many_can_all_be_undone(
    five: list[Signal], alice: Member, bob: Member
) -> None:
    rows = Signal.objects.filter(pk__in=[each.pk for each in five[:3]])
    actions.take_signal(signal=five[0], by=alice)
    actions.begin_work(signal=five[0], by=alice)
    before = list(Signal.objects.order_by("pk").values("pk", "state", "owner", "snoozed_until", "archived_at"))
    wishes = [
        many.Wish("take"),
        many.Wish("assign", to=alice),
        many.Wish("snooze", until=date(2026, 4, 1)),
        many.Wish("archive", reason="Old"),
    ]
    for wish in wishes:
        batch = many.apply(rows=rows, wish=wish, by=bob)
        assert batch.count == 3
        assert taking_back.take_back(batch=batch, by=alice) == 3, "a manager takes back what others did"
        now = list(Signal.objects.order_by("pk").values("pk", "state", "owner", "snoozed_until", "archived_at"))
        assert now == before, wish.act


def test_many_given_to_somebody_away_go_to_the_stand_in_and_are_told_once(
    five: list[Signal], alice: Member, bob: Member
) -> None:
    day, olga = date(2026, 3, 25), make_member(bob.workspace, "Olga")
    away = absences.enter(member=bob, delegate=olga, starts_on=day, ends_on=day + timedelta(days=2), by=bob)
    many.apply(rows=Signal.objects.all(), wish=many.Wish("assign", to=bob), by=alice)
    assert set(Signal.objects.values_list("owner", flat=True)) == {olga.pk}
    told = Notice.objects.filter(member=olga, kind="signal.assigned")
    assert [str(each) for each in told] == ["Alice gave you 5 signals, because Bob is away"]
    with clock.frozen(NOON + timedelta(days=3)):
        absences.end_due(away.workspace)
    assert set(Signal.objects.values_list("owner", flat=True)) == {bob.pk}


def test_many_wait_for_a_condition_only_where_there_is_an_account_to_ask(
    five: list[Signal], workspace: Workspace, alice: Member
) -> None:
    risk = register.identify(workspace=workspace, by=alice, title="Key person leaves", category="people")
    facts = {"kind": "risk_review", "dedupe_key": "r", "severity": 1, "reason": {"en": "x"}, "risk": risk}
    alone = Signal.objects.create(workspace=workspace, evaluated_on=date(2026, 3, 25), **facts)
    wish = many.Wish("snooze", condition={"trait": "seats", "at_least": 10})
    assert many.apply(rows=Signal.objects.all(), wish=wish, by=alice).count == 5
    alone.refresh_from_db()
    assert alone.state == SignalState.NEW, "nothing would bring it back"


def test_a_playbook_is_started_for_many_and_its_runs_end_when_that_is_taken_back(
    five: list[Signal], alice: Member, make_playbook: Callable[..., Playbook]
) -> None:
    playbook = make_playbook("short", {"key": "a"})
    batch = many.apply(rows=Signal.objects.all(), wish=many.Wish("playbook", playbook=playbook), by=alice)
    assert (batch.count, Run.objects.filter(state="active").count()) == (5, 5)
    assert set(Signal.objects.values_list("state", flat=True)) == {"in_progress"}
    assert taking_back.take_back(batch=batch, by=alice) == 5
    assert not Run.objects.filter(state="active").exists()
    assert set(Signal.objects.values_list("state", flat=True)) == {"new"}


def test_what_nobody_works_on_climbs_to_the_manager_once_a_rung(
    five: list[Signal],
    workspace: Workspace,
    alice: Member,
    bob: Member,
    carol: Member,
    seat: Callable[..., TeamSeat],
) -> None:
    Member.objects.filter(pk=carol.pk).update(role=Role.MANAGER, team="east")
    Member.objects.filter(pk=bob.pk).update(team="east")
    Signal.objects.filter(pk__in=[five[0].pk, five[1].pk]).update(owner=bob)
    actions.take_signal(signal=five[1], by=bob)
    actions.begin_work(signal=five[1], by=bob)
    assert escalation.escalate(workspace) == 0, "too young"
    with clock.frozen(NOON + timedelta(days=2)):
        assert escalation.escalate(workspace) == 1, "work has begun on the other grave one"
        assert escalation.escalate(workspace) == 0
    signal = Signal.objects.get(pk=five[0].pk)
    assert (signal.escalation, signal.escalated_to, signal.owner) == (1, carol, bob)
    assert signal.moves.get().act == SignalAct.ESCALATED
    assert Notice.objects.filter(member=carol, kind="signal.escalated").count() == 1
    assert list(inbox.rows(carol, inbox.Filter(show="escalated"))) == [signal]
    with clock.frozen(NOON + timedelta(days=30)):
        assert escalation.escalate(workspace) == 1, "the second rung"


def test_a_ladder_looks_at_tier_and_severity_and_is_checked_when_it_is_set(
    five: list[Signal], workspace: Workspace, alice: Member, bob: Member
) -> None:
    rung = {"severity": 1, "tiers": ["vip"], "after": 1, "to": "member", "member": bob.pk}
    settings.set_limits(workspace=workspace, by=alice, ladder=[rung], most_open=20)
    Member.objects.filter(pk=bob.pk).update(scope=AccountScope.OWN)
    Account.objects.filter(pk=five[4].account_id).update(tier="vip")
    with clock.frozen(NOON + timedelta(days=1)):
        assert escalation.escalate(workspace) == 1
    assert Signal.objects.get(pk=five[4].pk).escalated_to == alice, "bob does not see the account"
    assert not Notice.objects.filter(member=bob).exists()
    assert capacity.settings_of(workspace).most_open == 20
    for wrong in ([{**rung, "to": "moon"}], [{**rung, "after": "x"}], [rung] * 9, [{**rung, "member": 0}]):
        with pytest.raises(errors.RuleWrong):
            settings.set_limits(workspace=workspace, by=alice, ladder=wrong)
    with pytest.raises(errors.RuleWrong):
        settings.set_limits(workspace=workspace, by=alice, warn_percent=0)


def test_page_and_api_set_the_same_ladder_of_up_to_eight_rungs(
    workspace: Workspace, alice: Member, bob: Member, sign_in: Callable[[Member], Client]
) -> None:
    api, path, json = caller(alice), "/api/v1/signal-limits", {"content_type": "application/json"}
    rungs = [{"after": n, "severity": 3} for n in range(1, 9)]
    told = api.patch(path, {"ladder": rungs, "most_open": 500}, **json).json()
    assert (told["most_open"], told["open"], len(told["ladder"])) == (500, 0, 8)
    refused = api.patch(path, {"ladder": [*rungs, rungs[0]]}, **json)
    assert (refused.status_code, refused.json()["type"]) == (422, "urn:evergrow:problem:RuleWrong")
    assert caller(bob).patch(path, {"most_open": 1}, **json).status_code == 403
    client, page = sign_in(alice), "/w/acme/signals/limits/"
    assert client.get(page).content.decode().count('name="after_') == 8
    typed = {f"{name}_{n}": value for n in range(7) for name, value in (("after", n + 1), ("severity", 2))}
    client.post(page, {"ladder": "1", **typed})
    assert [rung["after"] for rung in api.get(path).json()["ladder"]] == [1, 2, 3, 4, 5, 6, 7]


def test_the_archive_takes_by_age_state_rule_and_owner_and_by_itself_what_the_setting_says(
    five: list[Signal], workspace: Workspace, alice: Member, bob: Member
) -> None:
    actions.resolve_signal(signal=five[0], by=alice, reason="Called")
    actions.take_signal(signal=five[3], by=bob)
    with clock.frozen(NOON + timedelta(days=100)):
        assert list(archive.matching(alice, archive.What())) == [five[0]]
        assert set(archive.matching(alice, archive.What(state="open", rule="no-contact"))) == set(five[2:])
        assert list(archive.matching(alice, archive.What(state="open", owner=str(bob.pk)))) == [five[3]]
        assert not archive.matching(alice, archive.What(days=101)).exists()
        assert archive.by_setting(workspace) == 0
        settings.set_limits(workspace=workspace, by=alice, archive_closed_days=90, archive_untouched_days=90)
        assert archive.by_setting(workspace) == 4, "what bob took stays"
        assert archive.by_setting(workspace) == 0
        assert list(inbox.rows(alice, inbox.Filter(show="open"))) == [five[3]]
        assert inbox.rows(alice, inbox.Filter(show="archived")).count() == 4
    assert Signal.objects.get(pk=five[0].pk).state == SignalState.RESOLVED, "a closed one stays as it was closed"
    assert Signal.objects.get(pk=five[1].pk).state == SignalState.EXPIRED


def test_each_rule_shows_how_often_it_was_right_with_its_interval(
    five: list[Signal], workspace: Workspace, alice: Member
) -> None:
    for signal in five[2:]:
        actions.mark_false_positive(signal=signal, by=alice, reason="They wrote")
    actions.resolve_signal(signal=five[0], by=alice)
    found = {row.key: row.precision for row in standing.rows(workspace)}
    assert (found["no-contact"].share, found["health-fell"].share) == (0.0, 1.0)
    low, high = found["no-contact"].interval
    assert low == 0.0
    assert high == pytest.approx(0.5615, abs=1e-4)
    assert not found["no-contact"].is_poor, "three are not enough to be sure"
    assert standing.Precision(1, 9).is_poor


def test_members_move_only_signals_of_accounts_they_see(five: list[Signal], workspace: Workspace, bob: Member) -> None:
    Member.objects.filter(pk=bob.pk).update(scope=AccountScope.OWN)
    bob.refresh_from_db()
    with pytest.raises(errors.NothingChosen):
        many.apply(rows=inbox.rows(bob, inbox.Filter(show="open")), wish=many.Wish("take"), by=bob)


@pytest.mark.once
def test_the_inbox_answers_parts_to_htmx_and_whole_pages_without_it(
    five: list[Signal], alice: Member, sign_in: Callable[..., object]
) -> None:
    client = sign_in(alice)
    page = client.get(f"/w/acme/signals/?kind=no_contact&signal={five[3].pk}").content.decode()
    assert "Brookbridge 4" in page
    assert f'data-signal="{five[3].pk}"' in page
    part = client.get(
        f"/w/acme/signals/?signal={five[0].pk}", headers={"HX-Request": "true", "HX-Target": "signal-pane"}
    ).content.decode()
    assert part.lstrip().startswith("<article")
    sent = {"move": "take", "current": five[0].pk, "following": five[1].pk}
    answer = client.post(f"/w/acme/signals/{five[0].pk}/moves/", sent, headers={"HX-Request": "true"}).content.decode()
    assert f'data-signal="{five[1].pk}"' in answer, "the next one is shown"
    assert "Done: Health fell" in answer
    shown = client.get(f"/w/acme/signals/{five[1].pk}/playbook/").content.decode()
    assert "data-start" in shown
    for path in ("rules/", "rules/?retired", "rules/no-contact/", "limits/", "archive/?state=open&days=0"):
        assert client.get(f"/w/acme/signals/{path}").status_code == 200
    every = {"move": "resolve", "all": "1", "kind": "no_contact", "reason": "Called all"}
    told = client.post("/w/acme/signals/moves/", every, follow=True).content.decode()
    assert "3 signals changed." in told
    assert "Undo" in told


@pytest.mark.once
def test_an_act_on_a_later_page_stays_on_that_page_and_in_its_tab(
    five: list[Signal], alice: Member, sign_in: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "PER_PAGE", 2)
    client, order = sign_in(alice), list(inbox.rows(alice, inbox.Filter(show="open")))
    assert 'name="page" value="2"' in client.get("/w/acme/signals/?show=open&page=2").content.decode()
    sent = {"move": "take", "current": order[2].pk, "following": order[3].pk, "page": "2", "show": "open"}
    answer = client.post(f"/w/acme/signals/{order[2].pk}/moves/", sent, headers={"HX-Request": "true"})
    shown = answer.content.decode()
    assert [f'data-row="{each.pk}"' in shown for each in order] == [False, False, True, True, False]
    assert 'href="?show=open&amp;page=3"' in shown
    assert answer["HX-Replace-Url"].endswith(f"signal={order[3].pk}&page=2")
