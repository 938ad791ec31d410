"""The pages, the search, the account list and the API of versions of products."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from conftest import make_member
from evergrow.customers.search import finding, index
from evergrow.success.models import ProductVersion
from evergrow.success.tests.version_stage import DAY, LARGE, TODAY, a_plan, a_product, by_seats, written
from evergrow.workspaces.tests.callers import caller

pytestmark = pytest.mark.usefixtures("frozen")
CRITERIA = '{"all": [{"trait": "seats", "at_least": 50}]}'


@pytest.fixture
def product(workspace):
    return a_product(workspace)


@pytest.fixture
def accounts(workspace, warehouse_db):
    return by_seats(workspace)


def page(name, *args):
    return reverse(f"success:{name}", args=["acme", *args])


def read(client, name, *args, **query):
    return client.get(page(name, *args), query).content.decode()


@pytest.mark.once
def test_a_version_is_written_in_agreed_to_planned_for_and_deleted_through_its_pages(bob, accounts, product, sign_in):
    client = sign_in(bob)
    assert "No version is written in" in client.get("/w/acme/products/1/").content.decode()
    typed = {"product": "core", "name": "5.2", "news_en": "A new report", "owner": bob.pk, "criteria": CRITERIA}
    typed |= {"product_owner_name": "Mei Lin", "released_on": str(TODAY), "support_ends_on": str(TODAY + 100 * DAY)}
    wrong = client.post(page("new_product_version"), {**typed, "released_on": str(TODAY + 101 * DAY)})
    assert wrong.status_code == 422
    assert "“Released on” (2026-07-04) cannot lie after “End of support” (2026-07-03)." in str(
        wrong.context["form"].errors["support_ends_on"]
    )
    twice = client.post(page("new_product_version"), {**typed, "product_owner": bob.pk})
    assert twice.context["form"].errors["product_owner_name"] == ["Choose a colleague or write a name, not both."]
    bad = client.post(
        page("new_product_version"), {**typed, "criteria": '{"all": [{"trait": "seats", "at_least": "many"}]}'}
    )
    assert (bad.status_code, bad.context["criteria_problem"] is not None) == (422, True)
    client.post(page("new_product_version"), typed)
    pk = ProductVersion.objects.get().pk
    assert "Core platform 5.2" in read(client, "product_versions")
    shown = read(client, "product_version", pk)
    for words in ("2 accounts are still on it", "¥160", "A new report", "No plan is about this version", "Mei Lin"):
        assert words in shown, words
    assert f'href="/w/acme/plans/new/?subject=product_version:{pk}"' in shown
    form = client.get(page("new_plan"), {"subject": f"product_version:{pk}"}).context["form"]
    assert form["subject"].value() == f"product_version:{pk}"
    client.post(page("move_product_version", pk), {"move": "agree", "role": "po", "agreed_on": str(TODAY)})
    assert "agreed on 25 Mar" in read(client, "product_version", pk)
    refused = client.post(
        page("move_product_version", pk), {"move": "agree", "role": "pm", "agreed_on": str(TODAY)}, follow=True
    )
    assert "or write who agreed" in refused.content.decode()
    plan = a_plan(bob, ProductVersion.objects.get())
    assert "New report used" in read(client, "product_version", pk)
    assert f'href="/w/acme/product-versions/{pk}/"' in client.get(page("plan", plan.pk)).content.decode()
    kept = client.post(page("move_product_version", pk), {"move": "delete"}, follow=True).content.decode()
    assert "Plans are about this version" in kept
    plan.delete()
    counted = client.post(page("move_product_version", pk), {"move": "look"}, follow=True).content.decode()
    assert "2 accounts run it now." in counted
    assert client.post(page("edit_product_version", pk), {**typed, "name": "5.3"}).status_code == 302
    assert "5.3" in client.get("/w/acme/products/1/").content.decode()
    client.post(page("move_product_version", pk), {"move": "delete"})
    assert not ProductVersion.objects.exists()


def test_the_list_shows_open_and_over_ones_by_product_standing_and_owner(alice, bob, product, sign_in):
    client = sign_in(bob)
    assert "Write in a version" in read(client, "product_versions")
    written(bob, product, name="4.0", dates={"released_on": TODAY - DAY, "support_ends_on": TODAY - DAY})
    written(bob, product, name="5.0", dates={"released_on": TODAY})
    written(alice, product, name="6.0")

    def names(**query):
        found = client.get(page("product_versions"), query).context["page"].object_list
        return [row.version.name for row in found]

    assert names() == ["6.0", "5.0"]
    assert names(show="over") == ["4.0"]
    assert (names(stands="planned"), names(owner=str(bob.pk)), names(product="core")) == (
        ["6.0"],
        ["5.0"],
        ["6.0", "5.0"],
    )
    assert (names(product="other"), names(owner="x")) == ([], [])
    assert "No version fits this filter" in read(client, "product_versions", product="other")


@pytest.mark.once
def test_the_account_list_is_narrowed_to_who_runs_a_version(bob, accounts, product, sign_in):
    version = written(bob, product, used_by=LARGE)
    client = sign_in(bob)
    html = client.get("/w/acme/accounts/", {"product_version": version.pk}).content.decode()
    assert [name in html for name in ("Account 20", "Account 60", "Account 100")] == [False, True, True]
    unknown = client.get("/w/acme/accounts/", {"product_version": "999"}).content.decode()
    assert "There is no such version here" in unknown


def test_versions_are_found_by_their_words_by_everybody_here_and_nobody_else(carol, bob, mallory, product):
    version = written(bob, product, news={"en": "Quokka report", "zh": "袋鼠报表"})
    index.refresh()
    for words in ("Quokka", "袋鼠报表"):
        entries = list(finding.found(carol, words))
        assert [hit.url for hit in finding.hits(carol, entries, words)] == [page("product_version", version.pk)]
    assert not finding.found(mallory, "Quokka").exists()


@pytest.mark.once
def test_a_stranger_sees_no_version_and_who_may_not_decide_gets_no_form(
    bob, carol, mallory, product, sign_in, workspace
):
    version = written(bob, product)
    assert sign_in(mallory).get(page("product_version", version.pk)).status_code == 404
    other = make_member(workspace, "Dan", "operator")
    answer = sign_in(other).get(page("edit_product_version", version.pk))
    assert (answer.status_code, "managers decide about it" in answer.content.decode()) == (422, True)
    assert sign_in(carol).get(page("product_version", version.pk)).status_code == 200


@pytest.mark.once
def test_more_versions_cost_no_more_statements(bob, accounts, product, sign_in):
    client = sign_in(bob)

    def statements():
        with CaptureQueriesContext(
            connection,
        ) as asked:
            read(client, "product_versions")
        return len(asked)

    written(bob, product, used_by=LARGE)
    statements()
    one = statements()
    for name in ("5.3", "5.4", "5.5"):
        written(bob, product, name=name, used_by=LARGE)
    assert statements() == one


@pytest.mark.once
def test_programs_write_in_change_and_delete_versions(bob, accounts, product):
    client = caller(bob)
    body = {
        "product": "core",
        "name": "5.2",
        "released_on": "2026-03-01",
        "used_by": LARGE,
        "product_owner_name": "Mei",
    }
    made = client.post("/api/v1/product-versions", body, content_type="application/json")
    assert made.status_code == 201
    told = made.json()
    assert (told["standing"], told["accounts"], told["mrr"], told["health"]) == ("released", 2, "160.00", None)
    url = f"/api/v1/product-versions/{told['id']}"
    agreed = client.post(
        f"{url}/agreements", {"role": "po", "agreed_on": "2026-03-24"}, content_type="application/json"
    )
    assert (agreed.status_code, agreed.json()["who"]) == (201, "Mei")
    wrong = client.put(url, {**body, "retired_on": "2026-02-01"}, content_type="application/json")
    assert (wrong.status_code, "cannot lie after" in wrong.content.decode()) == (409, True)
    both = client.put(url, {**body, "product_owner": bob.pk}, content_type="application/json")
    assert both.status_code == 409
    changed = client.put(url, {**body, "retired_on": "2026-03-25"}, content_type="application/json").json()
    assert (changed["standing"], [each["role"] for each in changed["agreements"]]) == ("retired", ["po"])
    listed = client.get("/api/v1/product-versions", {"standing": "retired", "product": "core"}).json()
    assert [each["name"] for each in listed["items"]] == ["5.2"]
    assert client.get("/api/v1/product-versions", {"standing": "beta"}).json()["items"] == []
    assert client.delete(url).status_code == 204
