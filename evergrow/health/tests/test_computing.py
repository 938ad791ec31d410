"""The whole card, account by account, against a plain re-computation; history, revisions, late data."""

import math
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from evergrow import warehouse
from evergrow.customers.models import Account, Note, Ticket
from evergrow.health import actions, default_card, queries, snapshots
from evergrow.health.actions import computing
from evergrow.health.models import AccountHealth
from evergrow.health.tests import stage
from evergrow.health.tests.stage import TODAY
from evergrow.lib import clock
from evergrow.workspaces.models import AuditEntry, Job

pytestmark = pytest.mark.usefixtures("warehouse_db", "frozen")

ROWS = "select count() from health_snapshots where workspace_id = {w:UInt32}"


def plainly_observed(one: Account, rows: list[Any], any_ticket: bool, now: datetime) -> dict[str, float | None]:
    """Every source of the default card in ordinary Python, straight from the rows."""
    mine = [row for row in rows if row[0] == one.number and row[1] < TODAY]
    back = lambda row: (TODAY - row[1]).days  # noqa: E731
    last28 = [row for row in mine if back(row) <= 28]
    before = [row for row in mine if 28 < back(row) <= 112]
    people = {row[3] for row in last28 if row[3]}
    found: dict[str, float | None] = dict.fromkeys(
        ["active_days", "actions", "recency", "features", "people", "usage_trend", "habit"]
    )
    if mine:
        found["active_days"] = len({row[1] for row in last28})
        found["recency"] = min(back(row) for row in mine)
        found["features"] = len({row[2] for row in last28})
        found["habit"] = len({(back(row) - 1) // 7 for row in mine if back(row) <= 56})
        nameless = bool(last28) and not people
        found["actions"] = None if nameless else (len(last28) / 4 / len(people) if people else 0)
        known = one.seats or one.affiliations.filter(ended_on=None).count() or None
        found["people"] = None if nameless or not known else min(1, len(people) / known)
        span = min(84, max(back(row) for row in mine) - 28)
        if span >= 28 and len(before) >= 5:
            found["usage_trend"] = len(last28) / (len(before) / span * 28) - 1
    return found | plainly_recorded(one, any_ticket, now)


def plainly_recorded(one: Account, any_ticket: bool, now: datetime) -> dict[str, float | None]:
    found: dict[str, float | None] = {}

    def closed(t: Ticket) -> datetime | None:
        return t.closed_at or (t.opened_at + timedelta(hours=t.resolution_hours) if t.resolution_hours else None)

    tickets, since = list(one.tickets.all()), now - timedelta(days=180)
    open_ones = [t for t in tickets if (closed(t) or now + timedelta(1)) > now and t.priority in ("high", "urgent")]
    found["urgent"] = len(open_ones) if any_ticket else None
    rated = [t for t in tickets if t.opened_at > since and (closed(t) or now) <= now and t.csat is not None]
    found["csat"] = sum(t.csat for t in rated) / len(rated) if rated else None
    solved = [t.resolution_hours for t in tickets if closed(t) and since < closed(t) <= now]
    found["solving"] = sum(solved) / len(solved) if solved else None
    invoices = [i for i in one.invoices.all() if i.issued_on <= TODAY]
    late = [
        (TODAY - (i.due_on or i.issued_on + timedelta(days=30))).days
        for i in invoices
        if i.status != "paid" and (i.paid_on is None or i.paid_on > TODAY)
    ]
    late += [0]
    paid_later = [i for i in invoices if i.paid_on and i.paid_on > TODAY]
    late += [(TODAY - (i.due_on or i.issued_on + timedelta(days=30))).days for i in paid_later]
    found["overdue"] = max(late) if invoices else None
    found["tenure"] = (TODAY - one.customer_since).days / 30.4375 if one.customer_since else None
    left = (one.renews_on - TODAY).days if one.renews_on else -1
    quiet = not [n for n in one.notes.all() if (TODAY - n.created_at.date()).days < 30]
    found["renewal"] = None if left < 0 else float(left <= 90 and quiet)
    return found


def plain_points(scoring: dict[str, Any], value: float) -> float:
    match scoring["kind"]:
        case "linear":
            knots = scoring["knots"]
            if value <= knots[0][0]:
                return knots[0][1]
            for (x0, y0), (x1, y1) in pairwise(knots):
                if value <= x1:
                    return y0 + (y1 - y0) * (value - x0) / (x1 - x0)
            return knots[-1][1]
        case "bands":
            return [points for edge, points in scoring["steps"] if value >= edge][-1]
        case "points":
            return max(0, min(100, scoring["start"] + scoring["each"] * value))
    return dict(map(tuple, scoring["table"]))[value]


def plain_score(card: dict[str, Any], found: dict[str, float | None]) -> tuple[float | None, float]:
    """Within-group null policy: (overall, coverage)."""
    overall = weight = covered = 0.0
    total = sum(group["weight"] for group in card["groups"])
    for group in card["groups"]:
        inside = sum(m["weight"] for m in group["measures"])
        seen = [m for m in group["measures"] if found[m["key"]] is not None]
        covered += group["weight"] / total * sum(m["weight"] for m in seen) / inside
        if seen:
            points = sum(m["weight"] * plain_points(m["scoring"], found[m["key"]]) for m in seen)
            overall += group["weight"] * points / sum(m["weight"] for m in seen)
            weight += group["weight"]
    return (overall / weight if weight else None), covered


def test_the_whole_card_agrees_with_a_plain_recomputation_of_every_account(workspace: Any, alice: Any) -> None:
    rows = stage.crowd(workspace, alice)
    actions.compute(workspace=workspace)
    card = default_card.definition()
    accounts = Account.objects.filter(workspace=workspace)
    states = {state.account_id: state for state in AccountHealth.objects.filter(workspace=workspace)}
    assert len(states) == accounts.count() == 40
    latest = snapshots.on(workspace.pk, TODAY)[0]
    keys = [measure["key"] for group in card["groups"] for measure in group["measures"]]
    for one in accounts:
        found = plainly_observed(one, rows, Ticket.objects.exists(), clock.now())
        row = latest.account.tolist().index(one.number)
        seen = {key: None if math.isnan(v) else v for key, v in zip(keys, latest.observed[row], strict=True)}
        assert seen == pytest.approx(found), one.number
        overall, coverage = plain_score(card, found)
        state = states[one.pk]
        assert state.score == pytest.approx(overall)
        assert state.coverage == pytest.approx(coverage)
        band = "risk" if overall < 50 else "watch" if overall < 75 else "healthy"
        assert state.band == (band if coverage >= 0.5 else "insufficient")


def test_the_same_day_again_stores_nothing_new(workspace: Any, alice: Any) -> None:
    stage.crowd(workspace, alice, size=6)
    first = actions.compute(workspace=workspace)
    stored = warehouse.scalar(ROWS, w=workspace.pk)
    again = actions.compute(workspace=workspace)
    assert first.revisions == 6
    assert again.revisions == 0
    assert warehouse.scalar(ROWS, w=workspace.pk) == stored


def test_late_data_makes_a_new_revision_and_keeps_the_old_one(workspace: Any) -> None:
    stage.account(workspace, 1)
    stage.account(workspace, 2)
    stage.events(workspace, stage.steady_use(1) + stage.steady_use(2))
    actions.compute(workspace=workspace)
    before = snapshots.on(workspace.pk, TODAY - timedelta(days=1))[0]
    late = [(2, TODAY - timedelta(days=back), "login", 1) for back in range(2, 30)]
    stage.events(workspace, late)
    assert actions.compute(workspace=workspace).revisions == 1
    after = snapshots.on(workspace.pk, TODAY - timedelta(days=1))[0]
    assert after.revision.tolist() == [0, 1]
    assert after.overall[0] == before.overall[0]
    assert after.overall[1] > before.overall[1]
    kept = warehouse.rows(
        "select overall from health_snapshots where account = 2 and day = {d:Date} and revision = 0",
        d=TODAY - timedelta(days=1),
    )
    assert kept == [(before.overall[1],)]


def test_a_first_run_brings_weekly_and_daily_history(workspace: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(computing, "HISTORY_WEEKS", 26)
    monkeypatch.setattr(computing, "HISTORY_DAYS", 35)
    stage.account(workspace, 1)
    stage.events(workspace, stage.steady_use(1, days=300))
    actions.compute(workspace=workspace)
    days = snapshots.days(workspace.pk)
    assert {TODAY - timedelta(days=back) for back in range(36)} <= days
    assert TODAY - timedelta(days=7 * 26) in days
    assert len(days) == 36 + 26 - 5


def test_an_account_has_no_history_before_it_signed_up(workspace: Any) -> None:
    stage.account(workspace, 1, signed_up_on=TODAY - timedelta(days=14))
    stage.account(workspace, 2)
    actions.compute(workspace=workspace)
    assert min(warehouse.columns("select day from health_snapshots where account = 1")["day"]).astype(
        object
    ) == TODAY - timedelta(days=14)


def test_an_account_without_data_is_insufficient_and_says_what_is_missing(workspace: Any) -> None:
    one = stage.account(workspace, 1)
    actions.compute(workspace=workspace)
    state = one.health_state
    assert (state.band, state.score, state.change_30d) == ("insufficient", None, None)
    assert state.reasons[0]["en"] == "Too little data: 13 measures missing"
    assert state.reasons[0]["zh"] == "覆盖不足：缺 13 项指标"


def test_a_fall_in_use_is_told_as_the_reason(workspace: Any) -> None:
    one = stage.account(workspace, 1)
    stage.events(workspace, stage.steady_use(1, until=TODAY - timedelta(days=25)))
    actions.compute(workspace=workspace)
    state = one.health_state
    assert state.change_30d < -20
    assert state.trend == "down"
    assert {reason["kind"] for reason in state.reasons} == {"fell"}
    assert any(reason["en"] == "Active days 14 → 2" for reason in state.reasons)
    assert any(reason["zh"] == "活跃天数 14 → 2" for reason in state.reasons)


def test_the_running_day_is_not_counted(workspace: Any) -> None:
    stage.account(workspace, 1)
    stage.events(workspace, [(1, TODAY, "login", 1)])
    actions.compute(workspace=workspace)
    assert AccountHealth.objects.get().score is None


def test_another_workspace_s_events_change_nothing(workspace: Any, mallory: Any) -> None:
    one = stage.account(workspace, 1)
    stage.events(mallory.workspace, stage.steady_use(1))
    actions.compute(workspace=workspace)
    assert one.health_state.score is None
    assert not AccountHealth.objects.filter(workspace=mallory.workspace).exists()


def test_a_state_of_an_account_that_left_is_taken_away(workspace: Any) -> None:
    one = stage.account(workspace, 1)
    stage.account(workspace, 2)
    actions.compute(workspace=workspace)
    one.delete()
    actions.compute(workspace=workspace)
    assert AccountHealth.objects.count() == 1


def test_a_note_now_counts_as_contact_now(workspace: Any, alice: Any) -> None:
    one = stage.account(workspace, 1, renews_on=TODAY + timedelta(days=20))
    stage.events(workspace, stage.steady_use(1))
    actions.compute(workspace=workspace)
    before = AccountHealth.objects.get().score
    Note.objects.create(account=one, author=alice, body="called", created_at=clock.now())
    actions.compute(workspace=workspace)
    assert AccountHealth.objects.get().score > before


def test_band_moves_tell_falls_and_leave_out_missing_data(workspace: Any) -> None:
    stage.account(workspace, 1, customer_since=date(2025, 2, 1))
    stage.account(workspace, 2)
    stage.events(workspace, stage.steady_use(1, until=TODAY - timedelta(days=28)))
    actions.compute(workspace=workspace)
    moves = queries.band_moves(workspace, TODAY - timedelta(days=28), TODAY)
    assert [(move.number, move.before, move.after, move.fell) for move in moves] == [(1, "healthy", "risk", True)]
    assert moves[0].score_after < moves[0].score_before
    assert not moves[0].is_new_card


def test_portfolio_numbers_count_customers_only(workspace: Any, alice: Any) -> None:
    stage.account(workspace, 1)
    stage.account(workspace, 2, status="cancelled")
    stage.account(workspace, 3)
    stage.events(workspace, stage.steady_use(1, until=TODAY - timedelta(days=40)) + stage.steady_use(2))
    actions.compute(workspace=workspace)
    mine = queries.portfolio(alice)
    shares = {share.band: share.accounts for share in queries.distribution(workspace, mine)}
    assert shares == {"risk": 1, "watch": 0, "healthy": 0, "insufficient": 1}
    lost = queries.revenue_at_risk(workspace, mine)
    assert (lost.accounts, lost.mrr, lost.total, lost.share) == (1, 100, 200, 0.5)


def test_recomputing_is_queued_once_and_written_down(workspace: Any, alice: Any, bob: Any) -> None:
    actions.request_compute(workspace=workspace, by=alice)
    actions.request_compute(workspace=workspace, by=alice)
    assert Job.objects.filter(kind="health.compute").count() == 1
    assert AuditEntry.objects.filter(verb="health.recompute_requested").exists()
    with pytest.raises(PermissionDenied):
        actions.request_compute(workspace=workspace, by=bob)
