"""Moves by criteria and by hand: exactly one stage at a time, a history that stays, merges, erasure."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from evergrow.customers import criteria, timeline
from evergrow.customers.account_merges.actions import merge_accounts
from evergrow.customers.account_merges.actions import undo_merge as undo_account_merge
from evergrow.customers.actions.merges import merge_people, undo_merge
from evergrow.customers.models import Account, Lifecycle, Product, ProductUse, StageGate, StageStay, TimelineEntry
from evergrow.customers.privacy import registry as privacy
from evergrow.customers.privacy.subject import subject_of
from evergrow.customers.stages import by_hand, editing, gates, moves, products
from evergrow.customers.stages import definition as definitions
from evergrow.customers.stages.by_hand import CannotMove
from evergrow.customers.stages.definition import BadLifecycle
from evergrow.customers.stages.evaluating import evaluate_all
from evergrow.customers.stages.moves import Move
from evergrow.customers.tests.stage import make_account, make_person
from evergrow.customers.tests.stages.stage import again, at_least, publish, small, stage, stays, way
from evergrow.lib import clock

pytestmark = pytest.mark.usefixtures("warehouse_db", "frozen")


def find(workspace, given):
    parsed = criteria.parse(given, "account", workspace)
    return criteria.find(workspace, parsed).tolist()


def change(account, **fields):
    Account.objects.filter(pk=account.pk).update(**fields)


def test_an_evaluation_puts_everybody_somewhere_and_doing_it_again_changes_nothing(workspace):
    kite, swan = make_account(workspace, "Kite", seats=60), make_account(workspace, "Swan", seats=3)
    lifecycle = publish(workspace)
    assert evaluate_all(workspace).moved == 2
    assert (way(lifecycle, kite), way(lifecycle, swan)) == (["bloom"], ["begin"])
    assert evaluate_all(workspace).moved == 0
    assert StageStay.objects.count() == 2
    assert Lifecycle.objects.get().evaluated_at == clock.now()


def test_stages_passed_over_stand_in_the_history_with_no_time_at_all(workspace, frozen):
    kite = make_account(workspace, "Kite", seats=3)
    lifecycle = publish(workspace)
    evaluate_all(workspace)
    change(kite, seats=60)
    with clock.frozen(frozen + timedelta(days=4)):
        evaluate_all(workspace)
    assert way(lifecycle, kite) == ["begin", "(grow)", "bloom"]
    begun, passed, now = stays(lifecycle, kite)
    assert passed.entered_at == passed.left_at == begun.left_at == now.entered_at
    assert now.left_at is None
    assert [entry.data["to"] for entry in TimelineEntry.objects.filter(kind="stage.moved").order_by("pk")] == [
        "begin",
        "bloom",
    ]
    told = TimelineEntry.objects.filter(kind="stage.moved").latest("pk")
    assert timeline.telling(told).sentence(told) == "Stage: Begin → Bloom"


def test_falling_back_waits_and_an_end_begins_anew(workspace, frozen):
    kite = make_account(workspace, "Kite", seats=20)
    lifecycle = publish(workspace)
    evaluate_all(workspace)
    change(kite, seats=2)
    for day in range(1, 5):
        with clock.frozen(frozen + timedelta(days=day)):
            evaluate_all(workspace)
        assert way(lifecycle, kite)[-1] == ("grow" if day < 4 else "begin")
    assert stays(lifecycle, kite)[-1].is_backward
    with clock.frozen(frozen + timedelta(days=5)):
        change(kite, status="cancelled")
        evaluate_all(workspace)
    with clock.frozen(frozen + timedelta(days=6)):
        change(kite, status="active", seats=30)
        evaluate_all(workspace)
    last = stays(lifecycle, kite)[-1]
    assert (last.stage, last.spell, last.cause) == ("grow", 2, "again")


def test_the_store_refuses_a_second_open_stay(workspace):
    kite = make_account(workspace, "Kite")
    lifecycle = publish(workspace)
    evaluate_all(workspace)
    with pytest.raises(IntegrityError), transaction.atomic():
        StageStay.objects.create(
            workspace=workspace, lifecycle=lifecycle, account=kite, stage="grow", kind="active", entered_at=clock.now()
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        StageStay.objects.create(
            workspace=workspace, lifecycle=lifecycle, stage="grow", kind="active", entered_at=clock.now()
        )


def test_a_move_from_a_stay_that_is_over_falls_away(workspace, alice):
    kite = make_account(workspace, "Kite")
    lifecycle = publish(workspace)
    evaluate_all(workspace)
    stay = by_hand.open_stay(lifecycle, kite)
    counts = definitions.of(again(lifecycle))
    by_hand.move(lifecycle=lifecycle, subject=kite, to="grow", reason="Signed", by=alice)
    late = [Move(kite.pk, stay.pk, counts.stage("bloom")), Move(kite.pk, None, counts.stage("bloom"))]
    assert moves.carry_out(lifecycle, counts, late, by=None) == []
    assert way(lifecycle, kite) == ["begin", "grow"]


def test_by_hand_a_reason_is_asked_for_and_a_lock_keeps_criteria_away(
    workspace, alice, frozen, django_capture_on_commit_callbacks
):
    kite = make_account(workspace, "Kite", seats=60)
    lifecycle = publish(workspace)
    evaluate_all(workspace)
    with pytest.raises(CannotMove, match="Say why"):
        by_hand.move(lifecycle=lifecycle, subject=kite, to="begin", reason=" ", by=alice)
    until = workspace.today() + timedelta(days=2)
    with django_capture_on_commit_callbacks(execute=True):
        made = by_hand.move(
            lifecycle=lifecycle, subject=kite, to="begin", reason="Starts over", locked_until=until, by=alice
        )
    assert (made.before, made.after, made.is_backward, made.source) == ("bloom", "begin", True, "manual")
    assert find(workspace, {"trait": "stage", "is": ["begin"]}) == [kite.number]
    with clock.frozen(frozen + timedelta(days=2)):
        assert evaluate_all(workspace).moved == 0
    with clock.frozen(frozen + timedelta(days=3)):
        assert evaluate_all(workspace).moved == 1
    assert [stay.reason for stay in stays(lifecycle, kite) if stay.source == "manual"] == ["Starts over"]
    assert workspace.audit_entries.filter(verb="stage.moved").get().data["reason"] == "Starts over"


def test_by_hand_only_where_the_lifecycle_lets(workspace, alice, carol):
    given = small()
    given["stages"][0]["next"] = ["grow"]
    kite = make_account(workspace, "Kite")
    lifecycle = publish(workspace, given)
    evaluate_all(workspace)

    def move(to, by=alice, **more):
        by_hand.move(lifecycle=lifecycle, subject=kite, to=to, reason="Because", by=by, **more)

    with pytest.raises(CannotMove, match="only these may follow: Grow"):
        move("bloom")
    with pytest.raises(CannotMove, match="already"):
        move("begin")
    with pytest.raises(CannotMove, match="no such stage"):
        move("nowhere")
    with pytest.raises(CannotMove, match="is over"):
        move("grow", locked_until=workspace.today() - timedelta(days=1))
    with pytest.raises(Exception, match="work"):
        move("grow", by=carol)
    assert way(lifecycle, kite) == ["begin"]


def test_an_import_says_since_when_but_never_before_what_is_known(workspace, alice):
    kite = make_account(workspace, "Kite")
    lifecycle = publish(workspace)
    by_hand.place(lifecycle=lifecycle, subject=kite, to="begin", since=date(2026, 1, 5), by=alice)
    by_hand.place(lifecycle=lifecycle, subject=kite, to="grow", since=date(2026, 2, 1), by=alice)
    with pytest.raises(CannotMove, match="later than that"):
        by_hand.place(lifecycle=lifecycle, subject=kite, to="bloom", since=date(2026, 1, 20), by=alice)
    with pytest.raises(CannotMove, match="is to come"):
        by_hand.place(lifecycle=lifecycle, subject=kite, to="bloom", since=date(2027, 1, 20), by=alice)
    entered = [timezone.localtime(stay.entered_at, workspace.tz).date() for stay in stays(lifecycle, kite)]
    assert entered == [date(2026, 1, 5), date(2026, 2, 1)]
    assert {stay.source for stay in stays(lifecycle, kite)} == {"import"}


def test_a_gate_lets_nobody_on_before_all_is_done_and_somebody_else_decides(workspace, alice):
    from conftest import make_member
    from evergrow.workspaces.models import Role

    dora = make_member(workspace, "Dora", Role.MANAGER)
    given = small()
    given["stages"][0]["gate"] = {
        "checklist": [{"key": "trained"}, {"key": "cake", "required": False}],
        "artefacts": [{"key": "plan"}],
        "approvals": 1,
    }
    kite = make_account(workspace, "Kite", seats=30)
    lifecycle = publish(workspace, given)
    change(kite, seats=3)
    evaluate_all(workspace)
    change(kite, seats=30)
    assert evaluate_all(workspace).moved == 0
    stay = by_hand.open_stay(lifecycle, kite)
    with pytest.raises(CannotMove, match="gate of “Begin” is closed"):
        by_hand.move(lifecycle=lifecycle, subject=kite, to="grow", reason="Now", by=alice)
    decide = {"lifecycle": lifecycle, "stay": stay, "reason": "Ready"}
    with pytest.raises(CannotMove, match="missing at the gate"):
        gates.decide(**decide, decision="go", by=alice)
    done = gates.fill(
        lifecycle=lifecycle, stay=stay, ticked=["trained", "other"], artefacts={"plan": "wiki/1"}, by=alice
    )
    assert (done.done, done.total, done.is_ready) == (2, 3, False)
    gates.approve(lifecycle=lifecycle, stay=stay, by=alice)
    with pytest.raises(CannotMove, match="only one who agreed"):
        gates.decide(**decide, decision="go", by=alice)
    gates.decide(**decide, decision="go", by=dora)
    assert evaluate_all(workspace).moved == 1
    assert way(lifecycle, kite) == ["begin", "grow"]
    assert set(StageGate.objects.get().ticked) == {"trained"}


def test_kill_at_a_gate_leads_to_an_end_and_recycle_back(workspace, alice):
    given = small()
    given["stages"][1]["gate"] = {"decision": True}
    kite, swan = make_account(workspace, "Kite", seats=30), make_account(workspace, "Swan", seats=30)
    lifecycle = publish(workspace, given)
    evaluate_all(workspace)
    for account, said, to in ((kite, "kill", "over"), (swan, "recycle", "begin")):
        stay = by_hand.open_stay(lifecycle, account)
        with pytest.raises(CannotMove, match="Choose"):
            gates.decide(lifecycle=lifecycle, stay=stay, decision=said, reason="No", to="bloom", by=alice)
        gates.decide(lifecycle=lifecycle, stay=stay, decision=said, reason="No", to=to, by=alice)
        assert way(lifecycle, account) == ["grow", to]


def test_a_stage_in_which_somebody_stands_cannot_leave_the_lifecycle(workspace, alice):
    make_account(workspace, "Kite", seats=30)
    lifecycle = publish(workspace)
    evaluate_all(workspace)
    draft = editing.start(lifecycle, by=alice)
    editing.save(lifecycle, editing.drop_stage(draft.definition, "grow"), by=alice)
    with pytest.raises(BadLifecycle, match="Kite for example"):
        editing.publish(lifecycle, by=alice)


def test_criteria_that_cannot_be_asked_move_nobody_and_the_lifecycle_says_why(workspace):
    make_account(workspace, "Kite")
    lifecycle = publish(workspace)
    version = lifecycle.versions.get(state="published")
    version.definition["stages"][1]["entry"] = {"trait": "seats", "larger": 3}
    version.save()
    assert evaluate_all(workspace).failed == 1
    assert "larger" in Lifecycle.objects.get().problem
    assert StageStay.objects.count() == 0


def test_listeners_hear_of_every_move_once_it_is_kept(workspace, alice, django_capture_on_commit_callbacks):
    heard = []
    hear = moves.on_moves(lambda made: heard.extend(made))
    try:
        kite = make_account(workspace, "Kite")
        lifecycle = publish(workspace)
        with django_capture_on_commit_callbacks(execute=True):
            evaluate_all(workspace)
        with django_capture_on_commit_callbacks(execute=True):
            by_hand.move(lifecycle=lifecycle, subject=kite, to="grow", reason="Signed", by=alice)
    finally:
        moves.stop(hear)
    assert [(each.before, each.after, each.source) for each in heard] == [
        ("", "begin", "auto"),
        ("begin", "grow", "manual"),
    ]


def test_merged_accounts_have_one_history_and_apart_again_both_have_their_own(workspace, alice):
    kite, twin = make_account(workspace, "Kite", seats=30), make_account(workspace, "Twin", seats=3)
    alone = make_account(workspace, "Alone")
    lifecycle = publish(workspace)
    evaluate_all(workspace)
    merge = merge_accounts(kept=kite, merged=twin, reason="Same", by=alice)
    assert way(lifecycle, kite) == ["grow"]
    assert StageStay.objects.filter(account=twin).count() == 0
    evaluate_all(workspace)
    assert StageStay.objects.filter(left_at=None).count() == 2
    undo_account_merge(merge=merge, by=alice)
    assert (way(lifecycle, twin), way(lifecycle, kite), way(lifecycle, alone)) == (["begin"], ["grow"], ["begin"])


def test_an_account_without_a_history_takes_over_that_of_the_merged_one(workspace, alice):
    twin = make_account(workspace, "Twin", seats=30)
    lifecycle = publish(workspace)
    evaluate_all(workspace)
    kite = make_account(workspace, "Kite")
    merge = merge_accounts(kept=kite, merged=twin, reason="Same", by=alice)
    assert way(lifecycle, kite) == ["grow"]
    undo_account_merge(merge=merge, by=alice)
    assert (way(lifecycle, kite), way(lifecycle, twin)) == ([], ["grow"])


def people(workspace):
    return publish(
        workspace,
        {"stages": [stage("new", "start"), stage("known", entry={"trait": "title", "is_set": True})]},
        "person",
        "folk",
    )


def test_merged_people_have_one_history_too(workspace, alice):
    account = make_account(workspace)
    ann, anne = make_person(account, "Ann"), make_person(account, "Anne")
    lifecycle = people(workspace)
    evaluate_all(workspace)
    late = make_person(account, "A.")
    merge = merge_people(kept=ann, merged=anne, reason="Same", by=alice)
    taken = merge_people(kept=late, merged=ann, reason="Same", by=alice)
    assert way(lifecycle, late) == ["new"]
    evaluate_all(workspace)
    assert StageStay.objects.filter(left_at=None, person=late).count() == 1
    undo_merge(merge=taken, by=alice)
    undo_merge(merge=merge, by=alice)
    assert (way(lifecycle, ann), way(lifecycle, anne), way(lifecycle, late)) == (["new"], ["new"], [])


def test_erasing_a_person_takes_the_history_of_stages_away(workspace):
    ann = make_person(make_account(workspace), "Ann")
    people(workspace)
    evaluate_all(workspace)
    holder = next(each for each in privacy.holders() if each.key == "customers.StageStay")
    subject = subject_of(ann)
    assert holder.count(subject) == 1
    assert holder.erase(subject) == 1
    assert StageStay.objects.filter(person=ann).count() == 0


def test_erasing_an_account_takes_its_history_away(workspace):
    kite = make_account(workspace, "Kite")
    publish(workspace)
    evaluate_all(workspace)
    kite.delete()
    assert StageStay.objects.count() == 0


def test_a_product_stands_where_enough_of_the_accounts_that_use_it_are(workspace, alice):
    for seats in (10, 20, 60):
        make_account(workspace, f"A{seats}", seats=seats)
    other = make_account(workspace, "Other", seats=1)
    core = products.create(workspace=workspace, code="core", name="Core", used_by=at_least("seats", 10), by=alice)
    idle = products.create(workspace=workspace, code="idle", name="Idle", by=alice)
    given = {
        "stages": [
            stage("custom", "start"),
            stage("standard", entry=at_least("seats", 5), least=3),
            stage("ecosystem", entry=at_least("seats", 5), least=50),
        ]
    }
    lifecycle = publish(workspace, given, "product", "products")
    evaluate_all(workspace)
    assert (way(lifecycle, core), way(lifecycle, idle)) == (["standard"], ["custom"])
    assert ProductUse.objects.filter(product=core).count() == 3
    products.put_user(product=idle, account=other, by=alice)
    evaluate_all(workspace)
    assert find(workspace, {"trait": "product.stages", "has_any": ["custom"]}) == [other.number]
    assert len(find(workspace, {"trait": "product.stages", "has_any": ["standard"]})) == 3
    products.retire(product=core, by=alice)
    evaluate_all(workspace)
    assert find(workspace, {"trait": "product.stages", "has_any": ["standard"]}) == []
    assert Product.objects.get(pk=idle.pk).retired_at is None


def test_criteria_know_the_stage_the_days_in_it_and_its_pace(workspace, alice, frozen):
    kite, swan = make_account(workspace, "Kite", seats=20), make_account(workspace, "Swan", seats=1)
    publish(workspace)
    evaluate_all(workspace)
    with clock.frozen(frozen + timedelta(days=15)):
        change(swan, seats=60)
        evaluate_all(workspace)
        assert find(workspace, {"trait": "stage", "is": ["grow"]}) == [kite.number]
        assert find(workspace, {"trait": "stage.days", "over": 10}) == [kite.number]
        assert find(workspace, {"trait": "stage.status", "is": ["behind"]}) == [kite.number]
        said = criteria.sentence(criteria.parse({"trait": "stage", "is": ["grow"]}, "account", workspace), workspace)
    assert "Grow" in said


def test_another_lifecycle_of_a_kind_has_traits_under_its_own_key(workspace):
    kite = make_account(workspace, "Kite", seats=20)
    publish(workspace)
    publish(workspace, small(), key="second")
    evaluate_all(workspace)
    assert find(workspace, {"trait": "stage.second", "is": ["grow"]}) == [kite.number]
