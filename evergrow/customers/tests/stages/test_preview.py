"""Who would move by a draft: what the evaluation does afterwards, counted and listed before, and nobody moved."""

from datetime import timedelta

import pytest
from django.urls import reverse

from conftest import make_member
from evergrow.customers.models import StageStay
from evergrow.customers.stages import by_hand, editing
from evergrow.customers.stages.evaluating import evaluate_all
from evergrow.customers.stages.preview import preview
from evergrow.customers.tests.stage import make_account
from evergrow.customers.tests.stages.stage import again, at_least, publish, small, stage, way
from evergrow.workspaces.models import AccountScope, Role
from evergrow.workspaces.tests.callers import caller

pytestmark = [pytest.mark.usefixtures("warehouse_db", "frozen"), pytest.mark.once]


def stricter():
    """Grow from 20 seats on, bloom from 40, and an end for small ones; no pause any more."""
    return small(
        back_days=3,
        stages=[
            stage("begin", "start"),
            stage("grow", entry=at_least("seats", 20)),
            stage("bloom", entry=at_least("seats", 40)),
            stage("over", "terminal", entry={"trait": "status", "is": ["cancelled"]}),
        ],
    )


@pytest.fixture
def standing(workspace, alice):
    """Accounts by their seats, standing by the published lifecycle; the one of 45 is locked."""
    found = {
        seats: make_account(workspace, f"S{seats}", seats=seats, status="active") for seats in (1, 15, 25, 45, 46, 60)
    }
    found["rest"] = make_account(workspace, "Rest", seats=30, country="Rest", status="active")
    lifecycle = publish(workspace)
    evaluate_all(workspace)
    evaluate_all(workspace)
    lifecycle = again(lifecycle)
    by_hand.move(
        lifecycle=lifecycle, subject=found[45], to="begin", reason="x", by=alice,
        locked_until=workspace.today() + timedelta(days=9),
    )  # fmt: skip
    editing.start(lifecycle, by=alice)
    editing.save(lifecycle, stricter(), by=alice)
    found["new"] = make_account(workspace, "New", seats=25, status="active")
    return lifecycle, found


def test_it_says_who_moves_when_the_draft_is_published_and_moves_nobody(standing, workspace, alice):
    lifecycle, accounts = standing
    before = StageStay.objects.count()
    found = preview(lifecycle, editing.draft(lifecycle), alice)
    counted = [(flow.before, flow.after, len(flow.subjects)) for flow in found.flows]
    assert counted == [("", "grow", 1), ("grow", "bloom", 1)]
    assert found.between("grow", None) == [(found.flows[1], (accounts[46].pk, accounts[46].number))]
    assert (found.looked, found.moved, found.failing, found.stray) == (8, 2, 1, 1)
    assert StageStay.objects.count() == before
    by_hand.move(lifecycle=lifecycle, subject=accounts["rest"], to="begin", reason="x", by=alice)
    again_found = preview(lifecycle, editing.draft(lifecycle), alice)
    assert again_found.stray == 0
    editing.publish(lifecycle, by=alice)
    evaluate_all(workspace)
    assert way(lifecycle, accounts[46])[-1] == "bloom"
    assert way(lifecycle, accounts["new"]) == ["grow"]
    assert way(lifecycle, accounts[45])[-1] == "begin", "it is locked"
    assert preview(again(lifecycle), lifecycle.versions.get(state="published"), alice).moved == 0


def test_the_page_counts_lists_and_narrows_and_the_api_says_the_same(standing, workspace, alice, sign_in):
    _lifecycle, accounts = standing
    address = reverse("customers:lifecycle_preview", args=["acme", "way"])
    client = sign_in(alice)
    assert address in client.get(reverse("customers:lifecycle_draft", args=["acme", "way"])).content.decode()
    whole = client.get(address).content.decode()
    assert "2 of 8 would move." in whole
    assert "1 stands in a stage that the draft does not have" in whole
    assert "S46" in whole
    assert "New" in whole
    narrowed = client.get(address, {"from": "grow", "to": "bloom"}).content.decode()
    assert "S46" in narrowed
    assert ">New<" not in narrowed
    part = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    told = caller(alice).get("/api/v1/lifecycles/way/draft/movers").json()
    assert told["moved"] == 2
    assert told["movers"][1] == {"before": "grow", "after": "bloom", "count": 1, "subjects": [accounts[46].number]}


def test_it_counts_only_those_one_may_see_and_is_refused_without_a_draft(standing, workspace, alice, sign_in):
    lifecycle, _accounts = standing
    own = make_member(workspace, "Own", Role.MANAGER, scope=AccountScope.OWN)
    assert caller(own).get("/api/v1/lifecycles/way/draft/movers").json()["looked"] == 0
    editing.discard(lifecycle, by=alice)
    assert sign_in(alice).get(reverse("customers:lifecycle_preview", args=["acme", "way"])).status_code == 404
    assert caller(alice).get("/api/v1/lifecycles/way/draft/movers").status_code == 404


def test_criteria_that_cannot_be_asked_any_more_are_said_in_a_sentence(standing, workspace, alice, sign_in):
    lifecycle, _accounts = standing
    draft = editing.draft(lifecycle)
    draft.definition["stages"][1]["entry"] = {"in_segment": "gone"}
    draft.save()
    shown = sign_in(alice).get(reverse("customers:lifecycle_preview", args=["acme", "way"])).content.decode()
    assert "would move." not in shown
    assert 'class="late"' in shown
    assert caller(alice).get("/api/v1/lifecycles/way/draft/movers").status_code == 422
