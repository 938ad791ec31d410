"""A small history of a team's work, planted row by row, for figures to be computed from twice."""

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from conftest import make_member
from evergrow.customers.tests.stage import make_account
from evergrow.success.models import Playbook, PlaybookVersion, Run, Step, Task
from evergrow.workspaces.models import Member, Workspace

KINDS = ("task", "call", "meeting", "wait")
ENDS = {"active": "", "completed": "end", "cancelled": "end", "superseded": "end", "paused": ""}


@dataclass(frozen=True)
class History:
    members: list[Member]
    playbooks: list[Playbook]


def plant(workspace: Workspace, now: datetime, seed: int = 7, runs: int = 40) -> History:
    """Runs of two playbooks in two versions over twenty weeks, with every state a step can be in, and tasks by hand."""
    chance = random.Random(seed)
    teams = ("East", "East", "West")
    members = [make_member(workspace, f"Worker {n}", team=team) for n, team in enumerate(teams)]
    accounts = [make_account(workspace, f"Firm {n}") for n in range(runs)]
    books, versions = [], []
    for key in ("first", "second"):
        book = Playbook.objects.create(workspace=workspace, key=key, name={"en": key})
        books.append(book)
        for number, state in ((1, "retired"), (2, "published")):
            version = PlaybookVersion.objects.create(playbook=book, number=number, state=state)
            versions.append((version, [_step(version, place) for place in range(1, 5)]))
    for account in accounts:
        version, steps = chance.choice(versions)
        _run(chance, workspace, account, version, steps, members, now)
    for account in accounts[:20]:
        _task(chance, workspace, account, None, None, chance.choice([*members, None]), now - _ago(chance), now)
    return History(members, books)


def _step(version: PlaybookVersion, place: int) -> Step:
    facts = {"kind": KINDS[place - 1], "key": f"s{place}", "name": {"en": f"Step {place}"}, "position": place}
    return Step.objects.create(version=version, required=place != 2, **facts)


def _ago(chance: random.Random) -> timedelta:
    return timedelta(hours=chance.randint(1, 20 * 7 * 24))


def _run(
    chance: random.Random, workspace: Workspace, account: Any, version: Any, steps: Any, members: Any, now: datetime
) -> None:
    began, state = now - _ago(chance), chance.choice(list(ENDS))
    ended = began + timedelta(hours=chance.randint(1, max(1, int((now - began).total_seconds() // 3600))))
    run = Run.objects.create(
        workspace=workspace,
        account=account,
        playbook=version.playbook,
        version=version,
        owner=chance.choice(members),
        state=state,
        started_at=began,
        starts_on=began.date(),
        ended_at=ended if ENDS[state] else None,
    )
    for step in steps:
        _task(chance, workspace, account, run, step, chance.choice([*members, None]), began, now)


def _task(
    chance: random.Random,
    workspace: Workspace,
    account: Any,
    run: Any,
    step: Any,
    owner: Any,
    since: datetime,
    now: Any,
) -> None:
    states = ["ready", "in_progress", "done", "done", "done", "skipped", "cancelled"]
    state = chance.choice([*states, "blocked"] if run else states)
    was_ready = state != "blocked" and (state not in ("cancelled", "skipped") or chance.random() < 0.7)
    span = max(1, int((now - since).total_seconds() // 60))
    ready = since + timedelta(minutes=chance.randint(0, span - 1))
    left = max(1, int((now - ready).total_seconds() // 60))
    is_over = state in ("done", "skipped", "cancelled")
    Task.objects.create(
        workspace=workspace,
        account=account,
        run=run,
        step=step,
        position=step.position if step else 0,
        kind=step.kind if step else chance.choice(KINDS[:3]),
        name={"en": "Work"},
        state=state,
        owner=owner,
        created_at=since,
        ready_at=ready if was_ready else None,
        ended_at=ready + timedelta(minutes=chance.randint(0, left)) if is_over else None,
        skip_code="condition" if state == "skipped" and not was_ready else "",
        due_on=chance.choice([None, date(2026, 3, 25) + timedelta(days=chance.randint(-40, 20))]),
    )
