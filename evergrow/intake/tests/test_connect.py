"""The page that helps to connect: snippets, arrivals, refusals; for those who may see them."""

from html import escape

import pytest
from django.urls import reverse

from evergrow import warehouse
from evergrow.intake.capture.spool import SpoolUnavailable
from evergrow.intake.models import Reject
from evergrow.intake.tests.capture.conftest import door, spool  # noqa: F401
from evergrow.workspaces.models import AccountScope

pytestmark = pytest.mark.django_db


def page(client, member, query: str = "") -> str:
    answer = client.get(reverse("intake:connect", kwargs={"workspace": member.workspace.slug}) + query)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def sent(door):  # noqa: F811
    door.post(
        "/v1/batch",
        {
            "batch": [
                {"type": "identify", "userId": "u1", "traits": {"name": "韩梅梅"}},
                {"type": "group", "userId": "u1", "groupId": "c-1", "traits": {"name": "Yunke"}},
                {"type": "track", "userId": "u1", "event": "exported report", "properties": {"plan": "pro"}},
                {"type": "track", "event": "of nobody", "properties": {"secret": "raw body"}},
            ]
        },
    )
    door.drain()
    return door


def test_arrivals_and_refusals_are_shown(sent, alice, sign_in) -> None:
    text = page(sign_in(alice), alice)
    assert "exported report" in text
    assert "韩梅梅" in text
    assert "Yunke" in text
    assert "3</strong> events in the last hour, from Web;" in text
    assert "The message names nobody" in text
    assert "raw body" in text


def test_snippets_hold_this_servers_address(warehouse_db, alice, sign_in) -> None:
    lines = {
        "": 'src="http://testserver/evergrow.js"',
        "python": 'host="http://testserver"',
        "node": 'host: "http://testserver"',
        "browser": 'cdnURL: "http://testserver"',
        "curl": "http://testserver/v1/track",
    }
    for client, line in lines.items():
        assert escape(line) in page(sign_in(alice), alice, f"?client={client}")
    assert "No event arrived" in page(sign_in(alice), alice)


def test_the_live_part_comes_alone(sent, alice, sign_in) -> None:
    url = reverse("intake:connect", kwargs={"workspace": alice.workspace.slug})
    text = sign_in(alice).get(url, headers={"HX-Request": "true", "HX-Target": "arrivals"}).content.decode()
    assert "exported report" in text
    assert "<html" not in text


def test_somebody_with_own_accounts_sees_neither_others_events_nor_refusals(sent, bob, sign_in) -> None:
    bob.scope = AccountScope.OWN
    bob.save()
    text = page(sign_in(bob), bob)
    assert "exported report" not in text
    assert "raw body" not in text


def test_a_neighbour_sees_nothing_of_it(sent, mallory, sign_in) -> None:
    text = page(sign_in(mallory), mallory)
    assert "exported report" not in text
    assert "raw body" not in text
    url = reverse("intake:replay_reject", kwargs={"workspace": mallory.workspace.slug, "pk": Reject.objects.get().pk})
    assert sign_in(mallory).post(url).status_code == 404


def test_a_refusal_is_sent_again_by_an_administrator_only(sent, alice, carol, sign_in) -> None:
    reject = Reject.objects.get()
    url = reverse("intake:replay_reject", kwargs={"workspace": alice.workspace.slug, "pk": reject.pk})
    assert sign_in(carol).post(url).status_code == 403
    assert "Send again" not in page(sign_in(carol), carol)
    answer = sign_in(alice).post(url, follow=True).content.decode()
    assert "Sent again" in answer
    sent.drain()
    assert list(Reject.objects.order_by("pk").values_list("state", flat=True)) == ["replayed", "open"]


def test_the_page_stays_readable_while_the_store_is_away(alice, sign_in, monkeypatch) -> None:
    def away(*_: object, **__: object) -> None:
        raise warehouse.StoreUnavailable("gone")

    monkeypatch.setattr(warehouse, "rows", away)
    assert "The event store is away" in page(sign_in(alice), alice)


def test_what_was_refused_by_a_full_spool_stays_open(sent, alice, sign_in, monkeypatch) -> None:
    def full(*_: object) -> None:
        raise SpoolUnavailable("full")

    monkeypatch.setattr(type(sent.spool), "write", full)
    reject = Reject.objects.get()
    url = reverse("intake:replay_reject", kwargs={"workspace": alice.workspace.slug, "pk": reject.pk})
    assert "Make room on the disk" in sign_in(alice).post(url, follow=True).content.decode()
    reject.refresh_from_db()
    assert reject.state == "open"
