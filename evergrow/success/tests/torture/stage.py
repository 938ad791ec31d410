"""What the torture of the engine plays on, in processes of its own: ``python -m … stage set|work|settle|tell``.

The playbook has a wait, a mail, a decision by rule, on one way a webhook and on the other a second wait, and a last
wait. ``work`` sweeps for ever until it is killed; ``settle`` does what a colleague does with what nobody can know:
looks whether it arrived, and says so or has it sent again; ``tell`` prints what became of everything.
"""

import json
import os
import sys
import time
from collections import Counter
from datetime import time as clock_time
from datetime import timedelta
from pathlib import Path
from typing import Any

LEASE = timedelta(seconds=3)
WORDS = {"channel": "mail", "subject": {"en": "Hello {{ account.name }}"}, "body": {"en": "Dear {{ person.name }}"}}
NOW = {"offset": 0, "unit": "days", "roll": "none", "due_from": "start"}


def steps(hook: str) -> list[dict[str, Any]]:
    """The steps; ``hook`` is the address of the receiver."""
    even = {"key": "even", "name": {"en": "Even"}, "criteria": {"trait": "industry", "is": ["even"]}}
    return [
        {"key": "first", "kind": "wait", **NOW},
        {"key": "mail", "kind": "message", "details": WORDS, "after": ["first"], **NOW},
        {"key": "size", "kind": "decision", "details": {"branches": [even]}, "after": ["mail"], **NOW},
        {"key": "hook", "kind": "webhook", "details": {"url": hook}, "on_branches": {"size": ["even"]}, **NOW},
        {"key": "rest", "kind": "wait", "on_branches": {"size": ["else"]}, **NOW},
        {"key": "last", "kind": "wait", "after": ["hook", "rest"], **NOW},
    ]


def set_up(runs: int, hook: str) -> None:
    """Tables, accounts with a contact each, a run each."""
    from django.core.management import call_command

    from evergrow.customers.models import Affiliation, Person
    from evergrow.lib import clock
    from evergrow.success.bench import crowd
    from evergrow.success.contact import policy
    from evergrow.success.models import WorkHours

    call_command("migrate", verbosity=0)
    space = crowd.workspace("torture")
    open_all_day = {"opens": clock_time(0), "closes": clock_time(23, 59), "break_from": None, "break_to": None}
    WorkHours.objects.create(workspace=space, **open_all_day)
    policy.save(workspace=space, data={"quiet": []}, by=None)
    firms = crowd.accounts(space, runs)
    people = Person.objects.bulk_create(
        (
            Person(workspace=space, number=firm.number, name=f"P{firm.number}", email=f"p{firm.number}@torture.example")
            for firm in firms
        ),
        batch_size=2_000,
    )
    Affiliation.objects.bulk_create(
        (Affiliation(account=firm, person=person) for firm, person in zip(firms, people, strict=True)), batch_size=2_000
    )
    crowd.runs(space, crowd.playbook(space, "torture", steps(hook)), firms, clock.now())


def work(sign: str) -> None:
    """Sweep until killed. Conditions are answered here: the event store in process belongs to one process only."""
    from evergrow.success.engine import answers
    from evergrow.success.engine.sending import claims
    from evergrow.success.engine.sweep import sweep
    from evergrow.workspaces.models import Workspace

    claims.LEASE = LEASE
    answers.ask_many = _by_number  # type: ignore[assignment]
    space = Workspace.objects.get(slug="torture")
    Path(sign).touch()
    while True:
        counts = sweep(space)
        if not counts["steps"] and not counts["deliveries"]:
            time.sleep(0.05)


def _by_number(
    workspace: Any, asked: Any, numbers: dict[int, int]
) -> tuple[dict[tuple[str, int], bool], dict[str, str]]:
    return {(condition, account): numbers[account] % 2 == 0 for condition, account in asked}, {}


def settle(arrived: str) -> None:
    """For each delivery that nobody knows about: it arrived, or it is sent again."""
    from evergrow.success.actions.tasks import finish_task, retry_step
    from evergrow.success.engine import answers
    from evergrow.success.engine.sending import mails, webhooks
    from evergrow.success.models import Delivery, DeliveryKind, DeliveryState

    answers.ask_one = lambda workspace, condition, number: number % 2 == 0
    seen, counts = set(json.loads(Path(arrived).read_text())), Counter[str]()
    for delivery in Delivery.objects.filter(state=DeliveryState.UNKNOWN).select_related("task__run__workspace"):
        made = mails.message_id if delivery.kind == DeliveryKind.MAIL else webhooks.message_id
        is_there = made(delivery) in seen
        task = delivery.task
        if task.state != "in_progress":
            continue
        finish_task(task=task, by=None, evidence="Arrived") if is_there else retry_step(task=task, by=None)
        counts[f"{delivery.kind} {'had arrived' if is_there else 'sent again'}"] += 1
    print(json.dumps(counts))


def tell() -> None:
    """States of runs, of each step, of deliveries, of contacts and their places; how often a row was told twice."""
    from evergrow.customers.models import TimelineEntry
    from evergrow.success.models import Contact, ContactSlot, Delivery, Run, Task
    from evergrow.workspaces.models import AuditEntry

    by_step = Counter(f"{key} {state}" for key, state in Task.objects.values_list("step__key", "state"))
    completed = Counter(TimelineEntry.objects.filter(kind="playbook.completed").values_list("account_id", flat=True))
    audited = Counter(AuditEntry.objects.filter(verb="playbook.completed").values_list("target_id", flat=True))
    left_out = Counter(AuditEntry.objects.filter(verb="task.left_out").values_list("target_id", flat=True))
    deliveries = Counter(f"{kind} {state}" for kind, state in Delivery.objects.values_list("kind", "state"))
    doubled = sum(count > 1 for told in (completed, audited, left_out) for count in told.values())
    runs = Counter(Run.objects.values_list("state", flat=True))
    facts = {"runs": runs, "steps": by_step, "deliveries": deliveries, "told": len(completed), "told_twice": doubled}
    contacts = Counter(Contact.objects.values_list("state", flat=True))
    places = ContactSlot.objects.filter(limit="mail:1c").count()
    print(json.dumps({**facts, "contacts": contacts, "places": places}))


def main(act: str, *arguments: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "evergrow.settings")
    import django

    django.setup()
    if act == "set":
        set_up(int(arguments[0]), arguments[1])
    else:
        {"work": work, "settle": settle, "tell": tell}[act](*arguments)


if __name__ == "__main__":
    main(*sys.argv[1:])
