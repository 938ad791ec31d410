"""The unmodified Segment clients for servers."""

from datetime import UTC, datetime

import pytest
from segment.analytics.client import Client

from evergrow.intake.tests.clients import node
from evergrow.intake.tests.clients.source import Source

pytestmark = pytest.mark.client


@pytest.mark.parametrize("gzip", [False, True], ids=["plain", "gzip"])
def test_python_sends_every_kind_of_call(source: Source, gzip: bool) -> None:
    errors: list = []
    segment = python(source, errors, gzip=gzip)
    segment.identify("u1", {"name": "Mei", "email": "mei@example.com"})
    segment.track("u1", "login", {"plan": "pro", "seats": 3, "trial": False})
    segment.page("u1", "docs", "home", {"url": "https://a.example/"})
    segment.screen("u1", "app", "main")
    segment.group("u1", "c-1", {"name": "Yunke"})
    segment.track(anonymous_id="a1", event="seen")
    segment.alias("a1", "u1")
    segment.shutdown()
    assert errors == []
    all_kinds_arrived(source)


def test_node_sends_every_kind_of_call(source: Source) -> None:
    node("segment_node.mjs", source)
    all_kinds_arrived(source)


def test_python_gives_up_at_once_when_its_key_is_wrong(source: Source) -> None:
    errors: list = []
    segment = Client("egw_wrong", host=source.url, max_retries=10, on_error=lambda error, _: errors.append(error))
    segment.track("u1", "login")
    segment.shutdown()
    assert [(error.status, error.code) for error in errors] == [(401, "invalid_write_key")]


def test_node_gives_up_at_once_when_its_key_is_wrong(source: Source) -> None:
    with pytest.raises(AssertionError, match="401"):
        node("segment_node.mjs", source, seconds=10, KEY="egw_wrong")
    assert source.events(0) == []


def test_python_may_say_when_it_happened(source: Source) -> None:
    errors: list = []
    segment = python(source, errors)
    segment.track("u1", "signed", timestamp=datetime(2026, 3, 25, 4, tzinfo=UTC))
    segment.shutdown()
    (found,) = source.events(1)
    assert errors == []
    assert found["original_at"] == 1_774_411_200_000
    assert 0 <= found["at"] - found["original_at"] < 5_000


def python(source: Source, errors: list, **options: object) -> Client:
    options = {"upload_interval": 0.1, "max_retries": 3} | options
    return Client(source.key, host=source.url, on_error=lambda error, _: errors.append(error), **options)


def all_kinds_arrived(source: Source) -> None:
    found = source.events(7)
    assert [each["event"] for each in found] == ["$identify", "login", "$page", "$screen", "$group", "seen", "$alias"]
    assert {"plan": "pro", "seats": "3", "trial": "false"}.items() <= found[1]["properties"].items()
    assert {each["person"] for each in found} == {source.people()["u1"]["person"]}
    known = source.people()["u1"]
    assert (known["name"], known["email"], known["traits"]) == ("Mei", "mei@example.com", {})
    assert source.accounts() == [{"number": 1, "name": "Yunke", "external_id": "c-1"}]
