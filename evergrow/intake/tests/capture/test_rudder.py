"""RudderStack's own addresses: what is beside the messages."""

import pytest

from evergrow import __version__
from evergrow.intake.tests.capture.stage import Door
from evergrow.workspaces.models import Key

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def test_a_browser_is_told_its_source(door: Door, frozen, workspace) -> None:
    reply = door.ask("GET", f"/sourceConfig/?p=npm&v=3.34.1&build=modern&writeKey={door.key}")
    key = Key.objects.get(workspace=workspace)
    assert reply.json == {
        "source": {
            "id": str(key.pk),
            "name": "Web",
            "writeKey": door.key,
            "enabled": True,
            "workspaceId": str(workspace.pk),
            "config": {"statsCollection": {"errors": {"enabled": False}, "metrics": {"enabled": False}}},
            "destinations": [],
            "dataplanes": {},
        },
        "updatedAt": "2026-03-25T04:00:00.000Z",
    }


@pytest.mark.parametrize(
    ("path", "body", "key", "status", "message"),
    [
        ("/sourceConfig/", b"", "egw_wrong", 401, "Invalid Write Key"),
        ("/sourceConfig/", b"", "", 401, "Failed to read writeKey from header"),
        ("/beacon/v1/batch", {"batch": []}, "egw_wrong", 401, "Invalid Write Key"),
        ("/beacon/v1/batch", {"batch": []}, "", 401, "Failed to read writeKey from header"),
        ("/beacon/v1/batch", b"{", None, 400, "Invalid JSON"),
        ("/v1/webhook", b"", None, 400, "Request body is nil"),
        ("/beacon/v1/batch", b" " * 21_000_000, None, 413, "Request size exceeds max limit"),
    ],
)
def test_refusals_have_its_words_and_a_code(door: Door, path: str, body, key, status: int, message: str) -> None:
    method = "GET" if path == "/sourceConfig/" else "POST"
    reply = door.ask(method, path, body, key=key)
    assert (reply.status, reply.json["message"]) == (status, message)
    assert reply.json["code"]
    assert reply.json["detail"]


def test_it_says_which_version_it_is(door: Door) -> None:
    assert door.ask("GET", "/version", key="").json == {"Version": __version__}
