"""The pages, the calendar, the search, the account's page and the API of campaigns."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from conftest import make_member
from evergrow.customers.models import Affiliation, Person
from evergrow.customers.privacy import masking
from evergrow.customers.search import finding, index
from evergrow.customers.tests.stage import make_account, make_person
from evergrow.success.campaigns import acts, costs, participation, reached
from evergrow.success.campaigns.models import AudienceRow, Campaign
from evergrow.success.day import calendar, listing
from evergrow.success.models import Run
from evergrow.success.tests.campaign_stage import DAY, TODAY, drafted, listed, running
from evergrow.workspaces.models import AuditEntry
from evergrow.workspaces.tests.callers import caller

pytestmark = [pytest.mark.usefixtures("frozen", "warehouse_db"), pytest.mark.once]


@pytest.fixture
def accounts(workspace):
    return [make_account(workspace, f"Account {n}") for n in range(1, 4)]


def page(name, *args):
    return reverse(f"success:{name}", args=["acme", *args])


def read(client, name, *args, **query):
    return client.get(page(name, *args), query).content.decode()


def test_a_campaign_is_drawn_up_started_worked_and_ended_through_its_pages(workspace, bob, accounts, sign_in):
    client, segment = sign_in(bob), listed(bob, [1, 2])
    typed = {"name_en": "Training week", "kind": "online", "starts_on": str(TODAY), "ends_on": str(TODAY + 4 * DAY)}
    typed |= {"segment": segment.pk, "budget": "1000", "owner": bob.pk, "starts_by_itself": "on"}
    wrong = client.post(page("new_campaign"), {**typed, "ends_on": str(TODAY - DAY)})
    assert (wrong.status_code, list(wrong.context["form"].errors)) == (422, ["ends_on"])
    client.post(page("new_campaign"), typed)
    number = Campaign.objects.get().number
    assert "Training week" in read(client, "campaigns", show="coming")
    assert "taken from the segment when the campaign starts" in read(client, "campaign_audience", number)
    client.post(page("move_campaign", number), {"move": "start"})
    assert "Training week" in read(client, "campaigns")
    assert client.get(page("edit_campaign", number)).context["form"]["segment"].field.disabled
    change = page("change_campaign_audience", number)
    file = SimpleUploadedFile("list.csv", b"number\n3\n99\n")
    said = client.post(change, {"act": "add", "file": file}, follow=True).content.decode()
    assert "Not known here, 1: 99" in said
    client.post(change, {"act": "part", "subject": ["1"]})
    client.post(change, {"act": "part_list", "members": "2, 3"})
    client.post(change, {"act": "not_part", "subject": ["3"]})
    client.post(change, {"act": "out", "subject": ["3"], "reason": "Called off"})
    refused = client.post(change, {"act": "out", "subject": ["1"], "reason": ""}, follow=True).content.decode()
    assert "Say why in a few words" in refused
    assert "Nobody was chosen" in client.post(change, {"act": "part", "subject": ["1"]}, follow=True).content.decode()
    client.post(page("campaign_costs", number), {"day": str(TODAY), "amount": "1,200", "what_for": "Hall"})
    assert client.post(page("campaign_costs", number), {"day": str(TODAY), "amount": "x"}).status_code == 422
    shown = read(client, "campaign", number)
    for words in ("2 of 2", "¥1,200", "¥600", "That share is no effect", "No plan is about this campaign"):
        assert words in shown, words
    assert "Called off" in read(client, "campaign_audience", number, show="out")
    assert "over by" in read(client, "campaign_costs", number).lower()
    client.post(page("move_campaign", number), {"move": "end"})
    assert "Training week" in read(client, "campaigns", show="over")


def test_the_list_is_exported_as_shown_and_masked(workspace, bob, alice, sign_in):
    ann = make_person(make_account(workspace), "Zebra Quagga")
    Person.objects.filter(pk=ann.pk).update(email="zebra@example.com", phone="13812340000")
    masking.save_rules(workspace=workspace, roles={"name": ["owner"], "email": ["owner"], "phone": ["owner"]}, by=alice)
    campaign = running(bob, listed(bob, [1], "person"))
    pages = [page("campaign_audience", campaign.number), page("campaign", campaign.number)]
    pages.append(page("export_campaign_audience", campaign.number))
    for url in pages:
        answer = sign_in(bob).get(url)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert b"Zebra" not in body, url
        assert b"zebra@" not in body, url
    assert b"Z*** Q***" in body
    clear = b"".join(sign_in(alice).get(pages[-1]).streaming_content).decode()
    assert "Zebra Quagga,zebra@example.com,13812340000,Kite Works" in clear
    assert AuditEntry.objects.filter(verb="campaign.exported", data={"count": 1}).count() == 2
    found = caller(bob).get(f"/api/v1/campaigns/{campaign.number}/audience").json()["items"]
    assert [each["name"] for each in found] == ["Z*** Q***"]


def test_the_rule_is_written_in_the_editor_and_said_in_words(workspace, bob, accounts, sign_in):
    client, campaign = sign_in(bob), running(bob, listed(bob, [1]))
    url = page("campaign_taking_part", campaign.number)
    wrong = client.post(url, {"criteria": '{"did": "webinar_joined", "within": {"days": 3}}'})
    assert (wrong.status_code, "Leave out when" in wrong.content.decode()) == (422, True)
    client.post(url, {"criteria": '{"did": "webinar_joined"}'})
    assert "webinar_joined" in read(client, "campaign", campaign.number)
    client.post(page("move_campaign", campaign.number), {"move": "look"})
    assert Campaign.objects.get().looked_at is not None


def test_a_playbook_starts_for_the_accounts_of_the_audience(workspace, bob, accounts, sign_in, make_playbook):
    make_playbook("call", {"key": "a"})
    campaign = running(bob, listed(bob, [1, 2]))
    client, query = sign_in(bob), f"campaign={campaign.number}"
    asked = {"everything": "1", "query": query}
    assert query in read(client, "campaign", campaign.number)
    assert "2 accounts" in client.post(page("start_many"), asked).content.decode()
    client.post(page("start_many"), {**asked, "playbook": "call", "confirmed": "1"})
    assert set(Run.objects.values_list("account__number", flat=True)) == {1, 2}
    listing_of = reverse("customers:accounts", args=["acme"])
    assert "no campaign 99 here" in client.get(listing_of, {"campaign": "99"}).content.decode()


def test_the_account_says_which_campaigns_it_is_in_and_so_does_its_story(workspace, bob, accounts, sign_in):
    running(bob, listed(bob, [1]))
    client = sign_in(bob)
    shown = client.get(reverse("customers:account", args=["acme", 1])).content.decode()
    assert "Came into the campaign “Training week”" in shown
    assert page("campaign", 1) in shown
    assert page("campaign", 1) not in client.get(reverse("customers:account", args=["acme", 2])).content.decode()


def test_a_plan_about_it_begins_at_its_page_and_stands_there(workspace, bob, sign_in):
    campaign, client = drafted(bob), sign_in(bob)
    link = f"{page('new_plan')}?subject=campaign:{campaign.number}"
    assert link in read(client, "campaign", campaign.number)
    form = client.get(link).context["form"]
    assert f'value="campaign:{campaign.number}" selected' in str(form["subject"])


def test_first_and_last_day_stand_on_the_calendar_of_whom_it_concerns(workspace, alice, bob):
    eve = make_member(workspace, "Eve")
    campaign = drafted(alice, concerned=[bob], ends_on=TODAY + DAY)
    short = drafted(alice, concerned=[bob], starts_on=TODAY + DAY, ends_on=TODAY + DAY)
    acts.cancel(campaign=drafted(bob), note="No", by=bob)

    def keys(member):
        weeks = calendar.weeks(listing.ask(member), TODAY, "week")
        return [entry.key for week in weeks for day in week for entry in day.entries]

    expected = [f"campaign:{campaign.pk}", f"campaign:{campaign.pk}:end", f"campaign:{short.pk}"]
    assert keys(bob) == keys(alice) == expected
    assert keys(eve) == []


def test_a_draft_that_waits_for_a_colleague_stands_in_their_day(workspace, alice, bob):
    drafted(bob, starts_by_itself=True, segment=listed(bob, []))
    waits = drafted(bob, starts_by_itself=False, segment=listed(bob, [], name="Two"))
    drafted(bob, starts_by_itself=False, starts_on=TODAY + DAY)
    assert [item.key for item in listing.listing(listing.ask(bob)).items] == [f"campaign:{waits.pk}"]
    assert [item.key for item in listing.listing(listing.ask(alice)).items] == []


def test_campaigns_are_found_by_their_words(workspace, bob):
    drafted(bob, name={"en": "Autumn fair", "zh": "秋季展会"}, purpose={"en": "Meet the quiet ones"})
    index.refresh()
    for words in ("fair", "quiet", "秋季"):
        assert [hit.kind for hit in finding.found(bob, words)] == ["campaign"], words


def test_a_program_runs_a_campaign(workspace, bob, alice, accounts):
    program, segment = caller(bob), listed(bob, [1, 2])

    def say(method, url, body=None):
        return getattr(program, method)(url, body or {}, content_type="application/json")

    wish = {"name": {"en": "Fair"}, "kind": "on_site", "starts_on": str(TODAY), "ends_on": str(TODAY + DAY)}
    made = say("post", "/api/v1/campaigns", {**wish, "segment": segment.key, "budget": "50"}).json()
    url = f"/api/v1/campaigns/{made['number']}"
    assert (made["state"], made["audience"], made["budget"]) == ("draft", 0, "50.00")
    assert say("post", "/api/v1/campaigns", {**wish, "segment": "gone"}).status_code == 404
    assert say("post", f"{url}/moves", {"move": "start"}).json()["size_at_start"] == 2
    assert say("post", f"{url}/audience", {"numbers": [3, 77]}).json() == {"changed": 1}
    assert say("post", f"{url}/audience/take-out", {"numbers": [1], "reason": ""}).status_code == 409
    assert say("post", f"{url}/audience/take-out", {"numbers": [1], "reason": "No"}).json() == {"changed": 1}
    assert say("post", f"{url}/participants", {"numbers": [2, 3]}).json() == {"changed": 2}
    assert say("post", f"{url}/participants", {"numbers": [3], "took_part": False}).json() == {"changed": 1}
    assert say("put", f"{url}/taking-part", {"criteria": {"did": "x"}}).json()["taking_part"] == {"did": "x"}
    assert say("put", f"{url}/taking-part", {"criteria": {"nothing": "x"}}).status_code == 422
    assert say("post", f"{url}/taking-part").json() == {"changed": 0}
    cost = say("post", f"{url}/costs", {"day": str(TODAY), "amount": "80.5", "what_for": "Hall"}).json()
    assert say("post", f"{url}/costs/{cost['id']}/counter").json()["amount"] == "-80.50"
    assert program.delete(f"{url}/costs/{cost['id']}").status_code == 409
    assert [each["amount"] for each in program.get(f"{url}/costs").json()["items"]] == ["-80.50", "80.50"]
    told = program.get(url).json()
    facts = ("audience", "added_by_hand", "taken_out", "took_part", "spent")
    assert [told[name] for name in facts] == [2, 1, 1, 1, "0.00"]
    out = program.get(f"{url}/audience", {"show": "out"}).json()["items"]
    assert [(each["number"], each["reason"]) for each in out] == [(1, "No")]
    assert program.delete(url).status_code == 409
    assert say("post", f"{url}/moves", {"move": "end"}).json()["state"] == "ended"
    assert [each["number"] for each in program.get("/api/v1/campaigns", {"state": "ended"}).json()["items"]] == [1]


def test_counts_of_a_list_of_campaigns_are_asked_together(bob, accounts, django_assert_num_queries):
    many = [running(bob, listed(bob, [1, 2], name=f"L{n}")) for n in range(3)]
    participation.mark(campaign=many[0], numbers=[1], by=bob)
    costs.enter(campaign=many[1], day=TODAY, amount=Decimal(5), what_for="x", by=bob)
    with django_assert_num_queries(2):
        counted, spent = reached.counts(many), costs.spent(many)
    assert [counted[each.pk].took_part for each in many] == [1, 0, 0]
    assert [spent[each.pk].amount for each in many] == [0, 5, 0]
    assert AudienceRow.objects.count() == 6
    assert not Affiliation.objects.exists()
