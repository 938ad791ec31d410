"""The sources page and the page that helps to connect one: state, snippets, tick, limits, pause."""

from html import escape

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from evergrow import warehouse
from evergrow.intake.models import SourceSettings
from evergrow.intake.sources import actions, clients
from evergrow.intake.tests.capture.conftest import door, spool  # noqa: F401
from evergrow.workspaces.errors import BadChoice
from evergrow.workspaces.models import AccountScope, AuditEntry, Key

pytestmark = pytest.mark.django_db
LOGIN = {"type": "track", "userId": "u1", "event": "exported report", "properties": {"plan": "pro"}}


def address(member, name: str, **arguments) -> str:
    return reverse(f"intake:{name}", kwargs={"workspace": member.workspace.slug, **arguments})


def page(client, member, name: str = "sources", query: str = "", **arguments) -> str:
    answer = client.get(address(member, name, **arguments) + query)
    assert answer.status_code == 200
    return answer.content.decode()


def web() -> Key:
    return Key.objects.get(name="Web")


@pytest.fixture
def sent(door):  # noqa: F811
    door.post(
        "/v1/batch",
        {
            "batch": [
                {"type": "identify", "userId": "u1", "traits": {"name": "韩梅梅"}},
                {"type": "group", "userId": "u1", "groupId": "c-1", "traits": {"name": "Yunke"}},
                LOGIN | {"context": {"library": {"name": "analytics-python", "version": "2.4"}}},
                {"type": "track", "event": "of nobody", "properties": {"secret": "raw body"}},
            ]
        },
    )
    door.drain()
    return door


def test_a_source_that_sends_is_connected(sent, alice, sign_in) -> None:
    text = page(sign_in(alice), alice)
    assert "exported report" in text
    assert "3</strong> events in the last hour, from Web;" in text
    assert "analytics-python 2.4" in text
    assert "connected" in text
    assert f"{address(alice, 'rejects')}?source=Web" in text


def test_a_new_source_shows_its_key_once_in_lines_that_work(door, alice, sign_in) -> None:  # noqa: F811
    client = sign_in(alice)
    made = client.post(address(alice, "new_source"), {"name": "Web shop"})
    text = made.content.decode()
    secret = text.split('id="secret" readonly value="')[1].split('"')[0]
    assert secret.startswith("egw_")
    assert made["Cache-Control"].startswith("max-age=0")
    assert f"curl -u {secret}: http://testserver/v1/track" in text
    assert clients.KEY not in text
    door.app.keys.refresh()
    assert door.post("/v1/track", LOGIN, key=secret).status == 200
    key = Key.objects.get(name="Web shop")
    later = page(client, alice, "source", pk=key.pk)
    assert secret not in later
    assert clients.KEY in later


def test_names_tell_sources_apart(alice, sign_in, warehouse_db) -> None:
    client = sign_in(alice)
    client.post(address(alice, "new_source"), {"name": "Web"})
    again = client.post(address(alice, "new_source"), {"name": "Web"})
    assert (again.status_code, Key.objects.count()) == (422, 1)
    assert "a source of this name already" in again.content.decode()
    assert client.post(address(alice, "new_source"), {"name": ""}).status_code == 422


def test_only_administrators_make_sources(alice, carol, sign_in, warehouse_db) -> None:
    assert sign_in(carol).post(address(alice, "new_source"), {"name": "Mine"}).status_code == 403
    assert "Make the source" not in page(sign_in(carol), carol)
    with pytest.raises(PermissionDenied):
        actions.create_source(workspace=alice.workspace, name="Mine", by=carol)


def test_snippets_hold_this_servers_address(door, alice, sign_in) -> None:  # noqa: F811
    lines = {
        "python": 'host="http://testserver"',
        "node": 'host: "http://testserver"',
        "browser": 'cdnURL: "http://testserver"',
        "curl": "http://testserver/v1/track",
    }
    text = page(sign_in(alice), alice, "source", pk=web().pk)
    for line in lines.values():
        assert escape(line) in text
    assert clients.BASE not in text


def test_the_tick_comes_by_itself_and_stops_asking(door, alice, sign_in) -> None:  # noqa: F811
    client, key = sign_in(alice), web()
    before = page(client, alice, "source_tick", pk=key.pk)
    assert "Waiting for the first event" in before
    assert 'hx-trigger="every 2s"' in before
    door.post("/v1/track", LOGIN)
    door.drain()
    after = page(client, alice, "source_tick", pk=key.pk)
    assert "Events arrive" in after
    assert "exported report" in after
    assert "hx-trigger" not in after


def test_the_tick_tells_what_was_refused_and_what_to_do(door, alice, sign_in) -> None:  # noqa: F811
    SourceSettings.objects.create(key=web(), origins=["https://shop.example.com"])
    door.post("/v1/track", {"event": "of nobody"})
    door.post("/v1/track", LOGIN, {"Origin": "https://evil.example"})
    door.app.tally.save()
    door.drain()
    text = page(sign_in(alice), alice, "source_tick", pk=web().pk)
    assert 'hx-trigger="every 2s"' in text
    assert "The message names nobody" in text
    assert "Give the message a userId" in text
    assert "not among the allowed ones" in text
    assert "only refused messages" in page(sign_in(alice), alice)


def test_an_event_of_another_source_is_no_tick(sent, alice, sign_in) -> None:
    made, _ = actions.create_source(workspace=alice.workspace, name="App", by=alice)
    assert "Waiting for the first event" in page(sign_in(alice), alice, "source_tick", pk=made.pk)


def test_limits_are_set_and_taken_back(door, alice, sign_in) -> None:  # noqa: F811
    client, key = sign_in(alice), web()
    url = address(alice, "source_limits", pk=key.pk)
    given = {"per_second": "1", "burst": "1", "origins": "shop.example.com\nhttps://*.云客.cn/x\nhttp://localhost:3000"}
    assert client.post(url, given).status_code == 302
    own = SourceSettings.objects.get()
    assert (own.per_second, own.per_day) == (1, None)
    assert own.origins == ["https://shop.example.com", "https://*.xn--9kq713a.cn", "http://localhost:3000"]
    assert [door.post("/v1/track", LOGIN).status for _ in range(2)] == [200, 429]
    entry = AuditEntry.objects.get(verb="source.limited")
    assert entry.data["per_second"] == [None, 1]
    assert client.post(url, {}).status_code == 302
    own.refresh_from_db()
    assert (own.per_second, own.origins) == (None, [])
    assert door.post("/v1/track", LOGIN).status == 200


def test_limits_that_make_no_sense_are_refused(door, alice, bob, sign_in) -> None:  # noqa: F811
    client, url = sign_in(alice), address(alice, "source_limits", pk=web().pk)
    for given in ({"per_second": "-1"}, {"origins": "javascript:alert(1)"}, {"origins": "https://a b"}):
        assert client.post(url, given).status_code == 422
    assert client.post(url, {"request_kib": "0"}).status_code == 422
    with pytest.raises(BadChoice):
        actions.read_origins([f"https://{n}.example" for n in range(200)])
    assert sign_in(bob).post(url, {"per_second": "1"}).status_code == 403


def test_a_source_is_paused_and_resumed(door, alice, sign_in) -> None:  # noqa: F811
    client, key = sign_in(alice), web()
    client.post(address(alice, "pause_source", pk=key.pk))
    assert door.post("/v1/track", LOGIN).status == 403
    assert "what they send until it is resumed is lost" in page(client, alice, "source", pk=key.pk)
    assert "paused already" in client.post(address(alice, "pause_source", pk=key.pk), follow=True).content.decode()
    client.post(address(alice, "resume_source", pk=key.pk))
    assert door.post("/v1/track", LOGIN).status == 200
    verbs = AuditEntry.objects.filter(verb__startswith="source.").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["source.paused", "source.resumed"]


def test_somebody_with_own_accounts_sees_neither_others_events_nor_refusals(sent, bob, sign_in) -> None:
    bob.scope = AccountScope.OWN
    bob.save()
    client = sign_in(bob)
    tick = page(client, bob, "source_tick", pk=web().pk)
    assert "u1" not in tick
    assert "names nobody" not in tick
    assert client.get(address(bob, "rejects")).status_code == 404


def test_a_neighbour_sees_nothing_of_it(sent, mallory, sign_in) -> None:
    client = sign_in(mallory)
    assert "exported report" not in page(client, mallory)
    for name in ("source", "source_tick"):
        assert client.get(address(mallory, name, pk=web().pk)).status_code == 404
    assert client.post(address(mallory, "pause_source", pk=web().pk)).status_code == 404


def test_the_pages_stay_readable_while_the_store_is_away(alice, door, sign_in, monkeypatch) -> None:  # noqa: F811
    def away(*_: object, **__: object) -> None:
        raise warehouse.StoreUnavailable("gone")

    monkeypatch.setattr(warehouse, "rows", away)
    Key.objects.update(last_used_at="2026-01-01T00:00:00Z")
    assert "The event store is away" in page(sign_in(alice), alice)
    assert "The event store is away" in page(sign_in(alice), alice, "source", pk=web().pk)


def test_the_address_of_before_still_opens(alice, sign_in, warehouse_db) -> None:
    assert "Make the source" in page(sign_in(alice), alice, "connect")
