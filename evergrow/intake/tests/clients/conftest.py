import uuid
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from evergrow.intake.tests.clients import Host, hosting
from evergrow.intake.tests.clients.source import Observed, Source
from evergrow.tests.browser import chromium


@pytest.fixture(scope="package")
def observed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Observed]:
    """One served instance for all tests with real clients. It stops after them, so that it costs no other test."""
    instance = Observed(tmp_path_factory.mktemp("observed") / "data")
    instance.start()
    yield instance
    instance.stop()


@pytest.fixture
def source(observed: Observed) -> Source:
    """A new workspace of the served instance with a write key: what a client is given, and what arrived from it."""
    return Source(observed, **observed.ask("source", slug=f"s{uuid.uuid4().hex[:12]}"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium for one module: Playwright keeps an event loop in this thread, so tests that run one of their own
    stand in another module. It looks like a person's, because some clients do not serve robots.
    """
    with chromium.launched("--disable-blink-features=AutomationControlled") as browser:
        yield browser


@pytest.fixture
def host(source: Source, browser: Browser) -> Iterator[Host]:
    """A customer's web site on another origin, open in Chromium, that sends to ``source``."""
    with hosting(source, browser) as host:
        yield host
