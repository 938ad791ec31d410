"""The pages: board, moves, flow with the lists behind, the editor, the account list, who may see what."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from conftest import make_member
from evergrow.customers.models import Account, LifecycleVersion, StageStay
from evergrow.customers.stages import board, by_hand, columns, flow, timing
from evergrow.customers.stages import definition as definitions
from evergrow.customers.stages.evaluating import evaluate_all
from evergrow.customers.tests.stage import make_account, make_person, make_seat
from evergrow.customers.tests.stages.stage import again, publish, small, stage, way
from evergrow.lib import clock
from evergrow.workspaces import jobs
from evergrow.workspaces.models import AccountScope, Role

pytestmark = pytest.mark.usefixtures("warehouse_db", "frozen")


def at(workspace, name, **kwargs):
    return reverse(f"customers:{name}", kwargs={"workspace": workspace.slug, **kwargs})


def text_of(client, url):
    answer = client.get(url)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_from_nothing_to_a_board(workspace, alice, sign_in):
    make_account(workspace, "Kite", status="active")
    client = sign_in(alice)
    assert "No lifecycle yet" in text_of(client, at(workspace, "stages"))
    client.post(at(workspace, "lifecycle_new"), {"key": "way", "en": "Way", "zh": "", "kind": "account"})
    assert "Not published yet" in text_of(client, at(workspace, "stages"))
    client.post(at(workspace, "lifecycle_publication", key="way"))
    assert jobs.run_next()
    shown = text_of(client, at(workspace, "stages"))
    assert "Kite" in shown
    assert "Adoption" in shown


def test_a_move_asks_for_the_reason_and_is_made(workspace, alice, carol, sign_in):
    kite = make_account(workspace, "Kite")
    lifecycle = publish(workspace)
    evaluate_all(workspace)
    url = at(workspace, "stage_move", key="way", number=kite.number)
    client = sign_in(alice)
    answer = client.post(url, {"to": "grow", "reason": ""})
    assert "Say why" in answer.content.decode()
    assert client.post(url, {"to": "grow", "reason": "Signed"}).status_code == 302
    assert way(lifecycle, kite) == ["begin", "grow"]
    assert sign_in(carol).post(url, {"to": "bloom", "reason": "x"}).status_code == 403
    assert "Signed" in text_of(client, at(workspace, "account_tab", number=kite.number, tab="stage"))


def test_who_sees_own_accounts_sees_those_on_the_board_alone(workspace, sign_in):
    bob = make_member(workspace, "Bobby", Role.OPERATOR, scope=AccountScope.OWN)
    kite, swan = make_account(workspace, "Kite"), make_account(workspace, "Swan")
    make_seat(kite, bob)
    lifecycle = publish(workspace)
    evaluate_all(workspace)
    client = sign_in(bob)
    shown = text_of(client, at(workspace, "stages"))
    assert "Kite" in shown
    assert "Swan" not in shown
    assert client.get(at(workspace, "stage_move", key="way", number=swan.number)).status_code == 404
    assert sum(flow.counts(flow.steps(bob, lifecycle, flow.period(lifecycle, 30))).values()) == 1


def test_flow_and_the_list_behind_it_agree(workspace, alice, sign_in, frozen):
    kite, swan = make_account(workspace, "Kite", seats=1), make_account(workspace, "Swan", seats=1)
    lifecycle = publish(workspace)
    evaluate_all(workspace)
    with clock.frozen(frozen + timedelta(days=40)):
        Account.objects.filter(pk=kite.pk).update(seats=60)
        evaluate_all(workspace)
        of = flow.period(lifecycle, 30)
        assert flow.counts(flow.steps(alice, lifecycle, of)) == {("begin", "bloom"): 1}
        stood = flow.stood(alice, lifecycle, of)
        assert stood == {("begin", "bloom"): [kite.pk], ("begin", "begin"): [swan.pk]}
        client = sign_in(alice)
        page = text_of(client, at(workspace, "stage_flow", key="way") + "?days=30")
        assert "1 of 2" in page
        days = f"first={of.first}&last={of.last}"
        behind = text_of(client, at(workspace, "stage_steps", key="way") + f"?{days}&from=begin&to=bloom&kind=moved")
        assert "Kite" in behind
        assert "Swan" not in behind
        begin, grow, bloom = timing.read(alice, lifecycle, definitions.of(lifecycle))
        assert (begin.curve.n, begin.curve.left, begin.curve.still, begin.curve.median) == (2, 1, 1, 40)
        assert (grow.curve.n, bloom.curve.n) == (0, 1)


def test_the_account_list_filters_by_stage_pace_and_days(workspace, alice, frozen):
    kite, swan = make_account(workspace, "Kite", seats=20), make_account(workspace, "Swan", seats=1)
    lifecycle = publish(workspace)
    evaluate_all(workspace)
    by_hand.move(lifecycle=lifecycle, subject=swan, to="rest", reason="Waits", by=alice)
    with clock.frozen(frozen + timedelta(days=5)):
        by_hand.move(lifecycle=lifecycle, subject=swan, to="begin", reason="Goes on", by=alice)
    with clock.frozen(frozen + timedelta(days=15)):
        workspace.__dict__.pop("_account_lifecycles", None)
        alice.workspace = workspace

        def found(condition):
            return set(Account.objects.filter(condition).values_list("name", flat=True))

        assert found(columns._in_stages(alice, ["way:grow"])) == {"Kite"}
        assert found(columns._paced(alice, ["behind"])) == {"Kite"}
        assert found(columns._paced(alice, ["on_track"])) == {"Swan"}
        assert found(columns._for_days(alice, ["10..10"])) == {"Swan"}
        assert found(columns._for_days(alice, ["11.."])) == {"Kite"}
        parts = board.read(alice, again(lifecycle), definitions.of(lifecycle), status="behind")
        assert [(part.stage.key, part.total) for part in parts if part.total] == [("grow", 1)]
    assert kite.pk != swan.pk


def test_the_list_has_the_columns(workspace, alice, sign_in):
    make_account(workspace, "Kite", seats=20)
    publish(workspace)
    evaluate_all(workspace)
    shown = text_of(
        sign_in(alice), at(workspace, "accounts") + "?view=all&columns=name,stage,stage_days&sort=-stage_days"
    )
    assert "Grow" in shown


def test_a_stage_is_edited_in_the_draft_and_bad_criteria_are_refused(workspace, alice, sign_in):
    publish(workspace)
    client = sign_in(alice)
    url = at(workspace, "lifecycle_stage", key="way", stage="grow")
    given = {"key": "grow", "zh": "成长", "en": "Growth", "kind": "active", "expected_days": "7", "stuck_days": "9"}
    bad = {**given, "criteria": '{"all": [{"trait": "seats", "larger": 3}]}', "exit": ""}
    assert client.post(url, bad).status_code == 422
    good = {**given, "criteria": '{"all": [{"trait": "seats", "over": 3}]}', "checklist": "trained | 已培训 | Trained"}
    assert client.post(url, good).status_code == 302
    draft = LifecycleVersion.objects.get(state="draft")
    grow = draft.definition["stages"][1]
    assert (grow["name"]["en"], grow["expected_days"], grow["gate"]["checklist"][0]["key"]) == ("Growth", 7, "trained")
    assert LifecycleVersion.objects.get(state="published").definition["stages"][1]["name"]["en"] == "Grow"


def test_a_persons_page_shows_the_way(workspace, alice, sign_in):
    ann = make_person(make_account(workspace), "Ann")
    publish(workspace, {"stages": [stage("new", "start"), stage("known")]}, "person", "folk")
    evaluate_all(workspace)
    client = sign_in(alice)
    assert "New" in text_of(client, at(workspace, "person", number=ann.number))
    assert "By criteria" in text_of(client, at(workspace, "person_tab", number=ann.number, tab="stage"))


def test_exports_hold_the_definition_and_the_history(workspace, alice, sign_in):
    kite = make_account(workspace, "Kite")
    lifecycle = publish(workspace, small())
    by_hand.place(lifecycle=lifecycle, subject=kite, to="begin", since=date(2026, 1, 5), by=alice)
    client = sign_in(alice)
    told = client.get(at(workspace, "lifecycle_export", key="way")).content.decode()
    assert told.startswith("evergrow: lifecycle")
    assert "stuck_days: 20" in told
    lines = b"".join(client.get(at(workspace, "stage_history", key="way")).streaming_content).decode()
    assert "Kite" in lines
    assert "2026-01-05" in lines
    assert StageStay.objects.count() == 1
