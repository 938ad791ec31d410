"""Raising once, counting repeats, resting after a close, passing by itself; run twice, nothing doubles."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from conftest import NOON
from evergrow.customers.models import Account, TeamSeat, TimelineEntry
from evergrow.lib import clock
from evergrow.success import errors
from evergrow.success.actions import raise_signals, runs
from evergrow.success.actions import signals as actions
from evergrow.success.actions.daily import wake
from evergrow.success.models import Playbook, Signal, SignalKind, SignalState
from evergrow.success.queries import signals_to_triage
from evergrow.success.rules import Finding, Rule, Seen, Watch
from evergrow.workspaces.models import AuditEntry, Member, Workspace

pytestmark = pytest.mark.usefixtures("frozen")


class Condition:
    """A rule whose findings the test decides."""

    def __init__(self) -> None:
        self.holds_for: list[Account] = []
        self.unknown: list[Account] = []
        self.severity = 2

    def look(self, watch: Watch) -> Seen:
        said = {"zh": "出事了", "en": "Something happened"}
        found = [Finding(a.pk, self.severity, said, [{"zh": "一", "en": "one"}]) for a in self.holds_for]
        return Seen(found, frozenset(a.pk for a in self.unknown))

    def evaluate(self, workspace: Workspace, day: int = 0) -> dict[str, int]:
        rule = Rule(SignalKind.TICKET, 7, self.look, {}, cool_down_days=10, clear_after=2)
        with clock.frozen(NOON + timedelta(days=day)):
            return {k: n for k, n in raise_signals(workspace, rules=[rule]).items() if n}


@pytest.fixture
def condition(account: Account) -> Condition:
    made = Condition()
    made.holds_for = [account]
    return made


def test_a_finding_becomes_one_signal_for_the_success_manager(
    condition: Condition, workspace: Workspace, account: Account, bob: Member, seat: Callable[..., TeamSeat]
) -> None:
    seat(account, "csm", bob)
    assert condition.evaluate(workspace) == {"raised": 1}
    signal = Signal.objects.get()
    assert (signal.owner, signal.state, signal.rule_version) == (bob, SignalState.NEW, 7)
    assert signal.due_on == date(2026, 3, 30), "three working days after Wednesday"
    assert TimelineEntry.objects.filter(account=account, kind="signal.raised").count() == 1
    assert AuditEntry.objects.filter(verb="signals.evaluated").count() == 1


def test_twice_on_a_day_changes_nothing_and_the_next_day_counts_up(condition: Condition, workspace: Workspace) -> None:
    condition.evaluate(workspace)
    assert condition.evaluate(workspace) == {"repeated": 1}
    assert Signal.objects.get().occurrences == 1
    condition.severity = 3
    condition.evaluate(workspace, day=1)
    condition.evaluate(workspace, day=1)
    signal = Signal.objects.get()
    assert (signal.occurrences, signal.severity) == (2, 3)
    assert TimelineEntry.objects.filter(kind="signal.raised").count() == 1


def test_it_passes_by_itself_after_enough_quiet_days_only(condition: Condition, workspace: Workspace) -> None:
    condition.evaluate(workspace)
    condition.holds_for = []
    condition.evaluate(workspace, day=1)
    condition.evaluate(workspace, day=1)
    assert Signal.objects.get().state == SignalState.NEW, "one quiet day, looked at twice"
    assert condition.evaluate(workspace, day=2) == {"expired": 1}
    assert Signal.objects.get().state == SignalState.EXPIRED


def test_a_day_with_the_condition_back_begins_the_count_anew(
    condition: Condition, workspace: Workspace, account: Account
) -> None:
    condition.evaluate(workspace)
    for day, holds in [(1, False), (2, True), (3, False)]:
        condition.holds_for = [account] if holds else []
        condition.evaluate(workspace, day=day)
    assert Signal.objects.get().state == SignalState.NEW


def test_missing_data_neither_raises_nor_clears(condition: Condition, workspace: Workspace, account: Account) -> None:
    condition.evaluate(workspace)
    condition.holds_for, condition.unknown = [], [account]
    for day in (1, 2, 3, 4):
        assert condition.evaluate(workspace, day=day) == {}
    assert Signal.objects.get().state == SignalState.NEW


def test_human_work_keeps_it_open(condition: Condition, workspace: Workspace, alice: Member) -> None:
    condition.evaluate(workspace)
    actions.take_signal(signal=Signal.objects.get(), by=alice)
    condition.holds_for = []
    for day in (1, 2, 3):
        condition.evaluate(workspace, day=day)
    signal = Signal.objects.get()
    assert (signal.state, signal.clear_count) == (SignalState.ACKNOWLEDGED, 3)


def test_closed_within_the_cool_down_it_stays_away_and_later_it_is_new(
    condition: Condition, workspace: Workspace, alice: Member
) -> None:
    condition.evaluate(workspace)
    actions.resolve_signal(signal=Signal.objects.get(), by=alice, reason="Called them")
    assert condition.evaluate(workspace, day=9) == {"suppressed": 1}
    assert condition.evaluate(workspace, day=11) == {"raised": 1}
    assert Signal.objects.count() == 2


def test_a_false_positive_needs_a_reason_and_rests_longer(
    condition: Condition, workspace: Workspace, alice: Member
) -> None:
    condition.evaluate(workspace)
    signal = Signal.objects.get()
    with pytest.raises(errors.ReasonNeeded):
        actions.mark_false_positive(signal=signal, by=alice, reason="")
    actions.mark_false_positive(signal=signal, by=alice, reason="Holiday")
    assert condition.evaluate(workspace, day=59) == {"suppressed": 1}
    assert condition.evaluate(workspace, day=61) == {"raised": 1}
    with pytest.raises(errors.SignalAlreadyClosed, match="False positive"):
        actions.take_signal(signal=signal, by=alice)


def test_snoozed_it_leaves_triage_and_returns_on_its_day(
    condition: Condition, workspace: Workspace, alice: Member
) -> None:
    condition.evaluate(workspace)
    signal = Signal.objects.get()
    with pytest.raises(errors.DateInThePast):
        actions.snooze_signal(signal=signal, by=alice, until=date(2026, 3, 25))
    actions.snooze_signal(signal=signal, by=alice, until=date(2026, 3, 27))
    assert not signals_to_triage(alice).exists()
    with clock.frozen(datetime(2026, 3, 27, 1, tzinfo=UTC)):
        assert wake(workspace=workspace)["signals"] == 1
        assert wake(workspace=workspace)["signals"] == 0
        assert signals_to_triage(alice).count() == 1


def test_a_playbook_started_for_it_puts_it_to_work(
    condition: Condition, workspace: Workspace, account: Account, alice: Member
) -> None:
    condition.evaluate(workspace)
    signal = Signal.objects.get()
    save = Playbook.objects.get(workspace=workspace, key="save")
    run = runs.start_run(account=account, playbook=save, by=alice, signal=signal)
    signal.refresh_from_db()
    assert (signal.state, signal.owner) == (SignalState.IN_PROGRESS, alice)
    assert run.tasks.filter(signal=signal).count() == 10
    assert not signals_to_triage(alice).exists()


def test_viewers_and_strangers_decide_nothing(
    condition: Condition, workspace: Workspace, alice: Member, carol: Member, mallory: Member
) -> None:
    condition.evaluate(workspace)
    signal = Signal.objects.get()
    with pytest.raises(PermissionDenied):
        actions.take_signal(signal=signal, by=carol)
    with pytest.raises(errors.NotAColleague):
        actions.take_signal(signal=signal, by=alice, to=mallory)
    assert not signals_to_triage(mallory).exists()
