"""Usage of accounts, against counts made in plain Python from the events themselves."""

import random
from datetime import UTC, date, datetime, time, timedelta
from statistics import median

import pytest

from evergrow import warehouse
from evergrow.customers.queries.usage import features, usage
from evergrow.customers.tests.stage import make_account
from evergrow.workspaces.models import Workspace

pytestmark = pytest.mark.usefixtures("frozen", "warehouse_db")
TODAY = date(2026, 3, 25)  # a Wednesday


def put(workspace, rows):
    """Insert events given as (account, event, day, person)."""
    warehouse.insert(
        "events",
        {
            "workspace_id": [workspace.pk] * len(rows),
            "event": [row[1] for row in rows],
            "at": [datetime.combine(row[2], time(4), tzinfo=UTC) for row in rows],
            "day": [row[2] for row in rows],
            "account": [row[0].number for row in rows],
            "person": [row[3] for row in rows],
            "message_id": [f"m-{workspace.pk}-{n}" for n in range(len(rows))],
        },
    )


@pytest.fixture
def peers(workspace):
    return [make_account(workspace, f"Account {n}", status="active") for n in range(7)]


@pytest.fixture
def history(workspace, peers):
    choice = random.Random(7)
    rows = [
        (
            choice.choice(peers[:6]),
            choice.choice(["login", "export"]),
            TODAY - timedelta(days=choice.randrange(190)),
            n % 9,
        )
        for n in range(2000)
    ]
    put(workspace, rows)
    return rows


def test_weeks_count_events_and_different_people(peers, history):
    found = usage(peers[0], "week")
    assert len(found.periods) == 26
    assert [p.is_running for p in found.periods] == [False] * 25 + [True]
    for period in found.periods:
        mine = [row for row in history if row[0] == peers[0] and period.first <= row[2] <= period.last]
        assert period.first.weekday() == 0
        assert (period.events, period.people) == (len(mine), len({row[3] for row in mine if row[3]}))


def test_weeks_begin_where_the_workspace_says(workspace, peers, history):
    Workspace.objects.filter(pk=workspace.pk).update(week_start=6)
    account = type(peers[0]).objects.get(pk=peers[0].pk)
    assert {period.first.weekday() for period in usage(account, "week").periods} == {6}


def test_days_count_the_same_events(peers, history):
    found = usage(peers[1], "day")
    assert len(found.periods) == 56
    assert found.total == sum(row[0] == peers[1] and row[2] > TODAY - timedelta(days=56) for row in history)


def test_the_median_counts_silent_customers_as_nothing(peers, history):
    found = usage(peers[0], "week")
    last = TODAY - timedelta(days=3)  # the last full week ended on Sunday
    recent = [row for row in history if last - timedelta(days=27) <= row[2] <= last]
    by_account = [sum(row[0] == peer for row in recent) / 4 for peer in peers]
    assert found.median == pytest.approx(median(by_account))
    assert found.peers == 7
    assert found.reference == found.median


def test_features_are_counted_compared_and_missed(workspace, peers, history):
    put(workspace, [(peers[5], "automation", TODAY - timedelta(days=100), 1)])
    found = features(peers[0])
    by_event = {feature.event: feature for feature in (*found.used, *found.unused)}
    assert set(by_event) == {"login", "export", "automation"}
    for event in ("login", "export"):
        mine = [row for row in history if row[0] == peers[0] and row[1] == event]
        now = sum(row[2] > TODAY - timedelta(days=28) for row in mine)
        before = sum(TODAY - timedelta(days=56) < row[2] <= TODAY - timedelta(days=28) for row in mine)
        of_peers = [
            sum(r[0] == peer and r[1] == event and r[2] > TODAY - timedelta(days=28) for r in history) / 4
            for peer in peers
        ]
        feature = by_event[event]
        assert (feature.per_week, feature.before) == (now / 4, before / 4)
        assert feature.median == median(of_peers)
        assert feature.last_day == max(row[2] for row in mine)
    assert [feature.event for feature in found.unused] == ["automation"]
    assert by_event["automation"].last_day is None


def test_an_unused_feature_says_when_it_was_used_last(workspace, peers, history):
    put(workspace, [(peers[0], "automation", TODAY - timedelta(days=40), 1)])
    unused = {feature.event: feature.last_day for feature in features(peers[0]).unused}
    assert unused == {"automation": TODAY - timedelta(days=40)}


def test_another_workspace_with_the_same_numbers_is_not_counted(mallory, peers, history):
    theirs = make_account(mallory.workspace, "Theirs", status="active")
    assert theirs.number == peers[0].number
    assert usage(theirs, "week").total == 0
    assert features(theirs).count == 0
