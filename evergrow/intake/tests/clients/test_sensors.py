"""The unmodified 神策 client for Python."""

import pytest
import sensorsanalytics
from sensorsanalytics import BatchConsumer, DefaultConsumer, SensorsAnalytics

from evergrow.intake.tests.clients.source import Source

pytestmark = pytest.mark.client


def address(source: Source) -> str:
    return f"{source.url}/sa?project=default&token={source.key}"


@pytest.mark.parametrize("consumer", [BatchConsumer, DefaultConsumer])
def test_python_sends_every_kind_of_call(source: Source, consumer: type) -> None:
    client = SensorsAnalytics(consumer(address(source)))
    client.track("d1", "Seen", {"plan": "pro"})
    client.track_signup("u1", "d1")
    client.track("u1", "Login", {"n": 1, "company_id": "c-1"}, is_login_id=True)
    client.profile_set("u1", {"$name": "Mei", "$email": "mei@example.com"}, is_login_id=True)
    client.profile_set_once("u1", {"first": "a"}, is_login_id=True)
    client.profile_increment("u1", {"visits": 2}, is_login_id=True)
    client.profile_append("u1", {"tags": ["x"]}, is_login_id=True)
    client.profile_unset("u1", ["first"], is_login_id=True)
    client.profile_delete("u1", is_login_id=True)
    client.item_set("book", "b1", {"price": 3})
    client.item_set("company", "c-1", {"name": "Yunke"})
    client.flush()
    client.close()
    found = source.events(10)
    assert [each["event"] for each in found] == [
        "Seen",
        "$identify",
        "Login",
        *["$identify"] * 5,
        "$item_set",
        "$group",
    ]
    assert (found[8]["person"], found[8]["properties"]["item.id"]) == (0, "b1")
    assert found[2]["account"] == 1
    assert source.accounts() == [{"number": 1, "name": "Yunke", "external_id": "c-1"}]
    people = source.people()
    assert (people["u1"]["name"], people["u1"]["email"]) == ("Mei", "mei@example.com")
    assert people["u1"]["traits"]["visits"] == 2
    assert people["u1"]["traits"]["tags"] == ["x"]
    assert "first" not in people["u1"]["traits"]
    assert people["u1"]["person"] == people["d1"]["person"]
    assert [each["code"] for each in source.rejects()] == ["not_followed"]


def test_python_raises_what_we_say(source: Source) -> None:
    client = SensorsAnalytics(DefaultConsumer(f"{source.url}/sa?project=egw_wrong"))
    with pytest.raises(sensorsanalytics.SensorsAnalyticsNetworkException, match="401"):
        client.track("d1", "Seen")
    assert source.events(0) == []
