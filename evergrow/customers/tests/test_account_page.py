"""The account page and its forms, and the pages of people, through their addresses."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from conftest import make_member
from evergrow import warehouse
from evergrow.customers import timeline
from evergrow.customers.models import Account, Affiliation, Note, Person, TeamSeat, Visit
from evergrow.customers.tests.stage import make_account, make_person, make_seat, make_subscription
from evergrow.lib import clock
from evergrow.workspaces.models import Member

pytestmark = pytest.mark.usefixtures("frozen", "warehouse_db")


def url(account, name="account", **kwargs):
    return reverse(
        f"customers:{name}", kwargs={"workspace": account.workspace.slug, "number": account.number, **kwargs}
    )


@pytest.fixture
def account(workspace):
    return make_account(
        workspace,
        "溪桥教育",
        other_name="Brookbridge Education",
        tier="strategic",
        status="active",
        mrr=54605,
        renews_on=date(2026, 5, 10),
    )


def text(answer):
    return " ".join(answer.content.decode().split())


def test_the_page_says_who_what_and_until_when(account, bob, sign_in):
    make_seat(account, bob)
    page = text(sign_in(bob).get(url(account)))
    for shown in (
        "Brookbridge Education",
        "溪桥教育",
        "Strategic",
        "¥54,605",
        "10 May",
        "in 46 d",
        "Bob",
        "accountable",
    ):
        assert shown in page


def test_a_reader_of_chinese_sees_the_chinese_name_first(account, bob, sign_in):
    client = sign_in(bob)
    client.cookies["evergrow_language"] = "zh-hans"
    page = text(client.get(url(account)))
    assert '<h1 class="page-title">溪桥教育</h1>' in page
    assert "<span>Brookbridge Education</span>" in page


def test_a_stranger_and_a_member_out_of_scope_get_404(account, mallory, workspace, sign_in):
    own = make_member(workspace, "Own", scope="own")
    assert sign_in(mallory).get(url(account)).status_code == 404
    for name in ("account", "account_edit", "visit_new", "note_new", "person_new"):
        assert sign_in(own).get(url(account, name)).status_code == 404
    make_seat(account, own)
    assert sign_in(own).get(url(account)).status_code == 200


@pytest.mark.parametrize("tab", ["usage", "people", "tickets", "commercial", "timeline"])
def test_each_tab_opens_empty_and_filled(account, bob, sign_in, tab):
    client = sign_in(bob)
    assert client.get(url(account, "account_tab", tab=tab)).status_code == 200
    make_person(account, is_key=True)
    make_subscription(account, 54605, "2025-08-01", renews_on=date(2026, 5, 10))
    account.invoices.create(
        workspace=account.workspace, external_id="i1", issued_on=date(2026, 3, 1), amount=10, status="overdue"
    )
    account.tickets.create(
        workspace=account.workspace, external_id="t1", subject="SSO fails", priority="urgent", opened_at=clock.now()
    )
    timeline.add(account, "account.created", by=bob)
    assert client.get(url(account, "account_tab", tab=tab)).status_code == 200
    assert client.get(url(account)).status_code == 200


def test_an_unknown_tab_is_404(account, bob, sign_in):
    assert sign_in(bob).get(url(account, "account_tab", tab="secret")).status_code == 404


def test_usage_is_drawn_and_features_are_listed(account, bob, sign_in):
    days = [date(2026, 3, 25) - timedelta(days=n) for n in range(60)]
    warehouse.insert(
        "events",
        {
            "workspace_id": [account.workspace_id] * 60,
            "event": ["login"] * 59 + ["used_automation"],
            "at": [datetime(day.year, day.month, day.day, 4, tzinfo=UTC) for day in days],
            "day": days,
            "account": [account.number] * 60,
            "message_id": [str(n) for n in range(60)],
        },
    )
    page = text(sign_in(bob).get(url(account)))
    assert "<b>7 events last week</b>, 7 four weeks earlier" in page
    assert "<b>1 of 2 features in use</b>" in page
    assert "used_automation" in page


def test_a_store_that_is_away_leaves_the_rest_of_the_page(account, bob, sign_in, monkeypatch):
    def away(*args, **kwargs):
        raise warehouse.StoreUnavailable("down")

    monkeypatch.setattr(warehouse, "rows", away)
    page = text(sign_in(bob).get(url(account)))
    assert "The event store cannot be reached" in page
    assert "¥54,605" in page


def test_since_the_last_visit_tells_what_others_did(account, alice, bob, sign_in):
    since = clock.now() - timedelta(days=8)
    Member.objects.filter(pk=bob.pk).update(previous_seen_at=since, last_seen_at=clock.now())
    account.tickets.create(
        workspace=account.workspace, external_id="t1", priority="urgent", opened_at=clock.now() - timedelta(days=1)
    )
    timeline.add(account, "note.added", {"note": 1, "body": "Budget is cut"}, by=alice)
    timeline.add(account, "note.added", {"note": 2, "body": "My own words"}, by=bob)
    page = text(sign_in(bob).get(url(account)))
    line = page[page.index("Since your visit on 17 Mar") :][:300]
    assert "1 new tickets, 1 of them urgent or high" in line
    assert "Budget is cut" in line
    assert "My own words" not in line


def test_j_and_k_lead_through_the_list_one_came_from(workspace, bob, sign_in):
    accounts = [
        make_account(workspace, name, status="active", mrr=mrr) for name, mrr in (("A", 30), ("B", 20), ("C", 10))
    ]
    client = sign_in(bob)
    client.get(reverse("customers:accounts", kwargs={"workspace": workspace.slug}) + "?view=all&q=&sort=-mrr")
    page = text(client.get(url(accounts[1])))
    assert "2 of 3" in page
    assert f'href="{url(accounts[0])}" data-key="k"' in page
    assert f'href="{url(accounts[2])}" data-key="j"' in page


def test_a_visit_is_recorded_through_the_form_and_told(account, bob, sign_in):
    person = make_person(account)
    client = sign_in(bob)
    assert "Daniel Moore" in text(client.get(url(account, "visit_new")))
    sent = {"happened_on": "2026-03-20", "person": person.pk, "experience": "Sign-in fails", "sentiment": "-1"}
    answer = client.post(url(account, "visit_new"), sent, follow=True)
    assert "Visit saved." in text(answer)
    assert Visit.objects.get().experience == "Sign-in fails"
    page = text(client.get(url(account)))
    assert "5 d ago" in page
    assert "Visit with Daniel Moore: Sign-in fails" in page


def test_a_contact_of_another_account_cannot_be_chosen(account, workspace, bob, sign_in):
    stranger = make_person(make_account(workspace, "Elsewhere"), "Eve")
    sent = {"happened_on": "2026-03-20", "person": stranger.pk, "experience": "x", "sentiment": "0"}
    answer = sign_in(bob).post(url(account, "visit_new"), sent)
    assert answer.status_code == 200
    assert "invalid-feedback" in answer.content.decode()
    assert not Visit.objects.exists()


def test_what_was_typed_stays_when_a_visit_is_refused(account, bob, sign_in):
    sent = {"happened_on": "2026-04-20", "experience": "Long words", "sentiment": "0"}
    answer = sign_in(bob).post(url(account, "visit_new"), sent)
    assert "Record a visit after it took place" in text(answer)
    assert "Long words" in text(answer)


def test_a_form_opens_as_a_drawer_and_leads_on_by_htmx(account, bob, sign_in):
    client = sign_in(bob)
    part = client.get(url(account, "note_new"), headers={"hx-request": "true"})
    assert part.content.decode().lstrip().startswith('<div class="offcanvas')
    done = client.post(url(account, "note_new"), {"body": "Decides in May"}, headers={"hx-request": "true"})
    assert done["HX-Redirect"] == url(account)
    assert Note.objects.get().body == "Decides in May"


def test_a_note_of_another_account_is_404(account, workspace, bob, sign_in):
    note = make_account(workspace, "Elsewhere").notes.create(body="x", author=bob)
    assert sign_in(bob).get(url(account, "note", pk=note.pk)).status_code == 404


def test_an_account_is_made_and_edited_by_hand(workspace, bob, sign_in):
    client = sign_in(bob)
    new = reverse("customers:account_new", kwargs={"workspace": workspace.slug})
    answer = client.post(new, {"name": "Kite Works", "country": "China"})
    account = Account.objects.get()
    assert answer["Location"] == url(account)
    client.post(url(account, "account_edit"), {"name": "Kite Works", "country": "Japan", "external_id": "k-1"})
    account.refresh_from_db()
    assert (account.country, account.external_id) == ("Japan", "k-1")


def test_a_hand_over_through_the_form_keeps_one_holder(account, alice, bob, sign_in):
    client = sign_in(alice)
    for member, on in ((bob, "2026-03-01"), (alice, "2026-03-25")):
        client.post(url(account, "account_team"), {"role": "csm", "member": member.pk, "on": on})
    assert TeamSeat.objects.filter(account=account, role="csm", ended_on=None).count() == 1
    answer = client.post(url(account, "account_team"), {"role": "csm", "member": bob.pk, "on": "2026-03-02"})
    assert "changed hands on 2026-03-25" in text(answer)
    assert "Bob handed over to Alice" in text(client.get(url(account, "account_tab", tab="timeline")))


def test_the_timeline_is_filtered_by_topic(account, bob, sign_in):
    timeline.add(account, "account.created", by=bob)
    timeline.add(account, "note.added", {"note": 1, "body": "Hello"}, by=bob)
    page = text(sign_in(bob).get(url(account, "account_tab", tab="timeline") + "?topic=note"))
    assert "Note: Hello" in page
    assert "Account created" not in page


def test_a_person_is_added_to_an_account_and_leaves_it(account, bob, sign_in):
    client = sign_in(bob)
    sent = {"name": "Priya Nair", "email": "priya@example.com", "influence": "influences", "is_key": "on"}
    client.post(url(account, "person_new"), sent)
    person = Person.objects.get()
    assert Affiliation.objects.get().is_key
    client.post(url(account, "place", person=person.number), {"influence": "influences", "ended_on": "2026-03-20"})
    assert Affiliation.objects.get().ended_on == date(2026, 3, 20)
    assert "Priya Nair left" in text(client.get(url(account, "account_tab", tab="timeline")))


def test_a_taken_email_adds_nobody(account, bob, sign_in):
    client = sign_in(bob)
    for name in ("One", "Two"):
        answer = client.post(
            url(account, "person_new"), {"name": name, "email": "same@example.com", "influence": "uses"}
        )
    assert "same@example.com belongs to One" in text(answer)
    assert Person.objects.count() == 1


def test_people_are_listed_within_the_scope(account, workspace, bob, sign_in):
    make_person(account, "Daniel Moore", is_key=True)
    make_person(make_account(workspace, "Elsewhere"), "Eve Stone")
    own = make_member(workspace, "Own", scope="own")
    make_seat(account, own)
    people = reverse("customers:people", kwargs={"workspace": workspace.slug})
    assert "Eve Stone" in text(sign_in(bob).get(people))
    assert "Eve Stone" not in text(sign_in(own).get(people))
    assert "Daniel Moore" in text(sign_in(own).get(people + "?kind=key&q=溪桥"))
    assert "Daniel Moore" not in text(sign_in(bob).get(people + "?q=Elsewhere"))
    exported = sign_in(own).get(reverse("customers:people_export", kwargs={"workspace": workspace.slug}))
    assert len(exported.getvalue().decode().splitlines()) == 2


def test_a_person_page_shows_ids_places_and_events(account, bob, sign_in):
    person = make_person(account)
    person.identifiers.create(workspace=account.workspace, kind="user", value="u-81")
    warehouse.insert(
        "events",
        {
            "workspace_id": [account.workspace_id] * 2,
            "event": ["login", "theirs"],
            "at": [clock.now()] * 2,
            "day": [date(2026, 3, 25)] * 2,
            "person": [person.number, person.number + 1],
            "message_id": ["a", "b"],
            "properties": [{"plan": "pro"}, {}],
        },
    )
    address = [account.workspace.slug, person.number]
    page = text(sign_in(bob).get(reverse("customers:person", args=address)))
    for shown in ("u-81", "Brookbridge Education"):
        assert shown in page
    events = text(sign_in(bob).get(reverse("customers:person_card", args=[*address, "events"])))
    for shown in ("login", "plan</span> pro"):
        assert shown in events
    assert "theirs" not in events


def test_a_person_out_of_scope_is_404(account, workspace, mallory, sign_in):
    person = make_person(account)
    own = make_member(workspace, "Own", scope="own")
    address = reverse("customers:person", args=[workspace.slug, person.number])
    assert sign_in(own).get(address).status_code == 404
    assert sign_in(mallory).get(address).status_code == 404
