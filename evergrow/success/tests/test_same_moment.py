"""Two people at the same moment: on PostgreSQL really at once, on the tests' SQLite one right after the other."""

import threading
from collections import Counter
from collections.abc import Callable
from functools import partial

import pytest
from django.db import connection

from evergrow.customers.models import Account, TimelineEntry
from evergrow.success import errors
from evergrow.success.actions import raise_signals, runs, tasks
from evergrow.success.models import Playbook, Run, Signal, SignalKind, Task
from evergrow.success.rules import Finding, Rule, Seen, Watch
from evergrow.workspaces.models import Member

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.django_db(transaction=True)]


def at_once(*acts: Callable[[], object]) -> Counter[str]:
    """How the acts ended: ``ok``, or the name of the refusal."""
    ends: Counter[str] = Counter()
    alone = connection.vendor == "sqlite"  # the in-memory store of the tests has no room for two writers

    def run(act: Callable[[], object]) -> None:
        try:
            act()
            ends["ok"] += 1
        except errors.Refused as refused:
            ends[type(refused).__name__] += 1
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
        if alone:
            thread.join()
    for thread in threads:
        thread.join()
    return ends


def test_one_of_two_finishes_a_task_and_it_is_told_once(account: Account, alice: Member, bob: Member) -> None:
    task = tasks.add_task(account=account, name="Call back", by=alice)

    def finish(by: Member) -> Callable[[], object]:
        return lambda: tasks.finish_task(task=Task.objects.get(pk=task.pk), by=by)

    assert at_once(finish(alice), finish(bob)) == {"ok": 1, "TaskAlreadySettled": 1}
    assert TimelineEntry.objects.filter(kind="task.done").count() == 1


def test_one_of_two_starts_the_playbook(
    account: Account, alice: Member, bob: Member, make_playbook: Callable[..., Playbook]
) -> None:
    playbook = make_playbook("short", {"key": "a"}, {"key": "b"})

    def start(by: Member) -> Callable[[], object]:
        return lambda: runs.start_run(account=account, playbook=playbook, by=by)

    assert at_once(start(alice), start(bob)) == {"ok": 1, "AlreadyRunning": 1}
    assert Task.objects.count() == 2


def test_the_last_two_steps_done_at_once_complete_the_run_and_open_what_waited(
    account: Account, alice: Member, bob: Member, make_playbook: Callable[..., Playbook]
) -> None:
    steps = [{"key": "a"}, {"key": "b"}, {"key": "c", "after": ["a", "b"]}]
    run = runs.start_run(account=account, playbook=make_playbook("fork", *steps), by=alice)

    def finish(key: str, by: Member) -> Callable[[], object]:
        return lambda: tasks.finish_task(task=Task.objects.get(run=run, step__key=key), by=by)

    assert at_once(finish("a", alice), finish("b", bob)) == {"ok": 2}
    assert Task.objects.get(run=run, step__key="c").state == "ready"
    tasks.finish_task(task=Task.objects.get(run=run, step__key="c"), by=alice)
    assert Run.objects.get(pk=run.pk).state == "completed"


def test_two_evaluations_at_once_raise_a_matter_once(account: Account) -> None:
    both = threading.Barrier(2 if connection.vendor == "postgresql" else 1)

    def look(watch: Watch) -> Seen:
        both.wait(20)
        return Seen([Finding(account.pk, 3, {"zh": "静", "en": "Quiet"}, [])])

    rule = Rule(SignalKind.USAGE_QUIET, 1, look, {"zh": "", "en": ""})
    evaluate = partial(raise_signals, account.workspace, rules=[rule])
    assert at_once(evaluate, evaluate) == {"ok": 2}
    assert Signal.objects.get().occurrences == 1
