"""``evergrow bench segments``: the parts of ``customers.bench``, a merge that every question sees, a person's page."""

import argparse
import json
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from evergrow.customers import bench as customers_bench
from evergrow.lib import bench, clock
from evergrow.lib.bench import Result

EVENTS, EVENT = 10_000, "merged_event"
PAGES = 60


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Measure in a process and a data folder of its own."""
    return customers_bench.run(options, __name__)


def merge(workspace: Any, people: int, events: int) -> list[Result]:
    """Two people with 10,000 events each turn out to be one: how long until every question says so."""
    from evergrow import warehouse
    from evergrow.customers import criteria
    from evergrow.customers.actions.merges import merge_people
    from evergrow.customers.models import Person
    from evergrow.insight.period import Between, Interval
    from evergrow.insight.trend import ask
    from evergrow.insight.trend.question import Measure, simple

    today = workspace.today()
    kept, merged = (
        Person.objects.create(workspace=workspace, number=people + each, name=f"P{each}") for each in (1, 2)
    )
    for each in (kept, merged):
        _insert(workspace, each.number, events + each.number * EVENTS)
    criteria.count(workspace, criteria.parse(None, "person", workspace))  # both are in the mirror now
    asked = criteria.parse({"did": EVENT, "within": {"days": 2}}, "person", workspace)
    trend = simple(EVENT, Measure.PEOPLE, Interval.DAY, Between(today - timedelta(days=1), today))
    active = warehouse.statement("success", "active_people")
    window = {"workspace_id": workspace.pk, "since": today - timedelta(days=1), "today": today + timedelta(days=1)}
    questions: dict[str, Callable[[], int]] = {
        "criteria": lambda: criteria.count(workspace, asked),
        "trend": lambda: int(ask.ask(trend, workspace).whole.total or 0),
        "people of an account": lambda: dict(warehouse.rows(active, **window))[ACCOUNT],
    }
    before = {name: question() for name, question in questions.items()}
    began = time.perf_counter()
    merge_people(kept=kept, merged=merged, reason="bench", by=None)
    after = {name: question() for name, question in questions.items()}
    taken = time.perf_counter() - began
    if any(before[name] - after[name] != 1 for name in questions):
        raise AssertionError(f"Not every question counts the two as one: {before}, {after}.")
    words = f"a merge of two people with {EVENTS:,} events each, until {len(questions)} questions say so"
    return [Result(words, round(taken, 3), "s", "lower", 1.0)]


ACCOUNT = 4_000_000


def _insert(workspace: Any, person: int, first: int) -> None:
    import numpy as np

    from evergrow import warehouse

    today = np.datetime64(workspace.today(), "D")
    at = np.full(EVENTS, today, "datetime64[ms]") + np.arange(EVENTS).astype("timedelta64[ms]")
    warehouse.insert(
        "events",
        {
            "workspace_id": np.full(EVENTS, workspace.pk, np.uint32),
            "event": [EVENT] * EVENTS,
            "at": at,
            "day": np.full(EVENTS, today),
            "person": np.full(EVENTS, person, np.uint32),
            "account": np.full(EVENTS, ACCOUNT, np.uint32),
            "message_id": [f"m{number}" for number in range(first, first + EVENTS)],
            "distinct_id": [""] * EVENTS,
            "sequence": np.arange(EVENTS, dtype=np.uint64),
            "properties": [{}] * EVENTS,
            "original_at": at,
            "received_at": at,
            "source": ["bench"] * EVENTS,
            "import_id": np.zeros(EVENTS, np.uint64),
            "segment": ["bench"] * EVENTS,
        },
    )


def profile_page(workspace: Any, people: int, events: int) -> list[Result]:
    """The pages of sixty people, busy ones and rare ones, each opened for the first time, one page before, once the
    store is at rest.
    """
    from django.test import Client

    from evergrow.asgi import keep_pauses_short
    from evergrow.customers.models import Person
    from evergrow.workspaces.models import Member, Role, User

    now = clock.now()
    numbers = [1 + place * max(people // PAGES, 1) for place in range(PAGES) if place * (people // PAGES or 1) < people]
    Person.objects.bulk_create(
        Person(workspace=workspace, number=number, name=f"Person {number}", first_seen_at=now, last_seen_at=now)
        for number in numbers
    )
    user = User.objects.create_user("bench@example.com", name="Bench", language="en")
    Member.objects.create(workspace=workspace, user=user, role=Role.OWNER)
    client = Client(headers={"host": "localhost"})
    client.force_login(user)
    keep_pauses_short()
    _wait_for_merges()
    taken = [bench.durations(lambda n=number: _open(client, n), repeats=1)[0] for number in numbers]  # type: ignore[misc]
    ordered = sorted(taken[1:])
    return [
        Result("profile page p50", round(bench.quantile(ordered, 0.5) * 1000, 1), "ms", "lower"),
        Result("profile page p95", round(bench.quantile(ordered, 0.95) * 1000, 1), "ms", "lower", 100.0),
    ]


def _wait_for_merges(most: float = 60.0) -> None:
    """Until the store has put the parts together that the refreshes before left, or ``most`` seconds are over."""
    from evergrow import warehouse

    until = time.monotonic() + most
    while time.monotonic() < until and warehouse.scalar("select count() from system.merges"):
        time.sleep(0.5)


def _open(client: Any, number: int) -> None:
    answer = client.get(f"/w/bench/people/{number}/")
    if answer.status_code != 200:
        raise AssertionError(f"The page of person {number} answers {answer.status_code}.")


if __name__ == "__main__":
    import django

    django.setup()
    from evergrow.customers.bench.segments import measure

    found = measure(int(sys.argv[1]), int(sys.argv[2]), (merge, profile_page))
    print(json.dumps(found, ensure_ascii=False))
