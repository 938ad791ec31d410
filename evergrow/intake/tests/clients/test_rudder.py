"""The unmodified RudderStack clients for servers."""

import pytest
from rudderstack.analytics.client import Client

from evergrow.intake.tests.clients import node
from evergrow.intake.tests.clients.source import Source
from evergrow.intake.tests.clients.test_segment import all_kinds_arrived

pytestmark = pytest.mark.client


def test_python_sends_every_kind_of_call(source: Source) -> None:
    errors: list = []
    rudder = Client(source.key, host=source.url, upload_interval=0.1, on_error=lambda error, _: errors.append(error))
    rudder.identify("u1", {"name": "Mei", "email": "mei@example.com"})
    rudder.track("u1", "login", {"plan": "pro", "seats": 3, "trial": False})
    rudder.page("u1", "docs", "home", {"url": "https://a.example/"})
    rudder.screen("u1", "app", "main")
    rudder.group("u1", "c-1", {"name": "Yunke"})
    rudder.track(anonymous_id="a1", event="seen")
    rudder.alias("a1", "u1")
    rudder.shutdown()
    assert errors == []
    all_kinds_arrived(source)


def test_node_sends_every_kind_of_call(source: Source) -> None:
    node("rudder_node.mjs", source)
    all_kinds_arrived(source)


def test_python_gives_up_when_its_key_is_wrong(source: Source) -> None:
    errors: list = []
    rudder = Client("egw_wrong", host=source.url, max_retries=10, on_error=lambda error, _: errors.append(error))
    rudder.track("u1", "login")
    rudder.shutdown()
    assert [(error.status, error.code) for error in errors] == [(401, "invalid_write_key")]
