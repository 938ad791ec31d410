"""The ideal profile: how a fit comes about, what is kept, where customers differ."""

import json
from urllib.parse import parse_qs, urlparse

import pytest
from django.urls import reverse

from evergrow.customers import criteria
from evergrow.customers.icp import computing
from evergrow.customers.icp import profile as profiles
from evergrow.customers.icp.profile import BadProfile
from evergrow.customers.icp.standing import standing, suggestions
from evergrow.customers.models import AccountFit, EditionState, IdealProfile
from evergrow.customers.portrait import statistics as stats
from evergrow.customers.tests.stage import make_account
from evergrow.workspaces import jobs

RETAIL = {"trait": "industry", "is": ["Retail"]}
PARTS = [
    {"key": "retail", "name": {"en": "Retail"}, "kind": "must", "weight": 3, "criteria": RETAIL},
    {"key": "big", "name": {"en": "Big"}, "kind": "nice", "weight": 2, "criteria": {"trait": "team", "at_least": 50}},
    {
        "key": "china",
        "name": {"en": "China"},
        "kind": "nice",
        "weight": 1,
        "criteria": {"trait": "country", "is": ["China"]},
    },
    {
        "key": "reseller",
        "name": {"en": "Reseller"},
        "kind": "exclude",
        "criteria": {"trait": "reseller", "is": ["true"]},
    },
]
DEFINITION = {"criteria": PARTS, "cap": 40, "least_coverage": 0.5}
PROFILE = profiles.read(DEFINITION)


@pytest.mark.parametrize(
    ("met", "fit", "coverage"),
    [
        ({"retail": True, "big": True, "china": True, "reseller": False}, 100, 1),
        ({"retail": True, "big": False, "china": True, "reseller": False}, 100 * 4 / 6, 1),
        ({"retail": True, "big": None, "china": False, "reseller": None}, 75, 4 / 6),  # unknown leaves the sum
        ({"retail": False, "big": True, "china": True, "reseller": False}, 40, 1),  # 50, capped
        ({"retail": False, "big": False, "china": True, "reseller": False}, 100 / 6, 1),  # below the cap already
        ({"retail": True, "big": True, "china": True, "reseller": True}, 0, 1),
        ({"retail": None, "big": True, "china": None, "reseller": False}, None, 2 / 6),  # too little is known
        ({}, None, 0),
    ],
)
def test_how_a_fit_comes_about(met, fit, coverage):
    found = profiles.fit(PROFILE, met)
    assert found.fit == (None if fit is None else pytest.approx(fit))
    assert found.coverage == pytest.approx(coverage)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"key": "Big One"}, "key begins with a letter"),
        ({"key": "retail"}, "same key"),
        ({"name": {}}, "needs a name"),
        ({"kind": "maybe"}, "must-have"),
        ({"weight": -1}, "weight of"),
        ({"criteria": {}}, "no condition"),
    ],
)
def test_a_bad_profile_is_refused_with_the_part(change, sentence):
    with pytest.raises(BadProfile) as refused:
        profiles.read({"criteria": [PARTS[0], {**PARTS[1], **change}]})
    assert sentence in " ".join(refused.value.messages)


@pytest.fixture
def published(workspace, frozen, warehouse_db):
    return IdealProfile.objects.create(
        workspace=workspace, number=1, state=EditionState.PUBLISHED, definition=DEFINITION
    )


def test_fits_are_kept_with_their_reasons_and_become_a_trait(workspace, published):
    good = make_account(workspace, "Good", industry="Retail", country="China", traits={"team": 80, "reseller": "no"})
    gappy = make_account(workspace, "Gappy", industry="Retail")
    make_account(workspace, "Unknown")
    assert computing.compute(workspace) == computing.compute(workspace) == 3
    state = AccountFit.objects.get(account=good)
    assert (state.fit, state.coverage) == (100, 1)
    assert state.met == {"retail": True, "big": True, "china": True, "reseller": False}
    assert AccountFit.objects.get(account=gappy).met == {"retail": True, "big": None, "china": None, "reseller": None}
    asked = criteria.parse({"trait": "icp.fit", "at_least": 90}, "account", workspace)
    assert set(criteria.find(workspace, asked).tolist()) == {good.number, gappy.number}


def test_customers_are_held_against_the_profile(workspace, published, alice):
    for number in range(60):
        industry = "Retail" if number % 3 or number < 20 else "Finance"
        status = "active" if number < 30 else "cancelled"
        make_account(workspace, f"A{number}", industry=industry, status=status, mrr=number, country="China")
    computing.compute(workspace)
    found = standing(alice, PROFILE)
    retail = found.differences[0]
    active = sum(1 for n in range(30) if n % 3 or n < 20)
    churned = sum(1 for n in range(30, 60) if n % 3)
    assert (retail.active.met, retail.churned.met) == (active, churned)
    assert retail.lift == stats.lift(active, 30, churned, 30)
    assert retail.best.n == 3
    assert found.differences[1].lift is None  # the team size of nobody is known
    assert sum(found.customers) == 30


def test_the_data_suggests_what_separates_stayers_from_leavers(workspace, published):
    for number in range(80):
        stays = number < 40
        industry = "Retail" if (number % 10 < 8) == stays else "Finance"
        make_account(workspace, f"A{number}", industry=industry, status="active" if stays else "cancelled", mrr=stays)
    found = suggestions(workspace)
    assert {"trait": "industry", "is": ["Retail"]} in [each.condition for each in found]
    assert not {"mrr", "status"} & {each.finding.of for each in found}


def at(workspace, name, **kwargs):
    return reverse(f"customers:{name}", kwargs={"workspace": workspace.slug, **kwargs})


def test_from_a_draft_to_fits_on_the_account_and_in_the_list(workspace, frozen, warehouse_db, alice, sign_in):
    kite = make_account(workspace, "Kite", industry="Retail", status="active")
    make_account(workspace, "Swan", industry="Finance", status="active")
    client = sign_in(alice)
    sent = {"key": "retail", "en": "In retail", "kind": "must", "weight": 2, "criteria": json.dumps({"all": [RETAIL]})}
    assert client.post(at(workspace, "icp_criterion", key="new"), sent).status_code == 302
    client.post(at(workspace, "icp_publication"))
    assert jobs.run_next()
    assert "In retail" in client.get(at(workspace, "account", number=kite.number)).content.decode()
    listed = client.get(at(workspace, "accounts") + "?view=all&fit=90..100&columns=name,fit").content.decode()
    assert "Kite" in listed
    assert "Swan" not in listed
    page = client.get(at(workspace, "icp")).content.decode()
    assert "Half of the customers fit at 50 or better" in page or "Half of the customers fit at" in page
    assert client.get(at(workspace, "icp_export")).content.decode().startswith("evergrow: icp")


def test_an_empty_profile_is_not_published(workspace, frozen, warehouse_db, alice, sign_in):
    client = sign_in(alice)
    client.post(at(workspace, "icp_draft"), {"cap": 40, "least_coverage": 50})
    answer = client.post(at(workspace, "icp_publication"), follow=True)
    assert "needs at least one" in answer.content.decode()
    assert IdealProfile.objects.get().state == EditionState.DRAFT


def test_a_suggestion_begins_a_criterion(workspace, published, alice, sign_in):
    for number in range(80):
        stays = number < 40
        industry = "Retail" if stays else "Finance"
        make_account(workspace, f"A{number}", industry=industry, status="active" if stays else "cancelled")
    page = sign_in(alice).get(at(workspace, "icp_draft")).content.decode()
    link = next(part.split('"')[0] for part in page.split('href="') if "criteria/new/?criteria=" in part)
    offered = json.loads(parse_qs(urlparse(link.replace("&amp;", "&")).query)["criteria"][0])
    assert offered["all"][0]["trait"] == "industry"
