"""The unmodified Segment client against a really served instance, killed under load."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from segment.analytics.client import Client

from evergrow.intake.tests.capture.served import Served

pytestmark = pytest.mark.client


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    served = Served(tmp_path / "data")
    served.start()
    yield served
    served.stop()


def client(served: Served, errors: list, **options: object) -> Client:
    fast = {"upload_interval": 0.05, "upload_size": 25, "max_queue_size": 1_000_000, "max_retries": 60}
    return Client(served.key, host=served.url, on_error=lambda error, batch: errors.append(error), **fast | options)


@pytest.mark.parametrize("gzip", [False, True], ids=["plain", "gzip"])
def test_every_kind_of_call_arrives(served: Served, gzip: bool) -> None:
    errors: list = []
    segment = client(served, errors, gzip=gzip)
    segment.identify("u1", {"email": "mei@example.com"})
    segment.track("u1", "login", {"plan": "pro"})
    segment.page("u1", "docs", "home", {"url": "https://a.example"})
    segment.screen("u1", "app", "main")
    segment.group("u1", "c-1", {"name": "Yunke"})
    segment.alias("a1", "u1")
    segment.track(anonymous_id="a2", event="login")
    segment.shutdown()
    served.wait_until_drained()
    state = served.health()
    assert errors == []
    assert (state["inserted"], state["rejected"]) == (7, 0)


@pytest.mark.timeout(110)
def test_killed_under_load_every_acknowledged_event_counts_exactly_once(served: Served) -> None:
    kill_under_load(served, kills=4)


@pytest.mark.torture
@pytest.mark.timeout(3600)
def test_killed_a_hundred_times_every_acknowledged_event_counts_exactly_once(served: Served) -> None:
    kill_under_load(served, kills=100)


def kill_under_load(served: Served, kills: int) -> None:
    """Four clients send without pause while the server is killed again and again; then every message is counted."""
    errors: list = []
    acknowledged: list[str] = []
    taken = threading.Lock()
    stop = threading.Event()

    def load(number: int) -> None:
        segment = client(served, errors, gzip=number % 2 == 0)
        sent: list[str] = []
        while not stop.is_set():
            message_id = f"client{number}-{len(sent)}"
            segment.track(f"u{len(sent) % 50}", "load", {"n": len(sent)}, message_id=message_id)
            sent.append(message_id)
            time.sleep(0.0005)
        segment.shutdown()  # returns once everything is acknowledged or given up, and the latter is an error
        with taken:
            acknowledged.extend(sent)

    loads = [threading.Thread(target=load, args=(number,)) for number in range(4)]
    for thread in loads:
        thread.start()
    for _ in range(kills):
        time.sleep(1.5)
        served.kill()
        served.start()
    time.sleep(1)
    stop.set()
    for thread in loads:
        thread.join(60)
    served.wait_until_drained()
    served.stop()
    ids, rollup = served.counted()
    assert errors == []
    assert len(acknowledged) > 500
    missing = [message_id for message_id in acknowledged if ids.get(message_id) != 1]
    assert not missing, f"{len(missing)} of {len(acknowledged)} are lost or counted twice, such as {missing[:5]}"
    assert set(ids) == set(acknowledged)
    assert rollup == len(ids)
