"""The unmodified Amplitude client for Python."""

import pytest
from amplitude import Amplitude, BaseEvent, EventOptions, Identify, Revenue

from evergrow.intake.tests.clients.source import Source

pytestmark = pytest.mark.client
WHO = EventOptions(user_id="user-1")


def client(source: Source, told: list) -> Amplitude:
    found = Amplitude(source.key)
    found.configuration.server_url = f"{source.url}/2/httpapi"
    found.configuration.callback = lambda event, code, message=None: told.append(code)
    return found


def test_python_sends_every_kind_of_call(source: Source) -> None:
    told: list = []
    amplitude = client(source, told)
    amplitude.track(
        BaseEvent("login", user_id="user-1", device_id="device-1", event_properties={"plan": "pro"}, session_id=1)
    )
    amplitude.identify(Identify().set("email", "mei@example.com").add("logins", 1).unset("old"), WHO)
    amplitude.set_group("company", "c-1", WHO)
    amplitude.group_identify("company", "c-1", Identify().set("name", "Yunke"))
    amplitude.revenue(Revenue(price=3.5, quantity=2), WHO)
    amplitude.shutdown()
    found = source.events(5)
    assert [each["event"] for each in found] == ["login", "$identify", "$group", "$group", "revenue_amount"]
    assert told == [200] * 5
    assert (found[0]["properties"]["plan"], found[0]["properties"]["library.name"]) == ("pro", "amplitude-python")
    assert [each["person"] > 0 for each in found] == [True, True, True, False, True]
    assert [each["account"] for each in found][2:] == [1, 1, 1]
    assert source.accounts()[0] == {"number": 1, "name": "Yunke", "external_id": "c-1"}
    assert source.people()["user-1"]["email"] == "mei@example.com"
    assert source.rejects() == []


def test_python_gives_up_with_an_unknown_key(source: Source) -> None:
    told: list = []
    amplitude = client(Source(source.served, source.workspace, "egw_wrong"), told)
    amplitude.track(BaseEvent("login", user_id="user-1"))
    amplitude.shutdown()
    assert source.events(0) == []
    assert told == []
