"""Portraits over the real store, recomputed here from the rows that were put in."""

import csv
import random
from datetime import timedelta

import pytest
from django.urls import reverse

from conftest import make_member
from evergrow.customers import criteria
from evergrow.customers.models import Account, Affiliation, Person
from evergrow.customers.portrait import statistics as stats
from evergrow.customers.portrait.comparing import compare
from evergrow.customers.tests.criteria.stage import tell
from evergrow.workspaces.models import AccountScope, Role

pytestmark = [pytest.mark.usefixtures("warehouse_db"), pytest.mark.once]
PAYING = {"all": [{"trait": "status", "is": ["active"]}]}
GONE = {"all": [{"trait": "status", "is": ["cancelled"]}]}


@pytest.fixture
def world(workspace, frozen):
    """120 accounts: those that pay are rather in retail, pay more and export more often."""
    rng = random.Random(4)
    accounts = [
        Account(
            workspace=workspace,
            number=number,
            external_id=f"a-{number}",
            name=f"Account {number}",
            status=status,
            industry=rng.choice(["Retail"] * (6 if status == "active" else 1) + ["Finance"] * 4),
            country=rng.choice(["China", "Japan"]),
            mrr=rng.randint(50, 100) + (500 if status == "active" else 0),
            traits={"team_size": rng.randint(1, 9) + (6 if status == "active" else 0), "ref": f"R{number}"},
        )
        for number, status in enumerate(["active"] * 50 + ["cancelled"] * 45 + ["trial"] * 25, start=1)
    ]
    Account.objects.bulk_create(accounts)
    events = []
    for account in accounts:
        chance = 0.8 if account.status == "active" else 0.3
        for back in range(1, 25):
            if rng.random() < chance / 4:
                events.append(("export", frozen - timedelta(days=back), 0, account.number, {}))
        events.append(("login", frozen - timedelta(days=60), 0, account.number, {}))
    tell(workspace, events)
    return accounts, events


def parsed(workspace, data, kind="account"):
    return criteria.parse(data, kind, workspace)


def finding(found, of, value=""):
    return next(each for each in found.findings if (each.of, each.value) == (of, value))


def test_shares_numbers_and_behaviour_agree_with_a_recount(workspace, world):
    accounts, events = world
    found = compare(workspace, parsed(workspace, PAYING))
    mine = [a for a in accounts if a.status == "active"]
    others = [a for a in accounts if a.status != "active"]
    assert (found.n, found.other_n) == (50, 70)

    retail = finding(found, "industry", "Retail")
    hits, other_hits = (sum(a.industry == "Retail" for a in group) for group in (mine, others))
    assert (retail.mine, retail.theirs) == (hits / 50, other_hits / 70)
    assert retail.gap == stats.share_difference(hits, 50, other_hits, 70)
    assert retail.stands_out
    assert retail.is_more

    mrr = finding(found, "mrr")
    assert mrr.mine == pytest.approx(sum(a.mrr for a in mine) / 50)
    assert mrr.medians[1] == pytest.approx(sorted(a.mrr for a in others)[35], abs=1.01)
    assert mrr.family == "money"

    export = finding(found, "export")
    did = {event[3] for event in events if event[0] == "export"}
    assert export.mine == sum(a.number in did for a in mine) / 50
    assert export.theirs == sum(a.number in did for a in others) / 70
    often = sum(event[0] == "export" and event[3] <= 50 for event in events) / sum(a.number in did for a in mine)
    assert export.often[0] == pytest.approx(often)

    days = finding(found, "days")
    per_day = {(event[3], event[1].date()) for event in events if event[0] == "export"}
    assert days.mine == pytest.approx(sum(number <= 50 for number, _day in per_day) / 50)


def test_what_is_made_up_by_chance_does_not_stand_out(workspace, world):
    found = compare(workspace, parsed(workspace, PAYING))
    assert not finding(found, "country", "Japan").stands_out
    assert {"industry", "mrr", "team_size", "export"} <= {each.of for each in found.outstanding}
    ranks = [(not each.stands_out, -abs(each.effect)) for each in found.findings]
    assert ranks == sorted(ranks)


def test_ids_are_no_portrait(workspace, world):
    assert "ref" not in {each.of for each in compare(workspace, parsed(workspace, PAYING)).findings}


def test_two_groups_are_compared_without_the_rest(workspace, world):
    found = compare(workspace, parsed(workspace, PAYING), parsed(workspace, GONE))
    assert (found.n, found.other_n) == (50, 45)


def test_small_groups_are_not_judged(workspace, world):
    few = {"all": [{"trait": "team_size", "at_least": 15}]}
    found = compare(workspace, parsed(workspace, few))
    assert found.n < 20
    assert (found.is_small, found.findings) == (True, [])


def test_people_count_as_the_one_they_were_merged_into(workspace, world, frozen):
    people = [Person(workspace=workspace, number=n, name=f"P{n}", title="Buyer" if n % 2 else "") for n in range(1, 61)]
    Person.objects.bulk_create(people)
    Affiliation.objects.bulk_create(
        [Affiliation(account=world[0][0 if n <= 30 else 60], person=people[n - 1]) for n in range(1, 61)]
    )
    from evergrow import warehouse

    warehouse.insert(
        "person_overrides", {"workspace_id": [workspace.pk], "from_person": [99], "to_person": [5], "version": [1]}
    )
    tell(workspace, [("call", frozen - timedelta(days=2), 99, 0, {}), ("call", frozen - timedelta(days=2), 5, 0, {})])
    at_paying = {"all": [{"account": PAYING}]}
    found = compare(workspace, parsed(workspace, at_paying, "person"))
    assert (found.n, found.other_n) == (30, 30)
    call = finding(found, "call")
    assert (call.mine, call.theirs, call.often[0]) == (1 / 30, 0, 2)
    assert call.lift is None


def address(workspace, name="portrait", query="kind=account&of=status:active&with=status:cancelled"):
    return reverse(f"customers:{name}", args=[workspace.slug]) + f"?{query}"


def test_the_page_says_it_in_sentences(workspace, world, alice, sign_in):
    page = sign_in(alice).get(address(workspace)).content.decode()
    assert "Customer against Cancelled" in page
    assert "stand out" in page
    assert "Industry: Retail holds for" in page
    assert "Status: Customer" not in page  # what defines a group says nothing


def test_the_export_has_every_finding(workspace, world, alice, sign_in):
    answer = sign_in(alice).get(address(workspace, "portrait_export"))
    lines = list(csv.reader(b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()))
    found = compare(workspace, parsed(workspace, PAYING), parsed(workspace, GONE))
    assert len(lines) == 1 + len(found.findings)


def test_bad_criteria_are_refused_with_a_sentence(workspace, alice, sign_in):
    answer = sign_in(alice).get(address(workspace, query='kind=account&criteria={"all":[{"trait":"mrr","larger":1}]}'))
    assert answer.status_code == 422


def test_only_who_sees_all_accounts_may_ask(workspace, world, sign_in):
    erin = make_member(workspace, "Erin", Role.MANAGER, scope=AccountScope.OWN)
    assert sign_in(erin).get(address(workspace)).status_code == 403
