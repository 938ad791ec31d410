"""The unmodified PostHog clients for Python and Node.js."""

import uuid

import orjson
import pytest
from posthog import Posthog

from evergrow.intake.tests.clients import node
from evergrow.intake.tests.clients.source import Source

pytestmark = pytest.mark.client


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_python_sends_every_kind_of_call(source: Source, packed: bool) -> None:
    client = Posthog(source.key, host=source.url, gzip=packed)
    client.capture("nobody", distinct_id="a1", properties={"$process_person_profile": False})
    client.capture(
        "login", distinct_id="u1", properties={"plan": "pro", "$set": {"seat": 1}}, groups={"company": "c-1"}
    )
    client.set(distinct_id="u1", properties={"email": "mei@example.com", "name": "Mei"})
    client.set_once(distinct_id="u1", properties={"first": "a"})
    client.group_identify("company", "c-1", {"name": "Yunke"})
    client.alias("a1", "u1")
    client.shutdown()
    found = source.events(6)
    assert [each["event"] for each in found] == ["nobody", "login", "$identify", "$identify", "$group", "$alias"]
    assert (found[1]["properties"]["plan"], found[1]["account"], found[4]["person"]) == ("pro", 1, 0)
    assert uuid.UUID(found[1]["message_id"])
    assert source.accounts() == [{"number": 1, "name": "Yunke", "external_id": "c-1"}]
    people = source.people()
    assert (people["u1"]["name"], people["u1"]["email"]) == ("Mei", "mei@example.com")
    assert (people["u1"]["traits"]["seat"], people["u1"]["traits"]["first"]) == (1, "a")
    assert people["u1"]["person"] == people["a1"]["person"]
    assert source.rejects() == []


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_python_hears_that_there_are_no_flags(source: Source) -> None:
    heard: list[object] = []
    client = Posthog(source.key, host=source.url, personal_api_key="phx_own", on_error=lambda *said: heard.append(said))
    client.load_feature_flags()
    assert client.feature_flags == []
    assert client.get_all_flags("u1") == {}
    assert not client.feature_enabled("new-page", "u1")
    client.shutdown()
    assert [each["event"] for each in source.events(1)] == ["$feature_flag_called"]
    assert heard == []


def test_python_is_told_that_its_key_is_wrong(source: Source) -> None:
    heard: list[Exception] = []
    client = Posthog("egw_wrong", host=source.url, on_error=lambda error, batch: heard.append(error))
    client.capture("login", distinct_id="u1")
    client.shutdown()
    assert "401" in str(heard[0])
    assert source.events(0) == []


def test_node_sends_every_kind_of_call(source: Source) -> None:
    flags = orjson.loads(node("posthog_node.mjs", source))
    assert flags == {"all": {}}
    found = source.events(6)
    assert [each["event"] for each in found] == ["seen", "login", "$identify", "$group", "history", "$alias"]
    assert found[4]["at"] == 1_700_000_000_000
    assert found[1]["account"] == 1
    assert source.accounts() == [{"number": 1, "name": "Yunke", "external_id": "c-1"}]
    people = source.people()
    assert (people["u1"]["email"], people["u1"]["traits"]["first"]) == ("mei@example.com", "a")
    assert people["u1"]["person"] == people["b1"]["person"]
    assert people["a1"]["is_anonymous"]
    assert source.rejects() == []
