"""The page of the pipeline and the live view: what they say, and to whom."""

import pytest
from django.urls import reverse

from evergrow import warehouse
from evergrow.customers.models import Account
from evergrow.intake.tests.capture.stage import Door
from evergrow.workspaces.models import AccountScope

pytestmark = [pytest.mark.django_db, pytest.mark.once]
LIBRARY = {"name": "analytics-python", "version": "2.3.4"}


def read(client, member, name: str, query: str = "", **headers: str) -> str:
    url = reverse(f"intake:{name}", kwargs={"workspace": member.workspace.slug}) + query
    answer = client.get(url, headers=headers)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


@pytest.fixture
def sent(door: Door) -> Door:
    anonymous = {"type": "track", "anonymousId": "a-7", "event": "landed", "messageId": "m0"}
    door.post("/v1/track", anonymous)
    door.drain()
    batch = [
        {"type": "identify", "userId": "u1", "anonymousId": "a-7", "traits": {"name": "韩梅梅"}, "messageId": "m1"},
        {"type": "group", "userId": "u1", "groupId": "c-1", "traits": {"name": "Yunke"}, "messageId": "m2"},
        {
            "type": "track",
            "userId": "u1",
            "event": "exported report",
            "properties": {"plan": "needle in hay"},
            "messageId": "m3",
        },
        {"type": "track", "event": "of nobody", "properties": {"secret": "raw body"}},
    ]
    door.post("/v1/batch", {"batch": batch, "context": {"library": LIBRARY}})
    door.drain()
    return door


def test_the_pipeline_says_what_came_and_what_was_not_taken(sent, alice, sign_in) -> None:
    text = read(sign_in(alice), alice, "pipeline")
    assert "<b>All is well.</b> 4 events were accepted in the last hour." in text
    assert "The message names nobody" in text
    assert "analytics-python 2.3.4" in text
    assert "20.0%" in text  # one of five
    assert "Web" in text


def test_without_a_source_the_page_teaches(warehouse_db, alice, sign_in) -> None:
    text = read(sign_in(alice), alice, "pipeline")
    assert "There is no source yet" in text
    assert "Connect a client" in text


def test_days_and_one_source_can_be_chosen(sent, alice, sign_in) -> None:
    key = alice.workspace.keys.get()
    text = read(sign_in(alice), alice, "pipeline", f"?by=day&source={key.pk}")
    assert "What arrived from Web" in text
    assert read(sign_in(alice), alice, "pipeline", "?by=nonsense&source=x") is not None


def test_files_that_cannot_be_drained_are_told_with_what_to_do(sent, alice, sign_in, settings, tmp_path) -> None:
    for name in ("stuck", "damaged"):
        (sent.spool.folder / name).mkdir()
        (sent.spool.folder / name / "1.seg").write_bytes(b"")
    text = read(sign_in(alice), alice, "pipeline")
    assert "1 file of events was set aside" in text
    assert "restart the server" in text
    assert "1 file of events ended in bytes that cannot be read" in text


def test_the_page_stays_readable_while_the_store_is_away(alice, sign_in, monkeypatch) -> None:
    def away(*_: object, **__: object) -> None:
        raise warehouse.StoreUnavailable("gone")

    monkeypatch.setattr(warehouse, "rows", away)
    assert "The event store is away" in read(sign_in(alice), alice, "pipeline")
    assert "The event store is away" in read(sign_in(alice), alice, "live")


def test_what_arrives_is_shown_the_newest_first(sent, alice, sign_in) -> None:
    text = read(sign_in(alice), alice, "live")
    assert text.index("exported report") < text.index("landed")
    assert "韩梅梅" in text
    assert "Yunke" in text
    assert "raw body" not in text
    assert "raw body" in read(sign_in(alice), alice, "live", "?show=all")
    refused = read(sign_in(alice), alice, "live", "?show=refused")
    assert "raw body" in refused
    assert "exported report" not in refused


@pytest.mark.parametrize(
    ("query", "seen", "unseen"),
    [
        ("?event=landed", "landed", "exported report"),
        ("?type=track", "exported report", "$identify"),
        ("?type=group", "$group", "exported report"),
        ("?who=u1", "landed", "nothing like this"),
        ("?who=韩梅", "landed", "nothing like this"),
        ("?who=yunke", "exported report", "landed"),
        ("?who=a-7", "landed", "nothing like this"),
        ("?text=NEEDLE", "exported report", "landed"),
        ("?source=Web", "landed", "nothing like this"),
        ("?source=Elsewhere", "No message fits", "landed</span>"),
    ],
)
def test_filters(sent, alice, sign_in, query, seen, unseen) -> None:
    text = read(sign_in(alice), alice, "live", query, **{"HX-Request": "true"})
    assert seen in text
    assert unseen not in text


def test_the_stream_comes_alone_and_marks_what_is_new(sent, alice, sign_in) -> None:
    client = sign_in(alice)
    text = read(client, alice, "live", "?seen=0", **{"HX-Request": "true"})
    assert "<html" not in text
    assert text.count("is-new") == 4
    assert "is-new" not in read(client, alice, "live", "?seen=99999999999999", **{"HX-Request": "true"})
    assert "is-new" not in read(client, alice, "live", "?seen=x%C2%B2", **{"HX-Request": "true"})


def test_a_message_opens_with_whose_it_became_and_why(sent, alice, sign_in) -> None:
    person, day = warehouse.rows("select person, day from events where message_id = 'm0'")[0]
    text = read(sign_in(alice), alice, "live_message", f"?event=landed&day={day}&person={person}&id=m0")
    assert "韩梅梅" in text
    assert "m0" in text
    assert "Web" in text
    assert "a-7" in text


def test_a_message_of_others_is_not_there(sent, alice, bob, mallory, sign_in) -> None:
    person, day = warehouse.rows("select person, day from events where message_id = 'm3'")[0]
    query = f"?event=exported+report&day={day}&person={person}&id=m3"
    bob.scope = AccountScope.OWN
    bob.save()
    for member, status in ((alice, 200), (bob, 404), (mallory, 404)):
        url = reverse("intake:live_message", kwargs={"workspace": member.workspace.slug}) + query
        assert sign_in(member).get(url).status_code == status
    for broken in ("", "?day=x", f"?event=e&day={day}&person=x&id=m3", f"?event=e&day={day}&person=1&id="):
        url = reverse("intake:live_message", kwargs={"workspace": alice.workspace.slug}) + broken
        assert sign_in(alice).get(url).status_code == 404


def test_somebody_with_own_accounts_sees_neither_others_events_nor_refusals(sent, bob, sign_in) -> None:
    bob.scope = AccountScope.OWN
    bob.save()
    text = read(sign_in(bob), bob, "live", "?show=all")
    assert "exported report" not in text
    assert "raw body" not in text
    Account.objects.get().team.create(member=bob, role="csm", started_on=bob.workspace.today())
    text = read(sign_in(bob), bob, "live", "?show=all")
    assert "exported report" in text
    assert "landed" not in text
    assert "raw body" not in text


def test_a_neighbour_sees_nothing_of_it(sent, mallory, sign_in) -> None:
    assert "exported report" not in read(sign_in(mallory), mallory, "live", "?show=all")
    assert "Web" not in read(sign_in(mallory), mallory, "pipeline")
