"""Mixed clients send without pause while the process is killed, the disk fills and the store hangs.

Then: nothing that was acknowledged is lost, nothing is counted twice. The figures are printed as one JSON line.
"""

import json
import threading
from pathlib import Path
from typing import Any

import pytest

from evergrow.intake.capture.formats import ROUTES
from evergrow.intake.tests.capture.served import Served
from evergrow.intake.tests.capture.torture import senders
from evergrow.intake.tests.capture.torture.faults import Chaos, Store
from evergrow.warehouse.tests.small_disk import small_disk

pytestmark = pytest.mark.client

READ = """
import django; django.setup()
import json
from evergrow import warehouse
from evergrow.customers.models import Person
tokens = warehouse.rows('''
    select if(properties['token'] != '', properties['token'], if(properties['mark'] != '', properties['mark'],
           if(properties['se_label'] != '', properties['se_label'], properties['label']))) as token, count()
    from events where event not like '$%' group by token''')
rollup = warehouse.scalar("select sum(count) from activity")
events = warehouse.scalar("select count() from events")
people = [[i.value, row.traits.get("counter", 0)] for row in Person.objects.prefetch_related("identifiers")
          for i in row.identifiers.all() if i.kind == "user"]
print(json.dumps([dict(tokens), rollup, events, dict(people)]))
"""
DISK_MIB = 6_000
DRAIN_SECONDS = 240
PATIENCE = 180  # seconds for a client to deliver what it holds; the official one waits longer after each failure


@pytest.mark.timeout(300)
def test_killed_under_mixed_clients_nothing_acknowledged_is_lost_or_counted_twice(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 2_000) as disk:
        served = Served((disk or tmp_path) / "data", EVERGROW_SPOOL_MIN_FREE_MIB="0", EVERGROW_CAPTURE_READER_KIB="1")
        torture(served, Chaos(served, seed=1, disk=disk), kills=4)


@pytest.mark.torture
@pytest.mark.timeout(3600)
def test_200_kills_and_full_disks_lose_and_double_nothing(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", DISK_MIB) as disk:
        served = Served((disk or tmp_path) / "data", EVERGROW_SPOOL_MIN_FREE_MIB="0", EVERGROW_CAPTURE_READER_KIB="1")
        torture(served, Chaos(served, seed=7, disk=disk), kills=200)


@pytest.mark.torture
@pytest.mark.timeout(3600)
def test_60_kills_beside_a_store_that_hangs_and_dies_lose_and_double_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    store.start()
    try:
        served = Served(tmp_path / "data", EVERGROW_CLICKHOUSE_URL=store.url)
        torture(served, Chaos(served, seed=11, store=store), kills=60)
    finally:
        store.kill()


def torture(served: Served, chaos: Chaos, kills: int) -> None:
    """Send, break, wait until all is drained, and compare."""
    ledger, stop = senders.Ledger(), threading.Event()
    served.start()
    makes = [make for make in senders.ALL if ROUTES.find(make("k", ["t"]).path.partition("?")[0].rstrip("/"))]
    threads: list[senders.Sender] = [
        senders.Sender(make, served.port, served.key, ledger, stop, seed) for seed, make in enumerate(makes)
    ]
    if senders.sensors in makes:
        threads.append(senders.Counter(senders.sensors_counter, served.port, served.key, ledger, stop, 99))
    threads += [
        senders.SegmentClient(served.port, served.key, ledger, stop, seed, gzip=bool(seed % 2)) for seed in (50, 51)
    ]
    for thread in threads:
        thread.start()
    try:
        while chaos.done.get("kills", 0) < kills:
            chaos.kill()
        stop.set()
        for thread in threads:
            thread.join(PATIENCE)
        assert not any(thread.is_alive() for thread in threads)
        served.wait_until_drained(DRAIN_SECONDS)
        rejected = served.health()["rejected"]
    finally:
        stop.set()
        served.stop()
    compare(ledger, chaos, json.loads(served.run("-c", READ)), [make.__name__ for make in makes], rejected)


def compare(ledger: senders.Ledger, chaos: Chaos, stored: list[Any], formats: list[str], rejected: int) -> None:
    tokens, rollup, events, counters = stored
    lost = sorted(token for token in ledger.acknowledged if not tokens.get(token))
    doubled = sorted(token for token, count in tokens.items() if count > 1)
    figures = {
        "faults": chaos.done,
        "formats": formats,
        "sent": len(ledger.sent),
        "acknowledged": len(ledger.acknowledged),
        "sent again after the answer": ledger.again,
        "requests that broke": ledger.broken,
        "requests told to wait": ledger.refused,
        "lost": len(lost),
        "counted twice": len(doubled),
        "rejected since the last start": rejected,
        "slowest restart, s": round(max(chaos.restarts, default=0), 1),
        "most memory, MiB": chaos.memory,
    }
    print("\n" + json.dumps(figures), flush=True)
    assert ledger.strange == []
    assert lost == []
    assert doubled == []
    assert set(tokens) == ledger.sent
    assert rollup == events
    assert {who: counters.get(who) for who in ledger.counters} == ledger.counters
    assert len(ledger.acknowledged) > 500
