"""Triggers: what fires when, never twice, held in check; against a plain reading of the same rules."""

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from evergrow.customers import criteria
from evergrow.customers.models import Account
from evergrow.lib import clock
from evergrow.success.actions import playbooks as playbook_actions
from evergrow.success.actions import runs
from evergrow.success.models import Firing, Playbook, Run, Trigger, TriggerState
from evergrow.success.tests.test_same_moment import at_once
from evergrow.success.triggers import actions, evaluating, knowing, start_rules, starting
from evergrow.success.triggers.definition import NotReadable
from evergrow.success.triggers.judging import held_out
from evergrow.success.triggers.looking import Seen
from evergrow.workspaces.models import Member, Workspace

NOON = datetime(2026, 3, 25, 4, 0, tzinfo=UTC)
DAY = timedelta(days=1)
pytestmark = pytest.mark.usefixtures("warehouse_db")
NEW: dict[str, Any] = {"existing": False, "most": None}


def trigger(playbook: Playbook, name: str = "Rule", **data: Any) -> Trigger:
    made = actions.create_trigger(playbook=playbook, name={"en": name}, data={**NEW, **data}, by=None)
    actions.publish(trigger=made, by=None)
    return made


class Scene:
    """Who meets the criteria, told instead of asked: accounts by number, certain or only possible."""

    def __init__(self) -> None:
        self.certain: set[int] = set()
        self.unsure: set[int] = set()
        self.by_trigger: dict[int, tuple[set[int], set[int]]] = {}

    def look(self, workspace: Workspace, rules: Any, accounts: Any) -> list[Seen]:
        return [self._seen(accounts, self.certain, self.unsure) for _ in rules]

    @staticmethod
    def _seen(accounts: Any, certain: set[int], unsure: set[int]) -> Seen:
        found, more = (np.array(sorted(each), np.int64) for each in (certain, certain | unsure))
        return Seen(accounts.of(found), accounts.of(more))


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Scene:
    made = Scene()
    monkeypatch.setattr(evaluating, "look", made.look)
    return made


@pytest.fixture
def playbook(make_playbook: Callable[..., Playbook]) -> Playbook:
    return make_playbook("short", {"key": "a"}, {"key": "b", "after": ["a"]})


def look(workspace: Workspace, scene: Scene, at: datetime, *certain: int, unsure: set[int] | None = None) -> list[str]:
    """Evaluate at a moment; ``account:occurrence:state or reason`` of what is new."""
    scene.certain, scene.unsure = set(certain), unsure or set()
    last = Firing.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    with clock.frozen(at):
        evaluating.evaluate(workspace)
    rows = Firing.objects.filter(pk__gt=last).order_by("account__number").select_related("account")
    return [f"{row.account.number}:{row.occurrence}:{row.reason or row.state}" for row in rows]


# What fires


@pytest.mark.django_db
def test_coming_in_fires_and_who_was_there_before_only_when_chosen(
    workspace: Workspace, make_account: Callable[..., Account], playbook: Playbook, scene: Scene
) -> None:
    for n in (1, 2, 3):
        make_account(n)
    made = trigger(playbook)
    assert look(workspace, scene, NOON, 1) == []
    assert look(workspace, scene, NOON + DAY, 1, 2) == ["2:enter:1:waiting"]
    assert look(workspace, scene, NOON + DAY, 1, 2) == []
    assert look(workspace, scene, NOON + 2 * DAY, 2) == []
    back = look(workspace, scene, NOON + 3 * DAY, 1, 2, 3)
    assert back == ["1:enter:2:waiting", "3:enter:1:waiting"]
    actions.save_draft(trigger=made, data={**NEW, "existing": True}, by=None)
    actions.publish(trigger=made, by=None)
    Firing.objects.update(state="held_out")
    assert look(workspace, scene, NOON + 4 * DAY, 1, 2, 3) == []  # the same accounts are members already


@pytest.mark.django_db
def test_what_is_unknown_moves_nobody(
    workspace: Workspace, make_account: Callable[..., Account], playbook: Playbook, scene: Scene
) -> None:
    for n in (1, 2):
        make_account(n)
    trigger(playbook, "In")
    trigger(playbook, "Out", kind="exit")
    assert look(workspace, scene, NOON, 1) == []
    assert look(workspace, scene, NOON + DAY, unsure={1, 2}) == []
    assert look(workspace, scene, NOON + 2 * DAY, 1) == []
    assert look(workspace, scene, NOON + 3 * DAY) == ["1:exit:1:waiting"]


@pytest.mark.django_db
def test_while_it_lasts_fires_every_so_many_days_and_only_the_latest_of_those_that_were_missed(
    workspace: Workspace, make_account: Callable[..., Account], playbook: Playbook, scene: Scene
) -> None:
    make_account(1)
    trigger(playbook, kind="while", every_days=7)
    look(workspace, scene, NOON)
    assert look(workspace, scene, NOON + DAY, 1) == ["1:while:1:0:waiting"]
    Firing.objects.update(state="held_out")
    assert look(workspace, scene, NOON + 7 * DAY, 1) == []
    assert look(workspace, scene, NOON + 8 * DAY, 1) == ["1:while:1:1:waiting"]
    Firing.objects.update(state="held_out")
    assert look(workspace, scene, NOON + 31 * DAY, 1) == ["1:while:1:4:waiting"]


@pytest.mark.django_db
def test_a_date_fires_so_many_days_before_it_once_also_after_a_night_switched_off(
    workspace: Workspace, make_account: Callable[..., Account], playbook: Playbook
) -> None:
    make_account(1, renews_on=date(2026, 5, 1))
    make_account(2, renews_on=date(2026, 4, 20))
    make_account(3, renews_on=date(2026, 3, 20))
    trigger(playbook, kind="date", trait="renews_on", offset=-30)

    def at(day: int) -> set[tuple[int, str]]:
        with clock.frozen(NOON + day * DAY):
            evaluating.evaluate(workspace)
        return set(Firing.objects.values_list("account__number", "occurrence"))

    assert at(0) == set()  # the day of 2 was before the trigger began
    assert at(9) == {(1, "date:2026-05-01")}
    assert at(10) == {(1, "date:2026-05-01")}
    Account.objects.filter(number=1).update(renews_on=date(2026, 5, 20))
    assert at(40) == {(1, "date:2026-05-01"), (1, "date:2026-05-20")}
    eager = trigger(playbook, "Eager", kind="date", trait="renews_on", offset=-5, unit="workdays", existing=True)
    at(52)
    assert list(Firing.objects.filter(trigger=eager).values_list("account__number", flat=True)) == [1]


# What stands against it


@pytest.mark.django_db
def test_frequency_reentry_and_a_run_that_is_open_suppress_and_say_so(
    workspace: Workspace, make_account: Callable[..., Account], playbook: Playbook, scene: Scene
) -> None:
    one, two = make_account(1), make_account(2)
    trigger(playbook, most=1, days=30, reentry_days=3)
    look(workspace, scene, NOON)
    runs.start_run(account=two, playbook=playbook, by=None)
    assert look(workspace, scene, NOON + DAY, 1, 2) == ["1:enter:1:waiting", "2:enter:1:running"]
    with clock.frozen(NOON + DAY):
        assert starting.start_waiting(workspace)["started"] == 1
    assert Run.objects.get(account=one).firing.state == "started"
    look(workspace, scene, NOON + 2 * DAY)
    assert look(workspace, scene, NOON + 3 * DAY, 1) == ["1:enter:2:reentry"]
    look(workspace, scene, NOON + 4 * DAY)
    assert look(workspace, scene, NOON + 8 * DAY, 1) == ["1:enter:3:frequency"]
    row = TriggerState.objects.get(account=one)
    assert (row.count, row.spell, row.is_member) == (1, 3, True)


@pytest.mark.django_db
def test_a_day_has_so_many_starts_by_priority_then_revenue_and_the_rest_waits_until_it_left_or_is_too_late(
    workspace: Workspace, make_account: Callable[..., Account], playbook: Playbook, scene: Scene
) -> None:
    for n in range(1, 6):
        make_account(n, mrr=100 * n)
    start_rules.save(playbook=playbook, by=None, held_out_percent=0, capacity=2, when_full="wait", keep_days=2)
    trigger(playbook)
    look(workspace, scene, NOON)
    look(workspace, scene, NOON + DAY, 1, 2, 3, 4, 5)

    def started(day: int) -> list[int]:
        with clock.frozen(NOON + day * DAY):
            starting.start_waiting(workspace)
        return sorted(Firing.objects.filter(state="started").values_list("account__number", flat=True))

    assert started(1) == [4, 5]
    assert started(1) == [4, 5]
    look(workspace, scene, NOON + 2 * DAY, 1, 3, 4, 5)
    assert started(2) == [1, 3, 4, 5]
    assert Firing.objects.get(account__number=2).reason == "left"
    look(workspace, scene, NOON + 2 * DAY, 1, 2, 3, 4, 5)
    assert started(6) == [1, 3, 4, 5]
    assert sorted(Firing.objects.filter(account__number=2).values_list("reason", flat=True)) == ["late", "left"]


@pytest.mark.django_db
def test_the_same_accounts_are_held_out_for_good_and_their_firings_are_kept(
    workspace: Workspace, make_account: Callable[..., Account], playbook: Playbook, scene: Scene
) -> None:
    for n in range(1, 41):
        make_account(n)
    rules = start_rules.save(
        playbook=playbook, by=None, held_out_percent=30, capacity=None, when_full="wait", keep_days=7
    )
    expected = {n for n in range(1, 41) if held_out(rules.salt, n, 30)}
    trigger(playbook)
    look(workspace, scene, NOON)
    look(workspace, scene, NOON + DAY, *range(1, 41))
    held = Firing.objects.filter(state="held_out")
    assert set(held.values_list("account__number", flat=True)) == expected
    assert 0 < len(expected) < 40
    assert {n for n in range(1, 5000) if held_out("salt", n, 10)} < {
        n for n in range(1, 5000) if held_out("salt", n, 20)
    }


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_start_one_run_and_keep_to_the_days_starts(
    workspace: Workspace, make_account: Callable[..., Account], playbook: Playbook, scene: Scene
) -> None:
    for n in range(1, 5):
        make_account(n)
    start_rules.save(playbook=playbook, by=None, held_out_percent=0, capacity=3, when_full="wait", keep_days=7)
    trigger(playbook)
    look(workspace, scene, NOON)
    scene.certain = {1, 2, 3, 4}
    with clock.frozen(NOON + DAY):
        at_once(*[lambda: evaluating.evaluate(workspace)] * 3)
        assert Firing.objects.count() == 4
        at_once(*[lambda: starting.start_waiting(workspace)] * 3)
    assert (Run.objects.count(), Firing.objects.filter(state="started").count()) == (3, 3)


@pytest.mark.django_db
def test_a_process_that_dies_while_it_starts_leaves_the_firing_waiting_and_no_run(
    workspace: Workspace,
    make_account: Callable[..., Account],
    playbook: Playbook,
    scene: Scene,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_account(1)
    trigger(playbook)
    look(workspace, scene, NOON)
    look(workspace, scene, NOON + DAY, 1)
    real = starting.start_run

    def dies(**given: Any) -> Run:
        real(**given)
        raise KeyboardInterrupt

    with clock.frozen(NOON + DAY):
        monkeypatch.setattr(starting, "start_run", dies)
        with pytest.raises(KeyboardInterrupt):
            starting.start_waiting(workspace)
        assert (Run.objects.count(), Firing.objects.get().state) == (0, "waiting")
        monkeypatch.setattr(starting, "start_run", real)
        assert starting.start_waiting(workspace)["started"] == 1


# Versions


@pytest.mark.django_db
def test_publishing_needs_the_choice_about_existing_members_and_a_published_playbook(
    workspace: Workspace, playbook: Playbook, alice: Member, bob: Member
) -> None:
    made = actions.create_trigger(playbook=playbook, name={"en": "Rule"}, data={}, by=alice)
    with pytest.raises(NotReadable, match="only new ones"):
        actions.publish(trigger=made, by=alice)
    with pytest.raises(NotReadable):
        actions.save_draft(trigger=made, data={**NEW, "every_days": 0}, by=alice)
    actions.save_draft(trigger=made, data=NEW, by=alice)
    assert actions.publish(trigger=made, by=alice).number == 1
    actions.save_draft(trigger=made, data={**NEW, "priority": 3}, by=alice)
    states = made.versions.order_by("number").values_list("state", flat=True)
    assert list(states) == ["published", "draft"]
    empty = playbook_actions.create_playbook(workspace=workspace, name={"en": "Empty"}, by=alice)
    other = actions.create_trigger(playbook=empty, name={"en": "Rule"}, data=NEW, by=alice)
    with pytest.raises(Exception, match="no published version"):
        actions.publish(trigger=other, by=alice)


@pytest.mark.django_db
def test_missing_values_and_insufficient_health_are_neither_in_nor_out(
    workspace: Workspace, make_account: Callable[..., Account]
) -> None:
    make_account(1, traits={"size_class": "small"})
    make_account(2, traits={"size_class": "large"})
    make_account(3)

    def found(data: Any) -> tuple[list[int], list[int]]:
        asked = criteria.parse(data, "account", workspace)
        pair = [criteria.find(workspace, reading(asked)) for reading in (knowing.certain, knowing.possible)]
        return pair[0].tolist(), pair[1].tolist()

    small = {"trait": "size_class", "is": "small"}
    assert found({"all": [small]}) == ([1], [1, 3])
    assert found({"not": small}) == ([2], [2, 3])
    assert found({"trait": "size_class", "is_not": "small"}) == ([2], [2, 3])
    assert found({"trait": "size_class", "is_not": "small", "and_set": True}) == ([2], [2])
    assert found({"not": {"trait": "size_class", "is_set": True}}) == ([3], [3])
    risk = criteria.parse({"trait": "health.band", "is": ["risk"]}, "account", workspace)
    assert "insufficient" in str(knowing.possible(risk).root)
    named = criteria.parse({"trait": "health.band", "is": ["insufficient"]}, "account", workspace)
    assert knowing.possible(named) == named or "AnyOf" not in str(knowing.possible(named).root)


# Against a plain reading


class Plain:
    """One trigger of kind enter, exit or while, account by account, the way one writes it first."""

    def __init__(self, kind: str, every: int, most: int | None, days: int, reentry: int, existing: bool) -> None:
        self.kind, self.every, self.most, self.days = kind, every, most, days
        self.reentry, self.existing, self.is_first = reentry, existing, True
        self.inside: dict[int, int] = {}  # account → day it came in
        self.spell: dict[int, int] = {}
        self.turn: dict[int, int] = {}
        self.left: dict[int, int] = {}
        self.fired: dict[int, list[int]] = {}
        self.told: set[tuple[int, str, str]] = set()

    def look(self, day: int, certain: set[int], unsure: set[int]) -> None:
        for account in range(1, 7):
            came = account in certain and account not in self.inside
            went = account in self.inside and account not in certain | unsure
            if came:
                self.inside[account], self.turn[account] = day, 0
                self.spell[account] = self.spell.get(account, 0) + 1
            spell, occurrence = self.spell.get(account, 0), ""
            if came and (not self.is_first or self.existing) and self.kind in ("enter", "while"):
                occurrence = f"enter:{spell}" if self.kind == "enter" else f"while:{spell}:0"
            elif went and self.kind == "exit":
                occurrence = f"exit:{spell}"
            elif self.kind == "while" and account in self.inside and not came and not went:
                turn = (day - self.inside[account]) // self.every
                if turn > self.turn[account]:
                    self.turn[account], occurrence = turn, f"while:{spell}:{turn}"
            if occurrence:
                self._fire(account, occurrence, day)
            if went:
                del self.inside[account]
                self.left[account] = day
        self.is_first = False

    def _fire(self, account: int, occurrence: str, day: int) -> None:
        recent = [each for each in self.fired.get(account, []) if each > day - self.days]
        back_too_soon = self.kind != "exit" and account in self.left and day - self.left[account] < self.reentry
        if self.reentry and back_too_soon:
            said = "reentry"
        elif self.most is not None and len(recent) >= self.most:
            said = "frequency"
        else:
            said = "held_out"
            self.fired.setdefault(account, []).append(day)
        self.told.add((account, occurrence, said))


@pytest.mark.django_db
@pytest.mark.once
def test_any_repetition_and_order_of_looks_gives_the_firings_of_a_plain_reading(
    workspace: Workspace,
    make_account: Callable[..., Account],
    make_playbook: Callable[..., Playbook],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Random rules over random histories; looks are repeated, and older ones come late."""
    chance = random.Random(11)
    for n in range(1, 7):
        make_account(n)
    monkeypatch.setattr("evergrow.success.triggers.judging.held_out", lambda *_: True)
    plain: dict[int, Plain] = {}
    for n in range(16):
        kind, every = chance.choice(["enter", "exit", "while"]), chance.randint(1, 4)
        most, days, reentry = chance.choice([None, 1, 2]), chance.randint(2, 9), chance.choice([0, 0, 2])
        existing = chance.random() < 0.5
        data = {"kind": kind, "every_days": every, "most": most, "days": days, "reentry_days": reentry}
        made = trigger(make_playbook(f"book-{n}", {"key": "a"}), str(n), **{**data, "existing": existing})
        plain[made.pk] = Plain(kind, every, most, days, reentry, existing)
    versions = evaluating.published(workspace)
    history: list[tuple[datetime, dict[int, tuple[set[int], set[int]]]]] = []
    day = 0
    for _ in range(8):
        day += chance.choice([1, 1, 2, 3])
        truth = {}
        for version in versions:
            certain = {n for n in range(1, 7) if chance.random() < 0.45}
            truth[version.trigger_id] = certain, {n for n in range(1, 7) if chance.random() < 0.15} - certain
        history.append((NOON + day * DAY, truth))
        for version in versions:
            plain[version.trigger_id].look(day, *truth[version.trigger_id])
        late = [chance.choice(history)] if chance.random() < 0.4 else []
        for moment, told in [history[-1], *late, history[-1]][: chance.randint(1, 3)]:
            _look_as_told(workspace, monkeypatch, moment, told, chance)
    rows = Firing.objects.values_list("trigger_id", "account__number", "occurrence", "state", "reason")
    kept: dict[int, set[tuple[int, str, str]]] = {pk: set() for pk in plain}
    for of, number, occurrence, state, reason in rows:
        kept[of].add((number, occurrence, reason or state))
    assert {pk: each.told for pk, each in plain.items()} == kept
    assert {reason for each in kept.values() for _, _, reason in each} == {"held_out", "frequency", "reentry"}


def _look_as_told(
    workspace: Workspace,
    monkeypatch: pytest.MonkeyPatch,
    moment: datetime,
    told: dict[int, tuple[set[int], set[int]]],
    chance: random.Random,
) -> None:
    versions = evaluating.published(workspace)
    chance.shuffle(versions)

    def looked(_workspace: Workspace, part: Any, accounts: Any, _now: datetime) -> list[Any]:
        return [(v, rule, Scene._seen(accounts, *told[v.trigger_id])) for v, rule in part]

    monkeypatch.setattr(evaluating, "_looked", looked)
    with clock.frozen(moment):
        evaluating.evaluate(workspace, versions)
