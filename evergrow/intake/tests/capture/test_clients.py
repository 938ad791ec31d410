"""The unmodified Segment client against a really served instance."""

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
