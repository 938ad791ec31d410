"""The register of risks and the customers who are being saved."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from conftest import NOON
from evergrow.customers.models import Account
from evergrow.lib import clock
from evergrow.success import access, errors
from evergrow.success.actions import raise_signals
from evergrow.success.models import Rescue, Risk, Signal
from evergrow.success.risks import queries, register, rescuing
from evergrow.success.rules import RULES
from evergrow.success.tests.conftest import raised
from evergrow.workspaces.models import AccountScope, Member, Workspace

pytestmark = pytest.mark.usefixtures("frozen")
REVIEWS = [rule for rule in RULES if rule.kind == "risk_review"]


def risk(workspace: Workspace, by: Member, **facts: object) -> Risk:
    return register.identify(
        workspace=workspace, by=by, **{"title": "Key person leaves", "category": "people", **facts}
    )


def test_a_risk_goes_its_way_with_a_history_and_needs_a_reason_to_end(workspace: Workspace, alice: Member) -> None:
    one = risk(workspace, alice, likelihood=4, impact=5)
    assert (one.number, one.inherent, one.residual) == (1, 20, None)
    register.change(risk=one, by=alice, left_likelihood=2, left_impact=3, treatment="reduce", controls="Deputy")
    assert one.residual == 6
    for state in ("assessed", "treating", "monitoring"):
        register.move(risk=one, by=alice, to=state)
    with pytest.raises(errors.ReasonNeeded):
        register.move(risk=one, by=alice, to="occurred")
    with pytest.raises(errors.WrongState):
        register.move(risk=one, by=alice, to="identified")
    register.move(risk=one, by=alice, to="occurred", reason="She left")
    assert one.ended_at == NOON
    acts = [(move.act, move.state) for move in one.moves.order_by("pk")]
    assert acts[:2] == [("identified", "identified"), ("changed", "identified")]
    assert one.moves.get(act="changed").after == {
        "left_likelihood": 2,
        "left_impact": 3,
        "treatment": "reduce",
        "controls": "Deputy",
    }
    other = risk(workspace, alice)
    for wrong in ({"likelihood": 6}, {"title": " "}, {"left_likelihood": 2}, {"left_impact": 2}):
        with pytest.raises(errors.Refused):
            register.change(risk=other, by=alice, **wrong)


def test_the_matrix_counts_open_risks_before_and_after_controls(workspace: Workspace, alice: Member) -> None:
    risk(workspace, alice, likelihood=5, impact=4, left_likelihood=2, left_impact=2)
    risk(workspace, alice, likelihood=5, impact=4)
    ended = risk(workspace, alice, likelihood=5, impact=4)
    register.move(risk=ended, by=alice, to="closed", reason="Gone")
    rows = queries.risks(alice)
    counts = {
        name: {(cell.likelihood, cell.impact): cell.count for row in cells for cell in row if cell.count}
        for name, cells in (
            ("before", queries.matrix(rows, residual=False)),
            ("after", queries.matrix(rows, residual=True)),
        )
    }
    assert counts == {"before": {(5, 4): 2}, "after": {(5, 4): 1, (2, 2): 1}}
    cell = queries.filtered(rows, {"likelihood": "5", "impact": "4", "residual": "1"}, date(2026, 3, 25))
    assert [each.number for each in cell] == [2]
    assert [queries.level(score) for score in (7, 8, 14, 15)] == ["low", "medium", "medium", "high"]


def test_an_overdue_review_is_a_signal_of_its_owner_and_passes_with_the_review(
    workspace: Workspace, alice: Member, bob: Member, account: Account
) -> None:
    Member.objects.filter(pk=bob.pk).update(scope=AccountScope.OWN)
    free = risk(workspace, alice, owner=bob, review_on=date(2026, 3, 20), likelihood=5, impact=5)
    risk(workspace, alice, title="Of an account", account=account, owner=bob, review_on=date(2026, 3, 24))
    risk(workspace, alice, title="In time", review_on=date(2026, 3, 25))
    assert raise_signals(workspace, rules=REVIEWS)["raised"] == 2
    signal = Signal.objects.get(account=None)
    assert (signal.risk, signal.owner, signal.severity, signal.about) == (free, bob, 3, "Key person leaves")
    assert signal.reason["en"] == "Review of the risk “Key person leaves” is 5 days overdue"
    assert Signal.objects.get(account=account).risk is None
    bob.refresh_from_db()
    assert list(access.signals(bob)) == [signal], "he sees that of no account, as he sees the risk"
    with pytest.raises(errors.DateInThePast):
        register.review(risk=free, by=bob, next_on=date(2026, 3, 25))
    register.review(risk=free, by=bob, next_on=date(2026, 6, 25), note="As before")
    assert raise_signals(workspace, rules=REVIEWS)["expired"] == 1


def test_a_customer_is_saved_once_at_a_time_with_days_in_each_stage(
    workspace: Workspace, alice: Member, bob: Member, account: Account, make_account: Callable[..., Account]
) -> None:
    signal = raised(account)
    with pytest.raises(errors.SignalOfAnother):
        rescuing.begin(account=make_account(2), by=bob, reasons=[], signal=signal)
    one = rescuing.begin(account=account, by=bob, reasons=["price", "nonsense", "adoption"], signal=signal)
    signal.refresh_from_db()
    assert (one.reasons, one.owner, one.mrr, signal.state) == (["adoption", "price"], bob, 1000, "in_progress")
    with pytest.raises(errors.AlreadyRescued):
        rescuing.begin(account=account, by=alice, reasons=[])
    with clock.frozen(NOON + timedelta(days=3)):
        rescuing.move(rescue=one, by=bob, to="planned")
    with clock.frozen(NOON + timedelta(days=10)):
        rescuing.move(rescue=one, by=bob, to="saving", reason="They agreed")
        with pytest.raises(errors.ReasonNeeded):
            rescuing.move(rescue=one, by=bob, to="recovered")
        rescuing.move(rescue=one, by=bob, to="recovered", reason="Renewed for two years")
        stays = [(s.stage, s.left_at - s.entered_at) for s in one.stays.order_by("pk")]
        assert stays == [
            ("at_risk", timedelta(days=3)),
            ("planned", timedelta(days=7)),
            ("saving", timedelta(0)),
            ("recovered", timedelta(0)),
        ]
        signal.refresh_from_db()
        assert (signal.state, signal.end_reason) == ("resolved", "Renewed for two years")
        with pytest.raises(errors.WrongState):
            rescuing.move(rescue=one, by=bob, to="saving")
        rescuing.begin(account=account, by=bob, reasons=["value"])
        columns = {column.stage: column for column in queries.board(alice)}
        assert (columns["recovered"].total, columns["at_risk"].total, columns["at_risk"].usual_days) == (1, 1, 3.0)
        assert columns["recovered"].usual_days is None
        ended = queries.outcome(alice)
        assert (ended.recovered, ended.lost, ended.kept) == (1, 0, 1000)
    Member.objects.filter(pk=bob.pk).update(scope=AccountScope.OWN)
    bob.refresh_from_db()
    assert not queries.rescues(bob).exists()


def test_who_left_keeps_a_rescue_until_somebody_else_is_named(alice: Member, bob: Member, account: Account) -> None:
    begun = rescuing.begin(account=account, by=bob, reasons=[])
    Member.objects.filter(pk=bob.pk).update(left_at=NOON)
    bob.refresh_from_db()
    one = queries.rescue_or_404(alice, begun.pk)
    rescuing.change(rescue=one, by=alice, reasons=["price"], note="Call them", owner=one.owner)
    assert Rescue.objects.get().owner == bob
    rescuing.change(rescue=one, by=alice, reasons=["price"], note="Call them", owner=alice)
    with pytest.raises(errors.NotAColleague):
        rescuing.change(rescue=one, by=alice, reasons=["price"], note="Call them", owner=bob)


@pytest.mark.once
def test_pages_of_risks_and_rescues_are_filled_in_and_moved(
    workspace: Workspace, alice: Member, account: Account, sign_in: Callable[..., object]
) -> None:
    client = sign_in(alice)
    sent = {"title": "Key person leaves", "category": "people", "likelihood": 4, "impact": 4, "account_number": 1}
    page = client.post("/w/acme/risks/new/", sent, follow=True).content.decode()
    assert "Key person leaves" in page
    assert "inherent 16" in page
    assert "There is no account" in client.post("/w/acme/risks/new/", {**sent, "account_number": 99}).content.decode()
    client.post("/w/acme/risks/1/moves/", {"move": "assessed"})
    client.post("/w/acme/risks/1/change/", {**sent, "likelihood": 5})
    found = Risk.objects.get()
    assert (found.state, found.likelihood, found.account) == ("assessed", 5, account)
    for path in ("risks/", "risks/?overdue=1", "risks/matrix/", "risks/matrix/?show=inherent", "risks/1/"):
        assert client.get(f"/w/acme/{path}").status_code == 200
    client.post("/w/acme/rescues/new/", {"account": 1, "reason": ["price", "value"], "note": "They look around"})
    one = Rescue.objects.get()
    assert one.reasons == ["value", "price"]
    client.post(f"/w/acme/rescues/{one.pk}/moves/", {"move": "planned"})
    told = client.post(f"/w/acme/rescues/{one.pk}/moves/", {"move": "lost"}, follow=True).content.decode()
    assert "Say why" in told
    for path in ("rescues/", "rescues/?as=table", "rescues/?mine=1", f"rescues/{one.pk}/", "rescues/new/?account=1"):
        assert "Brookbridge" in client.get(f"/w/acme/{path}").content.decode()
    assert "already" in client.post("/w/acme/rescues/new/", {"account": 1}).content.decode()
