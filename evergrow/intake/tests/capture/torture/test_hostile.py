"""Malformed bodies give 4xx or a reject with its reason: never 5xx, never a stuck spool, never without bound."""

import resource
from collections import Counter
from typing import Any

import pytest
from django.db import connection

from evergrow.intake.capture import app as capture_app
from evergrow.intake.models import Reject
from evergrow.intake.models.rejects import REASONS
from evergrow.intake.tests.capture.stage import Door
from evergrow.intake.tests.capture.torture.hostile import attacks

CALM = {200, 202, 204, 400, 401, 403, 404, 405, 413, 415, 422}
DRAIN_EVERY = 2_500


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many messages the request in hand holds, as the door counted them."""
    found = [0]
    count, keep = capture_app.count_messages, capture_app.Capture.keep_bad

    def counting(*given: Any) -> int:
        found[0] = count(*given)
        return found[0]

    async def keeping(*given: Any) -> None:
        await keep(*given)
        found[0] = -1

    monkeypatch.setattr(capture_app, "count_messages", counting)
    monkeypatch.setattr(capture_app.Capture, "keep_bad", keeping)
    return found


def test_malformed_bodies_are_refused_or_kept_with_a_reason(door: Door, taken: list[int]) -> None:
    besiege(door, taken, seed=3, count=1_500)


@pytest.mark.torture
@pytest.mark.timeout(3600)
def test_100000_malformed_bodies_are_refused_or_kept_with_a_reason(door: Door, taken: list[int]) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 - rows_in_memory_mib()
    besiege(door, taken, seed=5, count=100_000)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 - rows_in_memory_mib() - before
    print(f"\nMemory rose by {grown:.0f} MiB at most, besides {rows_in_memory_mib():.0f} MiB of kept rows.")
    assert grown < 1024


def rows_in_memory_mib() -> float:
    """What the test's relational store takes of this process: SQLite keeps it in memory here, elsewhere on disk."""
    if connection.vendor != "sqlite":
        return 0.0
    with connection.cursor() as cursor:
        pages, size = (cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
    return float(pages * size / 2**20)


def besiege(door: Door, taken: list[int], seed: int, count: int) -> None:
    door.app.rate.per_second = 0
    statuses: Counter[int] = Counter()
    expected = stored = 0
    for number, attack in enumerate(attacks(seed, count, door.key), 1):
        taken[0] = 0
        path = f"{attack.path}?{attack.query}"
        key = None if attack.key == "header" else ""
        reply = door.ask(attack.method, path, attack.body, attack.headers, key=key)
        statuses[reply.status] += 1
        assert reply.status in CALM, (reply, attack)
        if taken[0] < 0:
            expected += 1
        else:  # also of a 400: some formats say so of a batch of which a part is taken
            expected += taken[0]
        if number % DRAIN_EVERY == 0 or number == count:
            stored += empty(door)
    assert statuses[200] > count / 20
    assert statuses[400] > count / 20
    rejects = Reject.objects.count()
    assert stored + door.drainer.duplicates + door.drainer.rejected == expected
    assert rejects == door.drainer.rejected
    unknown = set(Reject.objects.values_list("code", flat=True)) - set(REASONS)
    assert not unknown, "a reason without words"
    assert not Reject.objects.filter(code="unreadable").exists(), list(
        Reject.objects.filter(code="unreadable").values_list("detail", "raw")[:3]
    )
    print(f"\n{dict(statuses)}: {stored} counted, {door.drainer.duplicates} duplicates, {rejects} rejected")


def empty(door: Door) -> int:
    counted = door.drain()
    assert door.spool.depth() == 0
    assert door.spool.set_aside() == []
    assert not (door.spool.folder / "damaged").exists()
    return counted
