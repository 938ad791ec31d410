"""The live tail of people and accounts, and sessions, through their addresses and against plain Python."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from conftest import make_member
from evergrow.customers.actions.merges import merge_people, undo_merge
from evergrow.customers.models import Person
from evergrow.customers.profiles import sessions, tail
from evergrow.customers.profiles.sessions import Step, split
from evergrow.customers.profiles.whose import whose
from evergrow.customers.tests.stage import make_account, make_person, make_seat, put_events

pytestmark = pytest.mark.usefixtures("frozen", "warehouse_db")
NOON = datetime(2026, 3, 25, 4, 0, tzinfo=UTC)


def address(person, name="person", **kwargs):
    return reverse(f"customers:{name}", kwargs={"workspace": "acme", "number": person.number, **kwargs})


def text(answer):
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


@pytest.fixture
def account(workspace):
    return make_account(workspace)


@pytest.fixture
def person(account):
    return make_person(account, "Daniel Moore")


def ago(**length):
    return NOON - timedelta(**length)


def test_pages_by_keyset_give_every_event_once_newest_first(workspace, account, person, bob):
    choice = random.Random(3)
    rows = [
        {
            "at": ago(minutes=choice.randrange(60 * 24 * 500)) if n % 3 else ago(days=2),
            "event": choice.choice(["login", "export", "share"]),
            "person": person.number,
            "account": account.number,
        }
        for n in range(173)
    ]
    put_events(workspace, *rows, {"at": ago(hours=1), "event": "login", "person": person.number + 99})
    for subject in (person, account):
        found, cursor = [], ""
        while True:
            page = tail.tail(whose(bob, subject), tail.Filters(), cursor, 20)
            found += [(each.at, each.sequence, each.event) for each in page.events]
            cursor = page.older
            if not cursor:
                break
        expected = [(row["at"], n, row["event"]) for n, row in enumerate(rows)]
        assert found == sorted(expected, key=lambda each: each[:2], reverse=True)


def test_filters_narrow_by_event_source_text_and_period(workspace, account, person, bob):
    mine = {"person": person.number, "account": account.number}
    put_events(
        workspace,
        {**mine, "at": ago(days=1), "event": "login", "source": "web", "properties": {"plan": "Gold 金牌"}},
        {**mine, "at": ago(days=9), "event": "export", "source": "server", "properties": {"format": "csv"}},
        {**mine, "at": ago(days=300), "event": "login", "source": "web", "properties": {}},
    )
    cases = {
        "event=login": 2,
        "source=server": 1,
        "text=gold": 1,
        "text=金牌": 1,
        "text=FORMAT": 1,
        "since=2026-03-20": 1,
        "until=2026-03-20": 2,
        "since=2026-03-16&until=2026-03-16": 1,
        "event=never": 0,
        "since=nonsense": 3,
    }
    for subject in (person, account):
        for query, count in cases.items():
            filters = tail.read(dict(part.split("=") for part in query.split("&")))
            assert len(tail.tail(whose(bob, subject), filters).events) == count, query


def test_a_merge_brings_the_events_of_the_other_at_once_and_a_split_takes_them_back(workspace, account, person, bob):
    other = make_person(account, "D. Moore")
    put_events(
        workspace,
        {"at": ago(hours=2), "event": "login", "person": person.number, "account": account.number},
        {"at": ago(hours=1), "event": "export", "person": other.number, "account": account.number},
    )
    merge = merge_people(kept=person, merged=other, reason="by hand", by=bob)
    assert [each.event for each in tail.tail(whose(bob, person), tail.Filters()).events] == ["export", "login"]
    whos = {each.who for each in tail.tail(whose(bob, account), tail.Filters()).events}
    assert whos == {person}
    undo_merge(merge=merge, by=bob)
    again = Person.objects.get(pk=person.pk)  # as the next request reads them
    assert [each.event for each in tail.tail(whose(bob, again), tail.Filters()).events] == ["login"]


def test_the_pages_show_events_and_mark_what_came_since_the_last_look(workspace, account, person, bob, sign_in):
    client = sign_in(bob)
    mine = {"person": person.number, "account": account.number}
    put_events(workspace, {**mine, "at": ago(hours=2), "event": "login", "properties": {"plan": "<b>Pro"}})
    for place in (
        address(person, "person_card", key="events"),
        address(person, "person_tab", tab="events"),
        address(account, "account_tab", tab="events"),
    ):
        page = text(client.get(place))
        assert "&lt;b&gt;Pro" in page
        assert "data-tail-live" in page
    stream = text(client.get(address(person, "person_stream") + "?seen=0-0"))
    assert "is-new" in stream
    seen = f"{round(ago(hours=2).timestamp() * 1000)}-0"
    assert "is-new" not in text(client.get(address(person, "person_stream"), {"seen": seen}))
    put_events(workspace, {**mine, "at": ago(hours=1), "event": "login"})
    assert text(client.get(address(account, "account_stream"), {"seen": seen})).count("is-new") == 1
    for wrong in ("-", "5-", "²-1", "x"):
        assert client.get(address(person, "person_stream"), {"seen": wrong}).status_code == 200
    assert client.get(address(person, "person_stream"), {"place": "nonsense"}).status_code == 404


def test_row_rights_hold_for_tail_and_sessions(workspace, account, person, mallory, sign_in):
    elsewhere = make_account(workspace, "Elsewhere")
    put_events(
        workspace,
        {"at": ago(hours=3), "event": "here", "person": person.number, "account": account.number},
        {"at": ago(hours=2), "event": "there", "person": person.number, "account": elsewhere.number},
        {"at": ago(hours=1), "event": "nowhere", "person": person.number},
    )
    own = make_member(workspace, "Own", scope="own")
    assert sign_in(own).get(address(person, "person_stream")).status_code == 404
    assert sign_in(mallory).get(address(person, "person_stream")).status_code == 404
    make_seat(account, own)
    assert {each.event for each in tail.tail(whose(own, person), tail.Filters()).events} == {"here", "nowhere"}
    assert {name for each in sessions.sessions(whose(own, person)).sessions for name, _ in each.names} == {
        "here",
        "nowhere",
    }
    assert "there" not in text(sign_in(own).get(address(person)))


def step(minutes, session="", sequence=0, **fields):
    return Step(at=NOON + timedelta(minutes=minutes), sequence=sequence, event="e", session=session, **fields)


def test_exactly_thirty_minutes_start_a_new_session_and_midnight_does_not():
    just_less = Step(at=NOON + timedelta(minutes=30) - timedelta(milliseconds=1), sequence=1, event="e")
    assert [len(each.steps) for each in split([step(0), just_less])] == [2]
    assert [len(each.steps) for each in split([step(0), step(30)])] == [1, 1]
    midnight = 12 * 60  # in Shanghai
    assert len(split([step(midnight - 5), step(midnight + 5)])) == 1


def test_another_name_of_the_session_starts_a_new_one_and_nameless_events_join_the_last():
    found = split([step(0, "a"), step(1), step(2, "b"), step(3, "a"), step(4), step(50, "a")])
    assert [[s.session for s in each.steps] for each in found] == [["a"], ["b"], ["a", "", "a", ""]]


def test_a_session_tells_where_it_began_and_whence(workspace, account, person, bob, sign_in):
    base = {"person": person.number, "account": account.number, "event": "$page"}
    put_events(
        workspace,
        {
            **base,
            "at": ago(minutes=50),
            "properties": {
                "page.url": "https://app.example/start?x=1",
                "page.referrer": "https://www.baidu.com/s?wd=1",
                "campaign.source": "wechat",
                "campaign.name": "spring",
                "userAgent": "Mozilla/5.0 (Windows NT 10.0) AppleWebKit Chrome/120 Safari/537",
            },
        },
        {**base, "at": ago(minutes=40), "properties": {"page.url": "https://app.example/end"}},
        {**base, "at": ago(days=3), "event": "login"},
    )
    newest, older = sessions.sessions(whose(bob, person)).sessions
    assert (newest.seconds, newest.landing, newest.exit) == (
        600,
        "https://app.example/start",
        "https://app.example/end",
    )
    assert (newest.referrer, newest.campaign, newest.device) == (
        "www.baidu.com",
        "wechat / spring",
        "Windows · Chrome",
    )
    assert (older.landing, older.referrer) == ("", "")
    client = sign_in(bob)
    assert "wechat / spring" in text(client.get(address(person, "person_tab", tab="sessions")))
    opened = address(person, "person_session", key=newest.key)
    assert "https://app.example/end" in text(client.get(opened, headers={"HX-Request": "true"}))
    assert "10 min" in text(client.get(opened))
    assert client.get(address(person, "person_session", key="1-1")).status_code == 404
    assert client.get(address(person, "person_session", key="nonsense")).status_code == 404


def test_the_first_touch_and_the_chart_stand_on_the_page(workspace, account, person, bob, sign_in):
    Person.objects.filter(pk=person.pk).update(first_seen_at=ago(days=80))
    put_events(
        workspace,
        {
            "at": ago(days=80),
            "event": "$page",
            "person": person.number,
            "properties": {"page.url": "https://a.example/", "page.referrer": "https://search.example/q"},
        },
        {"at": ago(days=1), "event": "login", "person": person.number},
    )
    client = sign_in(bob)
    page = text(client.get(address(person)))
    assert "search.example" in page
    late = address(person, "person_card", key="activity")
    assert f'hx-get="{late}"' in page
    assert "Active on 2 days" in text(client.get(late))
    for key in ("places", "nonsense"):
        assert client.get(address(person, "person_card", key=key)).status_code == 404
