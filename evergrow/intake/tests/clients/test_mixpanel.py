"""The unmodified Mixpanel client for Python."""

import mixpanel
import pytest
from mixpanel import BufferedConsumer, Consumer, Mixpanel, MixpanelException
from mixpanel.credentials import ServiceAccountCredentials

from evergrow.intake.tests.clients.source import Source

pytestmark = pytest.mark.client


def addresses(source: Source) -> dict[str, str]:
    names = {"events_url": "track", "people_url": "engage", "groups_url": "groups", "import_url": "import"}
    return {name: f"{source.url}/{path}" for name, path in names.items()}


def test_python_sends_every_kind_of_call(source: Source) -> None:
    client = Mixpanel(source.key, consumer=Consumer(**addresses(source)))
    client.track("u1", "login", {"plan": "pro", "company_id": "c-1"})
    client.track("$device:d1", "seen", {"$device_id": "d1"})
    client.track("u1", "$identify", {"$anon_distinct_id": "$device:d1"})
    client.people_set("u1", {"$email": "mei@example.com", "$name": "Mei"})
    client.people_increment("u1", {"logins": 1})
    client.people_append("u1", {"tags": "x"})
    client.people_delete("u1")
    client.group_set("company", "c-1", {"$name": "Yunke"})
    client.import_data(None, "u1", "old", 1_700_000_000, {"plan": "free"})
    client.merge(None, "$device:d2", "u1")
    found = source.events(9)
    assert [each["event"] for each in found] == [
        "login", "seen", "$identify", "$identify", "$identify", "$identify", "$group", "old", "$alias",
    ]  # fmt: skip
    assert found[7]["at"] == 1_700_000_000_000
    assert (found[0]["properties"]["plan"], found[0]["account"], found[6]["account"]) == ("pro", 1, 1)
    assert source.accounts() == [{"number": 1, "name": "Yunke", "external_id": "c-1"}]
    people = source.people()
    assert (people["u1"]["name"], people["u1"]["email"]) == ("Mei", "mei@example.com")
    assert people["u1"]["person"] == people["d1"]["person"] == people["d2"]["person"]
    assert [each["code"] for each in source.rejects()] == ["not_followed"]


def test_python_sends_batches_and_history_with_a_service_account(source: Source) -> None:
    account = ServiceAccountCredentials(username=source.key, secret="unused", project_id="1")
    client = Mixpanel("token", consumer=BufferedConsumer(**addresses(source), credentials=account))
    for number in range(60):
        client.import_data(None, "u1", f"old {number}", 1_700_000_000 + number)
    client._consumer.flush()
    assert [each["event"] for each in source.events(60)] == [f"old {number}" for number in range(60)]


def test_python_raises_what_we_say(source: Source) -> None:
    client = Mixpanel("egw_wrong", consumer=Consumer(**addresses(source)))
    with pytest.raises(MixpanelException, match="write key is unknown"):
        client.track("u1", "login")
    with pytest.raises(mixpanel.MixpanelException, match="write key is unknown"):
        client.import_data(None, "u1", "old", 1_700_000_000)
    assert source.events(0) == []
