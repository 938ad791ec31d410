"""The figures of the team's work, against a plain computation over the same rows, and against the lists behind them."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from conftest import NOON
from evergrow import warehouse
from evergrow.customers.tests.stage import make_account, make_seat, make_subscription
from evergrow.lib.shares import wilson
from evergrow.success.day.settings import set_capacity
from evergrow.success.manager.asking import Ask, read
from evergrow.success.manager.cycle import cycle
from evergrow.success.manager.fairness import fairness
from evergrow.success.manager.lists import AGES, RUNS, TASKS, Wish, runs_behind, tasks_behind
from evergrow.success.manager.outcomes import outcomes
from evergrow.success.manager.overdue import overdue
from evergrow.success.manager.stopping import courses
from evergrow.success.manager.throughput import throughput
from evergrow.success.models import Playbook, PlaybookVersion, Run, Task
from evergrow.success.tests.work_history import History, plant
from evergrow.workspaces.models import AccountScope, Member, Workspace

pytestmark = pytest.mark.usefixtures("frozen")
TODAY = date(2026, 3, 25)
WAYS = ("opened", "done", "skipped", "cancelled")
OPEN = ("ready", "in_progress", "awaiting")


@pytest.fixture
def history(workspace: Workspace) -> History:
    return plant(workspace, NOON)


def week_of(at: datetime, workspace: Workspace) -> date:
    day = at.astimezone(workspace.tz).date()
    return day - timedelta(days=day.weekday())


def work(workspace: Workspace) -> list[Task]:
    rows = Task.objects.filter(workspace=workspace).select_related("run__playbook", "run__version", "owner", "step")
    return [task for task in rows if task.kind != "wait"]


def plain_counts(workspace: Workspace, ask: Ask) -> Counter[tuple[str, str, date]]:
    """(what it is counted by, way, week) → tasks."""
    found: Counter[tuple[str, str, date]] = Counter()
    for task in work(workspace):
        moves = [("opened", task.ready_at)] if task.ready_at else []
        if task.state in WAYS and task.ready_at and task.ended_at:
            moves.append((task.state, task.ended_at))
        for way, at in moves:
            week = week_of(at, workspace)
            if ask.days[0] <= week < ask.days[-1]:
                book = task.run.playbook.key if task.run else "none"
                for by in (
                    "all",
                    f"m{task.owner_id or 'none'}",
                    f"t{task.owner.team if task.owner else ''}",
                    f"p{book}",
                ):
                    found[by, way, week] += 1
    return found


def test_throughput_is_what_a_plain_count_finds_and_every_number_opens_its_list(
    history: History, workspace: Workspace, alice: Member
) -> None:
    ask = Ask(alice, weeks=13)
    found, plain = throughput(ask), plain_counts(workspace, ask)
    assert len(found.weeks) == 13
    for place, counts in enumerate(found.weeks):
        day = ask.days[place]
        assert {way: getattr(counts, way) for way in WAYS} == {way: plain["all", way, day] for way in WAYS}
    total = Counter[tuple[str, str]]()
    for (by, way, _week), n in plain.items():
        total[by, way] += n
    for prefix, rows in (("m", found.members), ("t", found.teams), ("p", found.playbooks)):
        assert rows
        for row in rows:
            assert [getattr(row, way) for way in WAYS] == [total[prefix + row.key, way] for way in WAYS]
    assert found.total.growth == found.total.opened - sum(getattr(found.total, way) for way in WAYS[1:])
    for way in WAYS:
        assert tasks_behind(ask, Wish(way)).count() == getattr(found.total, way)
        for place in (0, 12):
            assert tasks_behind(ask, Wish(way, ask.days[place])).count() == getattr(found.weeks[place], way)
        for row in found.members:
            assert tasks_behind(ask.but(member=row.key), Wish(way)).count() == getattr(row, way)
        for row in found.playbooks:
            assert tasks_behind(ask.but(playbook=row.key), Wish(way)).count() == getattr(row, way)
    east = throughput(ask.but(team="East")).total
    assert east.done == total["tEast", "done"]


def test_overdue_counts_open_work_by_full_days(history: History, workspace: Workspace, alice: Member) -> None:
    late = [
        (TODAY - task.due_on).days
        for task in work(workspace)
        if task.state in OPEN and task.due_on and task.due_on < TODAY and (not task.run or task.run.state == "active")
    ]
    ask = Ask(alice)
    found = overdue(ask)
    assert late
    assert (found.total.count, found.total.oldest, found.total.mean) == (len(late), max(late), sum(late) / len(late))
    assert sum(row.count for row in found.members) == len(late)
    for place, (low, high) in enumerate(AGES):
        inside = sum(low <= days <= (high or 10_000) for days in late)
        assert found.total.ages[place] == inside == tasks_behind(ask, Wish("overdue", age=place)).count()


def plain_quantile(rows: Iterable[tuple[int, bool]], share: float) -> int | None:
    """By the definition: the product over the hours at which some were done of the share that was not."""
    known, left = list(rows), 1.0
    for hour in sorted({hours for hours, is_done in known if is_done}):
        there = sum(hours >= hour for hours, _ in known)
        left *= 1 - sum(is_done and hours == hour for hours, is_done in known) / there
        if left <= 1 - share + 1e-12:
            return hour
    return None


def hours(since: datetime, until: datetime | None) -> int:
    return int(((until or NOON) - since).total_seconds() // 3600)


def test_cycle_times_count_those_that_are_not_done(history: History, workspace: Workspace, alice: Member) -> None:
    ask = Ask(alice, weeks=13)
    rows: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for task in work(workspace):
        if task.ready_at and task.ready_at >= ask.since:
            key = (task.run.playbook.key, task.step.key) if task.run and task.step else ("none", str(task.kind))
            rows.setdefault(key, []).append((hours(task.ready_at, task.ended_at), task.state))
    for run in Run.objects.filter(started_at__gte=ask.since).select_related("playbook"):
        rows.setdefault((run.playbook.key, ""), []).append((hours(run.started_at, run.ended_at), run.state))
    found = {(book.key, times.key): times for book in cycle(ask) for times in [*book.steps, book.runs] if times}
    assert found.keys() == rows.keys()
    for key, times in found.items():
        mine = [(length, state in ("done", "completed")) for length, state in rows[key]]
        assert (times.n, times.done) == (len(mine), sum(is_done for _, is_done in mine))
        for share, days in ((0.5, times.median), (0.75, times.p75), (0.9, times.p90)):
            expected = plain_quantile(mine, share)
            assert days == (None if expected is None else expected / 24)
        if key[1] and key[0] != "none":
            narrowed = ask.but(playbook=key[0])
            for show, n in (("opened", times.n), ("came_done", times.done), ("came_open", times.open)):
                assert tasks_behind(narrowed, Wish(show, step=key[1])).count() == n
    assert any(times.open and times.median is not None for times in found.values())


def test_where_runs_stop_by_step_and_version(history: History, workspace: Workspace, alice: Member) -> None:
    ask = Ask(alice, weeks=13)
    found = {(course.playbook, course.number): course for course in courses(ask)}
    runs = [run for run in Run.objects.select_related("playbook", "version") if run.started_at >= ask.since]
    assert sum(course.runs for course in found.values()) == len(runs)
    for (key, number), course in found.items():
        mine = [run for run in runs if (run.playbook.key, run.version.number) == (key, number)]
        states = Counter(run.state for run in mine)
        assert course.completed == states["completed"]
        assert course.broken_off == states["cancelled"] + states["superseded"]
        assert course.open == len(mine) - course.completed - course.broken_off
        tasks = {run.pk: list(run.tasks.select_related("step").order_by("position")) for run in mine}
        stopped: Counter[str] = Counter()
        for run in mine:
            hand = [t.step.key for t in tasks[run.pk] if t.step and t.state == "cancelled" and t.ready_at]
            if run.state in ("cancelled", "superseded") and hand:
                stopped[hand[0]] += 1
        for step in course.steps:
            those = [t for each in tasks.values() for t in each if t.step and t.step.key == step.key]
            asked = [t for t in those if not t.skip_code]
            assert (step.asked, step.done) == (len(asked), sum(t.state == "done" for t in those))
            assert step.reached == sum(t.ready_at is not None for t in asked)
            assert step.stopped == stopped[step.key]
            narrowed = ask.but(playbook=key)
            assert runs_behind(narrowed, Wish("broken_off", step=step.key, version=number)).count() == step.stopped
        assert course.before == course.broken_off - stopped.total()
    assert {show for show in RUNS if runs_behind(ask, Wish(show)).exists()} == set(RUNS)


def put_score(workspace: Workspace, account: Any, day: str, score: float, version: int = 1) -> None:
    row = {"workspace_id": workspace.pk, "account": account.number, "day": date.fromisoformat(day), "revision": 0}
    row |= {"version": version, "overall": score, "coverage": 1.0, "band": "watch", "computed_at": NOON}
    lists: dict[str, Any] = {key: [[1.0]] for key in ("groups", "observed", "points", "weights")}
    lists |= {"reasons": [[0]], "ages": [[0]]}
    warehouse.insert("health_snapshots", {name: [value] for name, value in row.items()} | lists)


@pytest.mark.usefixtures("warehouse_db")
def test_outcomes_tell_score_revenue_and_renewal_with_intervals_and_what_is_not_known_yet(
    workspace: Workspace, alice: Member, sign_in: Callable[[Member], Client]
) -> None:
    book = Playbook.objects.create(workspace=workspace, key="ours", name={"en": "Ours"})
    first, second = (PlaybookVersion.objects.create(playbook=book, number=n, state="retired") for n in (1, 2))

    def ended(version: PlaybookVersion, began: str, end: str) -> Any:
        account = make_account(workspace, "Firm")
        at = {"started_at": f"{began}T02:00Z", "ended_at": f"{end}T02:00Z", "starts_on": began}
        Run.objects.create(
            workspace=workspace, account=account, playbook=book, version=version, state="completed", **at
        )
        return account

    rose = ended(first, "2025-11-03", "2025-11-20")
    put_score(workspace, rose, "2025-11-01", 50)
    put_score(workspace, rose, "2025-12-20", 70)
    make_subscription(rose, 100, "2024-01-05", renews_on=date(2027, 1, 5))  # counted back: fell due on 5 January 2026
    fell = ended(first, "2025-11-03", "2025-11-20")
    put_score(workspace, fell, "2025-11-03", 60)
    put_score(workspace, fell, "2025-12-19", 40)
    make_subscription(fell, 100, "2024-06-01", "2026-02-01")
    other_card = ended(second, "2025-12-01", "2026-01-10")
    put_score(workspace, other_card, "2025-11-30", 50)
    put_score(workspace, other_card, "2026-02-01", 90, version=2)
    stale = ended(second, "2025-12-01", "2025-12-05")
    put_score(workspace, stale, "2025-09-01", 50)
    put_score(workspace, stale, "2026-01-01", 90)
    ended(second, "2026-01-05", "2026-03-20")
    [(all_of, versions)] = outcomes(Ask(alice, weeks=26))
    assert [(row.number, row.runs) for row in [all_of, *versions]] == [(None, 5), (2, 3), (1, 2)]
    assert (all_of.rose.hits, all_of.rose.n, all_of.fell, all_of.median_change) == (1, 2, 1, 0.0)
    assert all_of.rose.interval == wilson(1, 2)
    assert (versions[0].unscored, versions[0].too_early, versions[0].rose.n) == (2, 1, 0)
    assert (all_of.kept.hits, all_of.kept.n) == (1, 2)
    assert (all_of.renewed.hits, all_of.renewed.n) == (1, 1)
    assert all_of.too_early_money == 2
    page = sign_in(alice).get("/w/acme/work/outcomes/", {"weeks": "26"}).content.decode()
    assert "<b>1 of 2</b>" in page, "of a handful the numbers are told, not a percentage"
    assert "<b>50%</b>" not in page


def test_fairness_is_the_share_of_points_that_would_have_to_move(
    workspace: Workspace, alice: Member, bob: Member
) -> None:
    account = make_account(workspace)
    for _n in range(3):
        Task.objects.create(workspace=workspace, account=account, name="x", owner=alice, due_on=TODAY)
    Task.objects.create(workspace=workspace, account=account, name="x", owner=bob, due_on=TODAY)
    set_capacity(member=alice, points=4, by=alice)
    set_capacity(member=bob, points=12, by=alice)
    found = fairness(Ask(alice))
    assert [(part.load.member, part.of_points, part.of_capacity) for part in found.parts] == [
        (alice, 0.75, 0.25),
        (bob, 0.25, 0.75),
    ]
    assert (found.to_move, found.parts[0].ratio) == (0.5, 3.0)
    assert fairness(Ask(alice, member=str(bob.pk))).to_move == 0


def test_the_address_says_what_is_asked_and_hidden_accounts_are_in_no_figure(
    history: History, workspace: Workspace, alice: Member, bob: Member
) -> None:
    ask = read(alice, {"weeks": "26", "playbook": "first", "member": "none", "team": ""})
    assert (ask.weeks, ask.playbook, ask.member) == (26, "first", "none")
    assert ask.query() == "weeks=26&member=none&playbook=first"
    odd = read(alice, {"weeks": "9", "playbook": "nowhere", "member": "x"})
    assert (odd.weeks, odd.playbook, odd.member) == (13, "", "")
    Member.objects.filter(pk=bob.pk).update(scope=AccountScope.TEAM, team="North")
    bob.refresh_from_db()
    assert throughput(Ask(bob)).total.is_nothing
    make_seat(workspace.accounts.first(), bob)
    seen = Ask(bob, weeks=52)
    assert 0 < tasks_behind(seen, Wish("opened")).count() < tasks_behind(Ask(alice, weeks=52), Wish("opened")).count()
    assert set(TASKS) >= set(WAYS)
