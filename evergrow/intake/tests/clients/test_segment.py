"""The unmodified Segment clients for servers."""

import pytest

from evergrow.intake.tests.clients import node
from evergrow.intake.tests.clients.source import Source

pytestmark = pytest.mark.client


def test_node_sends_every_kind_of_call(source: Source) -> None:
    node("segment_node.mjs", source)
    found = source.events(7)
    assert [each["event"] for each in found] == ["$identify", "login", "$page", "$screen", "$group", "seen", "$alias"]
    login = found[1]
    assert {name: login["properties"][name] for name in ("plan", "seats", "trial")} == {
        "plan": "pro",
        "seats": "3",
        "trial": "false",
    }
    assert {each["person"] for each in found} == {source.people()["u1"]["person"]}
    assert source.people()["u1"]["traits"] == {"name": "Mei", "email": "mei@example.com"}
    assert source.accounts() == [{"number": 1, "name": "Yunke", "external_id": "c-1"}]
