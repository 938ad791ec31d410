"""The bell: who is told what, once; and only they read it."""

import pytest
from django.urls import reverse

from evergrow.workspaces import notices
from evergrow.workspaces.models import Notice
from evergrow.workspaces.notices import kinds, reading

URL = "/w/acme/tasks/"


@pytest.fixture(autouse=True)
def greeting(monkeypatch):
    monkeypatch.setattr(kinds, "_kinds", {})
    notices.register("greeting", "bell", lambda notice: f"Hello {notice.data['name']}", label="Greetings")


def greet(member, name="you", **fields):
    return notices.tell(member, "greeting", url=URL, data={"name": name}, **fields)


def test_the_same_key_is_told_once_and_stays_read(bob, frozen):
    first = greet(bob, "first", dedupe_key="a")
    reading.mark_read(member=bob, notice=first)
    assert greet(bob, "second", dedupe_key="a") == first
    assert greet(bob, "third", dedupe_key="b") != first
    assert [str(notice) for notice in reading.notices(bob)] == ["Hello third", "Hello first"]
    assert reading.count_unread(bob) == 1


def test_nobody_hears_of_their_own_doing_nor_after_they_left(bob, alice, frozen):
    assert greet(bob, by=bob) is None
    bob.left_at = frozen
    assert greet(bob, by=alice) is None
    assert Notice.objects.count() == 0


def test_an_unknown_kind_is_refused(bob):
    with pytest.raises(LookupError, match="gossip"):
        notices.tell(bob, "gossip", url=URL, data={})


def test_the_bell_counts_what_is_unread_and_the_page_marks_it_read(workspace, alice, bob, sign_in, frozen):
    client, page = sign_in(bob), reverse("workspaces:notices", kwargs={"workspace": "acme"})
    assert "bell-count" not in client.get(page).content.decode()
    mine, other = greet(bob, "Bob", by=alice), greet(alice, "Alice")
    html = client.get(page).content.decode()
    assert 'class="bell-count" aria-hidden="true">1<' in html
    assert "Hello Bob" in html
    assert "Hello Alice" not in html
    read = f"{page}{mine.pk}/read/"
    assert client.post(f"{page}{other.pk}/read/").status_code == 404, "nobody reads another's"
    client.post(read)
    assert "Hello Bob" not in client.get(page).content.decode()
    assert "Hello Bob" in client.get(f"{page}?show=all").content.decode()
    client.post(read, {"unread": 1})
    later = greet(bob, "again")
    client.post(f"{page}read/", {"up_to": mine.pk})
    assert list(reading.notices(bob, unread=True)) == [later], "what came while the page was open stays unread"
