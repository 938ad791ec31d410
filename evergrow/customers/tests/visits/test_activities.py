"""Drafts, plans, records, who sees them, and what is written out of them."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from conftest import make_member
from evergrow.customers.actions.notes import add_note, edit_note
from evergrow.customers.actions.visits import edit_visit, log_visit
from evergrow.customers.models import Point, Visit
from evergrow.customers.tests.stage import make_account, make_person, make_seat
from evergrow.customers.visits import access, guests, mentions, points, preparing, writing
from evergrow.customers.visits.errors import (
    ContactElsewhere,
    EmptyWords,
    NotAColleague,
    NotAPlan,
    VisitNotYet,
    WrongState,
)
from evergrow.lib import clock
from evergrow.workspaces.models import Notice

pytestmark = pytest.mark.usefixtures("frozen", "warehouse_db")
TODAY = date(2026, 3, 25)


@pytest.fixture
def account(workspace):
    return make_account(workspace)


def page(name, account, **kwargs):
    return reverse(
        f"customers:{name}", kwargs={"workspace": account.workspace.slug, "number": account.number, **kwargs}
    )


def test_what_is_typed_is_kept_once_and_becomes_the_record(account, bob, alice, sign_in):
    client, token = sign_in(bob), uuid4()
    typed = {"token": token, "experience": "Export is sl", "happened_on": "2026-03-24", "minutes": "many"}
    assert "Draft saved" in client.post(page("visit_draft", account), typed).content.decode()
    client.post(page("visit_draft", account), typed | {"experience": "Export is slow"})
    draft = Visit.everything.get()
    assert (draft.state, draft.experience) == ("draft", "Export is slow")
    assert not Visit.objects.exists()
    assert not account.timeline.exists()
    assert list(access.visits(alice)) == []
    opened = client.get(page("visit_new", account) + f"?draft={token}")
    assert "Export is slow" in opened.content.decode()
    sent = typed | {"experience": "Export is slow", "minutes": "30", "act": "log"}
    for _twice in range(2):
        assert client.post(page("visit_new", account), sent).status_code == 302
    assert Visit.objects.get().pk == draft.pk
    client.post(page("visit_draft", account), typed | {"experience": "late"})
    assert Visit.objects.get().experience == "Export is slow"
    assert account.timeline.count() == 1


def test_a_kick_off_is_planned_with_people_roles_and_what_it_waits_for(account, bob, alice):
    person = make_person(account)
    begin = clock.now() + timedelta(days=2)
    visit = writing.plan(
        account=account,
        by=bob,
        kind="kickoff",
        title="Kick-off",
        agenda="Goals and roles",
        starts_at=begin,
        people=[person],
        colleagues=[alice],
        others=["Ms Wu"],
    )
    guests.give_role(guest=visit.guests.get(person=person), role="decides")
    assert visit.happened_on == date(2026, 3, 27)
    assert sorted(str(guest) for guest in visit.guests.all()) == sorted([str(alice), "Daniel Moore", "Ms Wu"])
    assert not Visit.objects.exists()  # nothing took place yet
    late = preparing.add(visit=visit, by=bob, words="Test data", due_on=date(2026, 3, 31), owner=alice)
    preparing.add(visit=visit, by=bob, words="Cake", due_on=date(2026, 4, 30), is_required=False)
    assert preparing.readiness(visit) == preparing.Readiness(1, 0, date(2026, 3, 31), True)
    preparing.follow_preparation(visit=visit, by=alice)
    visit.refresh_from_db()
    assert (visit.happened_on, visit.starts_at) == (date(2026, 3, 31), begin + timedelta(days=4))
    preparing.tick(preparation=late, by=alice, is_done=True)
    assert preparing.readiness(visit).is_ready
    with pytest.raises(WrongState):
        preparing.follow_preparation(visit=visit, by=bob)
    with clock.frozen(begin + timedelta(days=5)):
        writing.log(account=account, visit=visit, by=alice, experience="All agreed")
    assert Visit.objects.get().state == "logged"
    assert [entry.kind for entry in account.timeline.all()] == ["visit.logged"]


def test_a_plan_needs_a_moment_ahead_and_is_called_off_once(account, bob):
    with pytest.raises(NotAPlan):
        writing.plan(account=account, by=bob, title="When?")
    with pytest.raises(NotAPlan):
        writing.plan(account=account, by=bob, title="Over", starts_at=clock.now() - timedelta(days=1))
    visit = writing.plan(account=account, by=bob, title="Call", starts_at=clock.now() + timedelta(hours=3))
    with pytest.raises(VisitNotYet):
        writing.log(account=account, by=bob, happened_on=TODAY + timedelta(days=1), need="x")
    writing.call_off(visit=visit, by=bob)
    assert not account.timeline.exists()
    with pytest.raises(WrongState):
        writing.call_off(visit=visit, by=bob)
    with pytest.raises(WrongState):
        writing.log(account=account, visit=visit, by=bob, need="x")


def test_strangers_do_not_take_part(account, workspace, bob):
    eve = make_person(make_account(workspace, "Elsewhere"), "Eve")
    narrow = make_member(workspace, "Nina", scope="own")
    with pytest.raises(ContactElsewhere):
        writing.log(account=account, by=bob, need="x", people=[eve])
    with pytest.raises(NotAColleague):
        writing.log(account=account, by=bob, need="x", colleagues=[narrow])
    assert not Visit.everything.exists()


def test_only_those_it_is_for_read_a_record(account, bob, alice, carol, sign_in):
    make_seat(account, alice)
    mine = log_visit(account=account, by=bob, happened_on=TODAY, need="Secret worry", visibility="me")
    team = log_visit(account=account, by=bob, happened_on=TODAY, need="Team matter", visibility="team")
    points.write_out(account=account, by=bob, kind="need", words="Hidden need", visit=mine)
    assert set(access.visits(bob)) == {mine, team}
    assert list(access.visits(alice)) == [team]
    assert list(access.visits(carol)) == []
    for member, seen in ((bob, True), (alice, False)):
        client = sign_in(member)
        said = client.get(page("account", account)).content.decode()
        said += client.get(page("account_tab", account, tab="timeline")).content.decode()
        assert ("Secret worry" in said) is seen
        assert (client.get(page("visit", account, pk=mine.pk)).status_code == 200) is seen
        listed = client.get(reverse("customers:points", args=[account.workspace.slug])).content.decode()
        assert ("Hidden need" in listed) is seen


def test_a_change_is_kept_with_who_made_it(account, workspace, bob, alice, sign_in):
    visit = log_visit(account=account, by=bob, happened_on=TODAY, need="Ten seats")
    edit_visit(visit=visit, by=alice, need="Twelve seats", sentiment=1)
    edit = visit.edits.get()
    assert edit.by == alice
    assert edit.changes == {"need": ["Ten seats", "Twelve seats"], "sentiment": [0, 1]}
    page_text = sign_in(bob).get(page("visit", account, pk=visit.pk)).content.decode()
    assert "Ten seats" in page_text
    narrow = make_member(workspace, "Omar", scope="own")
    with pytest.raises(PermissionDenied):
        edit_visit(visit=visit, by=narrow, need="None")


def test_points_are_written_out_counted_answered_and_taken_up(account, bob, sign_in):
    visit = log_visit(account=account, by=bob, happened_on=TODAY, need="x", product="Suite")
    client = sign_in(bob)
    lines = "1. 导出要十分钟\n- 2026 年的报表打不开\n\n3.5 mm 误差"
    sent = {"kind": "issue", "words": lines, "importance": "3", "product": "Suite"}
    client.post(page("visit_points", account, pk=visit.pk), sent)
    assert [p.words for p in Point.objects.order_by("pk")] == ["导出要十分钟", "2026 年的报表打不开", "3.5 mm 误差"]
    first = Point.objects.first()
    listed = reverse("customers:points", args=[account.workspace.slug])
    assert "导出要十分钟" in client.get(f"{listed}?kind=issue&product=Suite&importance=3").content.decode()
    assert "导出要十分钟" not in client.get(f"{listed}?kind=praise").content.decode()
    exported = b"".join(client.get(reverse("customers:points_export", args=[account.workspace.slug])))
    assert "导出要十分钟" in exported.decode()
    with pytest.raises(EmptyWords):
        points.move(point=first, by=bob, to="answer", answer=" ")
    points.move(point=first, by=bob, to="answer", answer="Fixed in 5.2")
    assert account.timeline.filter(kind="point.answered").count() == 1
    points.move(point=first, by=bob, to="close")
    with pytest.raises(WrongState):
        points.move(point=first, by=bob, to="close")
    second = Point.objects.order_by("pk")[1]
    one = reverse("customers:point", args=[account.workspace.slug, second.pk])
    for _twice in range(2):
        client.post(one, {"move": "follow:task"})
    assert apps.get_model("success", "Task").objects.get().name == "2026 年的报表打不开"
    assert client.get(one).status_code == 200


def test_the_timeline_is_narrowed_by_person_member_and_day(account, bob, alice, sign_in):
    helen = make_person(account, "Helen")
    log_visit(account=account, by=bob, happened_on=TODAY, need="Seats", person=helen)
    log_visit(account=account, by=alice, happened_on=TODAY, need="Prices")
    client, tab = sign_in(bob), page("account_tab", account, tab="timeline")
    for query, seen, hidden in (
        (f"person={helen.number}", "Seats", "Prices"),
        (f"by={alice.pk}", "Prices", "Seats"),
        ("since=2026-03-25&until=2026-03-25&topic=visit", "Prices", "Nothing matches"),
        ("until=2026-03-24", "Nothing matches", "Prices"),
    ):
        said = client.get(f"{tab}?{query}").content.decode()
        assert seen in said
        assert hidden not in said
    assert client.get(reverse("customers:visits", args=[account.workspace.slug]) + "?show=logged").status_code == 200


def test_a_named_colleague_is_told_once_and_never_who_may_not_see_the_account(account, workspace, bob, alice):
    nina = make_member(workspace, "Nina", scope="own")
    note = add_note(account=account, body="@Alice please look, @nina too. bob@example.com", by=bob)
    edit_note(note=note, body="@Alice please look again", by=bob)
    visit = log_visit(account=account, by=bob, happened_on=TODAY, need="Ask @Alice")
    log_visit(account=account, by=bob, happened_on=TODAY, need="Only me, @Alice", visibility="me")
    told = Notice.objects.order_by("pk")
    assert [(notice.member, notice.kind) for notice in told] == [(alice, "customers.mentioned")] * 2
    assert told[1].url == page("visit", account, pk=visit.pk)
    assert mentions.may_hear(account, [alice, nina]) == ([alice], [nina])
    assert mentions.marked("<b> @Alice", workspace) == '&lt;b&gt; <span class="mention">@Alice</span>'
