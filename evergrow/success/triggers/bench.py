"""Part ``triggers`` of ``evergrow bench work``: 200 rules over 100,000 accounts, looked at after a nightly score.

Ten playbooks have twenty triggers each, of every kind but events: criteria over traits, health and what was done. A
first look finds who meets them; then scores move, one in twenty by several points and the others hardly, and the look
of that night is measured, with what fires kept. The baseline is another such night with every tenth rule, one at a
time, its time taken tenfold.

Accounts, scores and what the first look leaves are put into the store in bulk, as the product would have left them.
"""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from unittest.mock import patch

import numpy as np
from django.db import connection, transaction

from evergrow import warehouse
from evergrow.customers.criteria import mirror
from evergrow.customers.models import Account, AccountStatus, TraitChange
from evergrow.health.models import AccountHealth, Scorecard, ScorecardVersion
from evergrow.lib import clock
from evergrow.lib.bench import Result
from evergrow.success.bench import bulk, crowd
from evergrow.success.models import Firing
from evergrow.success.models.triggers import TriggerKind, TriggerState, TriggerVersion
from evergrow.success.triggers import actions, definition, evaluating, looking
from evergrow.workspaces.models import Workspace

ACCOUNTS, RULES, PLAYBOOKS, EVENTS_PER_ACCOUNT = 100_000, 200, 10, 10
BEGIN = datetime(2026, 3, 2, 2, tzinfo=UTC)
TARGET_SECONDS = 30.0
BASELINE = "the same rules asked one at a time, by the time of every tenth"
EVERY = 10
INDUSTRIES = ("Retail", "Software", "Logistics", "Finance")
Rows = np.ndarray[Any, Any]


def measure(accounts: int = ACCOUNTS, rules: int = RULES) -> list[Result]:
    """Both nights in the stores of this process: seconds on the clock, and of the processor."""
    warehouse.migrate()
    rnd = np.random.default_rng(20_260_325)
    with clock.frozen(BEGIN):
        space = crowd.workspace()
        fill(space, accounts, rnd)
        publish(space, rules)
        first_look(space)
        bulk.analyze()
    night = _night(space, rnd, BEGIN + timedelta(days=1), evaluating.TOGETHER)
    plain = _night(space, rnd, BEGIN + timedelta(days=2), 1, EVERY)
    words = f"{rules} rules over {accounts:,} accounts after a nightly score, {connection.vendor}"
    target = TARGET_SECONDS if accounts >= ACCOUNTS else None
    return [
        Result(words, round(night[0], 3), "s", "lower", target, BASELINE, round(plain[0], 3)),
        Result(f"{words}, processor", round(night[1], 3), "s", "lower", None, BASELINE, round(plain[1], 3)),
        Result(f"firings kept that night, {connection.vendor}", night[2], "firings", "higher"),
    ]


def _night(space: Workspace, rnd: Any, at: datetime, together: int, every: int = 1) -> tuple[float, float, int]:
    """Move every score, look at every so many-th rule: seconds on the clock and of the processor that all of them take,
    and firings kept."""
    with clock.frozen(at), patch.object(evaluating, "TOGETHER", together):
        score(space, rnd, at.date())
        chosen, before = evaluating.published(space)[::every], Firing.objects.count()
        began, used = time.perf_counter(), time.process_time()
        done = evaluating.evaluate(space, chosen if every > 1 else None)
        taken = (time.perf_counter() - began) * every, (time.process_time() - used) * every
        if done.triggers != len(chosen):
            raise AssertionError("Not every trigger was looked at.")
        return *taken, Firing.objects.count() - before


def fill(space: Workspace, accounts: int, rnd: Any) -> None:
    """Accounts with traits, a score each, and events of the last 60 days."""
    today = space.today()
    money, seats = rnd.lognormal(8, 1.2, accounts).round(), rnd.integers(1, 400, accounts)
    renews, industry = rnd.integers(0, 365, accounts), rnd.integers(0, len(INDUSTRIES), accounts)
    numbers = range(1, accounts + 1)
    bulk.insert(
        Account(workspace=space, status=AccountStatus.ACTIVE),
        {
            "number": numbers,
            "external_id": [f"B-{n}" for n in numbers],
            "name": [f"Account {n}" for n in numbers],
            "mrr": money.astype(int).tolist(),
            "seats": seats.tolist(),
            "industry": [INDUSTRIES[each] for each in industry.tolist()],
            "renews_on": [(today + timedelta(days=days)).isoformat() for days in renews.tolist()],
        },
    )
    card = Scorecard.objects.create(workspace=space, key="bench", name={"en": "Bench"}, is_default=True)
    version = ScorecardVersion.objects.create(scorecard=card, number=1, state="published", definition={})
    scores = rnd.normal(65, 18, accounts).clip(0, 100)
    _keep_scores(space, version, scores, today)
    TraitChange.objects.filter(workspace_id=space.pk).delete()  # a mirror that is empty is filled with everything
    mirror.refresh(space)
    _events(space, accounts, today, rnd)


def score(space: Workspace, rnd: Any, today: date) -> None:
    """The nightly score: one in twenty moves by several points, the others hardly."""
    found = AccountHealth.objects.filter(workspace=space).order_by("account")
    scores = np.fromiter(found.values_list("score", flat=True), np.float64)
    version = ScorecardVersion.objects.get(scorecard__workspace=space)
    moved = rnd.normal(0, np.where(rnd.random(len(scores)) < 0.05, 8.0, 0.1))
    _keep_scores(space, version, (scores + moved).clip(0, 100), today)
    mirror.write_provided(space, "health")


def _keep_scores(space: Workspace, version: ScorecardVersion, scores: Rows, today: date) -> None:
    AccountHealth.objects.filter(workspace=space).delete()
    keys = list(Account.objects.filter(workspace=space).order_by("pk").values_list("pk", flat=True))
    bulk.insert(
        AccountHealth(workspace=space, version=version, as_of=today),
        {"account_id": keys, "score": scores.tolist(), "band": [_band(score) for score in scores.tolist()]},
    )


def _band(score: float) -> str:
    return "risk" if score < 50 else "watch" if score < 70 else "healthy"


def _events(space: Workspace, accounts: int, today: date, rnd: Any) -> None:
    size = accounts * EVENTS_PER_ACCOUNT
    days = np.sort(np.datetime64(today, "D") - rnd.integers(0, 60, size))
    account = rnd.integers(1, accounts + 1, size).astype(np.uint32)
    for start in range(0, size, 100_000):
        part = slice(start, start + 100_000)
        count, moment = len(days[part]), days[part].astype("datetime64[ms]")
        columns = {
            "workspace_id": np.full(count, space.pk, np.uint32),
            "event": [f"event_{kind}" for kind in rnd.integers(0, 9, count).tolist()],
            "at": moment,
            "day": days[part],
            "person": account[part],
            "account": account[part],
            "message_id": [f"b{number}" for number in range(start, start + count)],
            "distinct_id": [""] * count,
            "sequence": np.zeros(count, np.uint32),
            "original_at": moment,
            "received_at": moment,
            "source": ["bench"] * count,
            "import_id": np.zeros(count, np.uint64),
            "segment": ["bench"] * count,
        }
        warehouse.insert("events", columns)


def publish(space: Workspace, rules: int) -> None:
    """The rules, shared out over the playbooks."""
    step = {"key": "call", "kind": "task", "offset": 0}
    books = [crowd.playbook(space, f"book-{n}", [step]).playbook for n in range(PLAYBOOKS)]
    for n in range(rules):
        made = actions.create_trigger(playbook=books[n % PLAYBOOKS], name={"en": f"Rule {n}"}, data=rule(n), by=None)
        actions.publish(trigger=made, by=None)


def first_look(space: Workspace) -> None:
    """What ``evaluating.evaluate`` leaves when it looks for the first time and nobody fires who is there already."""
    versions, accounts, now = evaluating.published(space), looking.Accounts.read(space), clock.now()
    rules = [definition.read(version.definition) for version in versions]
    momentary = [version for version, rule in zip(versions, rules, strict=True) if rule.kind in evaluating.MOMENTARY]
    evaluating.evaluate(space, momentary)
    with transaction.atomic():
        for version, rule, seen in zip(versions, rules, looking.look(space, rules, accounts), strict=True):
            if rule.kind in evaluating.MOMENTARY:
                continue
            facts: dict[str, Any] = {"is_member": True, "since": now, "spell": 1}
            if rule.kind == TriggerKind.WHILE:
                facts |= {"turn": 0, "next_on": space.today() + timedelta(days=rule.every_days)}
            bulk.insert(TriggerState(trigger_id=version.trigger_id, **facts), {"account_id": seen.certain.tolist()})
            looked = {"began_at": now, "looked_at": now, "looked_on": space.today(), "arrived_at": now}
            counted = {"members": len(seen.certain), "unknown": seen.unknown}
            TriggerVersion.objects.filter(pk=version.pk).update(**looked, **counted)


def rule(n: int) -> dict[str, Any]:
    """The n-th rule: ten shapes, each with thresholds of its own."""
    rich = {"trait": "mrr", "over": 1_000 + 97 * n}
    low, high = {"trait": "health.score", "under": 35 + n % 40}, {"trait": "health.score", "at_least": 50 + n % 30}
    kind = {"trait": "industry", "is": [INDUSTRIES[n % len(INDUSTRIES)]]}
    away = {"did_not": f"event_{n % 9}", "within": {"days": 20 + n % 20}}
    busy = {"did": f"event_{n % 9}", "times": {"at_least": 2}, "within": {"days": 45}}
    shapes: list[Callable[[], dict[str, Any]]] = [
        lambda: _rule("enter", low, rich),
        lambda: _rule("enter", {"trait": "health.band", "is": ["risk"]}, rich, kind),
        lambda: _rule("enter", low, {"trait": "seats", "at_least": 5 + n}),
        lambda: _rule("enter", low, away),
        lambda: _rule("enter", high, busy, kind),
        lambda: _rule("exit", high, rich),
        lambda: _rule("exit", {"any": [high, rich]}, kind),
        lambda: _rule("while", low, rich, every_days=14),
        lambda: _rule("date", rich, low, trait="renews_on", offset=-(30 + n % 60)),
        lambda: _rule("enter", {"not": high}, rich, {"trait": "renews_on", "in_next": {"days": 90 + n % 60}}),
    ]
    return shapes[n % len(shapes)]()


def _rule(kind: str, *parts: dict[str, Any], **facts: Any) -> dict[str, Any]:
    return {"kind": kind, "who": {"criteria": {"all": list(parts)}}, "existing": False, "most": None, **facts}
