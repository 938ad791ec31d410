"""``evergrow bench health``: scores of a made-up portfolio, in a process and a data folder of its own.

``run`` starts ``python -m evergrow.health.bench`` with an empty throw-away folder, so that nothing of the user's is
touched, and gives back the object it prints.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import numpy as np

from evergrow.lib import bench, clock
from evergrow.lib.bench import Result

SEED = 20_260_325
EVENTS_PER_ACCOUNT = 42
PLAIN_ACCOUNTS = 1_000
STORES = ("EVERGROW_DATABASE_URL", "EVERGROW_CLICKHOUSE_URL", "EVERGROW_CLICKHOUSE_CLUSTER")
PLAIN = f"the same card in plain Python, account by account, {PLAIN_ACCOUNTS:,} accounts scaled up"


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Score ``options.accounts`` accounts by a card of at least ``options.measures`` measures; the bench's object."""
    with tempfile.TemporaryDirectory(prefix="evergrow-bench-") as folder:
        environment = {key: value for key, value in os.environ.items() if key not in STORES}
        command = [sys.executable, "-m", __name__, str(options.accounts), str(options.measures)]
        done = subprocess.run(
            command, env=environment | {"EVERGROW_DATA": folder}, stdout=subprocess.PIPE, check=True, text=True
        )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def measure(accounts: int, measures: int) -> dict[str, Any]:
    """Make up the portfolio, then time the first run, a daily run, scoring, a preview and the portfolio explained."""
    from django.core.management import call_command

    from evergrow import warehouse
    from evergrow.customers.models import Account
    from evergrow.health import actions, portfolio_change
    from evergrow.health.actions import history
    from evergrow.health.preview import preview

    warehouse.migrate()
    call_command("migrate", verbosity=0)
    workspace, definition = portfolio(accounts, measures)
    days = len(history(workspace)) + 1
    (first,) = bench.durations(lambda: actions.compute(workspace=workspace), repeats=1)
    tomorrow = clock.now() + timedelta(days=1)
    with clock.frozen(tomorrow):
        (daily,) = bench.durations(lambda: actions.compute(workspace=workspace), repeats=1)
        quick, slow = scoring(workspace, definition)
        definition["groups"][0]["weight"] *= 2
        rows = Account.objects.filter(workspace=workspace)
        seen = bench.quantile(bench.durations(lambda: preview(workspace, rows, definition), repeats=5), 0.5)
        month = workspace.today() - timedelta(days=30)
        (told,) = bench.durations(lambda: portfolio_change.read(workspace, rows, month, workspace.today()), repeats=1)
    count = sum(len(group["measures"]) for group in definition["groups"])
    results = [
        Result("accounts", accounts, "accounts", "higher"),
        Result("measures", count, "measures", "higher"),
        Result(f"first run with {days} days of history", round(first, 3), "s", "lower", 30.0),
        Result("daily run: score, store, compare, explain", round(daily, 3), "s", "lower", 30.0),
        Result("why the mean moved in 30 days", round(told, 3), "s", "lower", 10.0),
        Result("scoring alone", round(quick, 5), "s", "lower", None, PLAIN, round(slow, 5)),
        Result("preview of a changed weight, median", round(seen, 3), "s", "lower", 1.0),
    ]
    return bench.report("health", warehouse.describe(), results)


def scoring(workspace: Any, definition: dict[str, Any]) -> tuple[float, float]:
    """Seconds for scoring today's observations at once, and one account after another in plain Python.

    Raises AssertionError when the two do not agree.
    """
    from evergrow.health import card as cards
    from evergrow.health import snapshots
    from evergrow.health.scoring import score

    card, found = cards.read(definition), snapshots.on(workspace.pk, workspace.today())[0]
    rows = [[None if np.isnan(value) else value for value in row] for row in found.observed[:PLAIN_ACCOUNTS].tolist()]
    quick = bench.quantile(bench.durations(lambda: score(card, found.observed), repeats=7), 0.5)
    slow = bench.quantile(bench.durations(lambda: [plain(definition, row) for row in rows], repeats=3), 0.5)
    both = zip(score(card, found.observed).overall, (plain(definition, row) for row in rows), strict=False)
    if any(one is not None and abs(many - one) > 1e-9 for many, one in both):
        raise AssertionError("Scoring at once and account by account disagree.")
    return quick, slow * len(found) / max(len(rows), 1)


def plain(definition: dict[str, Any], values: Sequence[float | None]) -> float | None:
    """One account's score with the null policy within-group, the way one writes it first."""
    overall = weight = 0.0
    left = iter(values)
    for group in definition["groups"]:
        pairs = [(part, next(left)) for part in group["measures"]]
        seen = [(part["weight"], plain_points(part["scoring"], value)) for part, value in pairs if value is not None]
        total = sum(share for share, _ in seen)
        if total:
            overall += group["weight"] * sum(share * points for share, points in seen) / total
            weight += group["weight"]
    return overall / weight if weight else None


def plain_points(scoring: dict[str, Any], value: float) -> float:
    if scoring["kind"] == "bands":
        return float(max((step for step in scoring["steps"] if value >= step[0]), key=lambda step: step[0])[1])
    if scoring["kind"] == "points":
        return float(max(0.0, min(100.0, scoring["start"] + scoring["each"] * value)))
    if scoring["kind"] == "lookup":
        return float(dict(map(tuple, scoring["table"]))[value])
    knots = scoring["knots"]
    if value <= knots[0][0]:
        return float(knots[0][1])
    for (x0, y0), (x1, y1) in pairwise(knots):
        if value <= x1:
            return float(y0 + (y1 - y0) * (value - x0) / (x1 - x0))
    return float(knots[-1][1])


def portfolio(accounts: int, measures: int) -> tuple[Any, dict[str, Any]]:
    """A workspace with accounts, people, tickets, invoices and events of 200 days, the same every time."""
    from evergrow.customers.models import Account, AccountStatus, Invoice, InvoiceStatus, Ticket, TicketPriority
    from evergrow.health.models import Scorecard, ScorecardVersion
    from evergrow.workspaces.models import Workspace

    rnd = np.random.default_rng(SEED)
    workspace = Workspace.objects.create(slug="bench", name="Bench", zone="UTC")
    today, now = workspace.today(), clock.now()
    rows = Account.objects.bulk_create(
        Account(
            workspace=workspace,
            number=number,
            external_id=f"A{number}",
            name=f"Account {number}",
            status=AccountStatus.ACTIVE,
            signed_up_on=today - timedelta(days=int(back)),
            customer_since=today - timedelta(days=int(back)),
            renews_on=today + timedelta(days=int(back) % 365),
            seats=3,
            mrr=100,
        )
        for number, back in enumerate(rnd.integers(30, 800, accounts), start=1)
    )
    Ticket.objects.bulk_create(
        Ticket(
            workspace=workspace,
            account=account,
            external_id=f"T{account.number}",
            priority=TicketPriority.HIGH,
            opened_at=now - timedelta(days=account.number % 300 + 1),
            resolution_hours=float(account.number % 60),
            csat=account.number % 5 + 1,
        )
        for account in rows
    )
    Invoice.objects.bulk_create(
        Invoice(
            workspace=workspace,
            account=account,
            external_id=f"I{account.number}-{month}",
            issued_on=today - timedelta(days=30 * month + account.number % 30),
            amount=100,
            status=InvoiceStatus.PAID if account.number % 20 else InvoiceStatus.OVERDUE,
        )
        for account in rows
        for month in range(4)
    )
    events(workspace, accounts, today, rnd)
    definition = card(measures)
    scorecard = Scorecard.objects.create(workspace=workspace, key="bench", name={"en": "Bench"}, is_default=True)
    ScorecardVersion.objects.create(scorecard=scorecard, number=1, state="published", definition=definition)
    return workspace, definition


def card(measures: int) -> dict[str, Any]:
    """The default card; for more measures its groups take theirs again under other keys."""
    from evergrow.health import default_card

    definition = default_card.definition()
    have = sum(len(group["measures"]) for group in definition["groups"])
    for number in range(have, measures):
        group = definition["groups"][number % len(definition["groups"])]
        group["measures"].append({**group["measures"][0], "key": f"{group['measures'][0]['key']}_{number}"})
    return definition


def events(workspace: Any, accounts: int, today: date, rnd: np.random.Generator) -> None:
    """Events on random days of the last 200, by three people an account."""
    from evergrow import warehouse

    size = accounts * EVENTS_PER_ACCOUNT
    days = np.sort(np.datetime64(today, "D") - rnd.integers(0, 200, size))
    account = rnd.integers(1, accounts + 1, size).astype(np.uint32)
    for start in range(0, size, 100_000):
        part = slice(start, start + 100_000)
        count = len(days[part])
        moment = days[part].astype("datetime64[ms]")
        warehouse.insert(
            "events",
            {
                "workspace_id": np.full(count, workspace.pk, np.uint32),
                "event": [f"event_{kind}" for kind in rnd.integers(0, 9, count).tolist()],
                "at": moment,
                "day": days[part],
                "person": account[part] * 3 + rnd.integers(0, 3, count).astype(np.uint32),
                "account": account[part],
                "message_id": [f"b{number}" for number in range(start, start + count)],
                "distinct_id": [""] * count,
                "sequence": np.zeros(count, np.uint32),
                "original_at": moment,
                "received_at": moment,
                "source": ["bench"] * count,
                "import_id": np.zeros(count, np.uint64),
                "segment": ["bench"] * count,
            },
        )


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "evergrow.settings")
    import django

    django.setup()
    accounts, measures = map(int, sys.argv[1:3])
    print(json.dumps(measure(accounts, measures)))


if __name__ == "__main__":
    main()
