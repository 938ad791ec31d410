"""The list behind a cell holds exactly those that the cell counts; the sentence names no cohort that is chance."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest

from evergrow.insight import event_names
from evergrow.insight.period import Between
from evergrow.insight.retention import ask, behind
from evergrow.insight.retention.behind import Point, State
from evergrow.insight.retention.question import Cohorts, RetentionQuestion, Step, Subject
from evergrow.insight.retention.reading import reading
from evergrow.insight.tests.reference import Happened, World
from evergrow.insight.tests.retention_worlds import make_question, settle
from evergrow.insight.tests.stage import store_events
from evergrow.lib import clock
from evergrow.workspaces.models import Workspace

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def test_a_list_is_as_long_as_its_cell_says(warehouse_db: None) -> None:
    seeds, looked = range(800, 808), 0
    for settled, seed in zip(settle(seeds), seeds, strict=True):
        rnd = random.Random(seed)
        for _ in range(3):
            question = make_question(rnd, settled.world)
            result = settled.ask(question)
            cells = [
                (series.part, cohort, column, cell)
                for series in (result.whole, *result.series)
                for cohort in series.cohorts
                for column, cell in enumerate(cohort.cells)
                if cell and cell.size
            ]
            for part, cohort, column, cell in rnd.sample(cells, min(3, len(cells))):
                expected = {State.STAYED: cell.came, State.LEFT: cell.size - cell.came, State.ALL: cell.size}
                state = rnd.choice(list(State))
                with clock.frozen(settled.now):
                    found = behind.behind(
                        question,
                        settled.workspace,
                        Point(cohort.bucket.first, column, part, state),
                        visible=settled.visible(),
                    )
                assert found.total == len({row.number for row in found.rows}) == expected[state]
                looked += bool(found.total)
    assert looked > 8


def test_over_all_cohorts_who_came_back_and_who_did_not_are_everybody(warehouse_db: None) -> None:
    """Where one is in one cohort only, the lists of the mean are as long as its counts."""
    for settled, seed in zip(settle(range(820, 824)), range(820, 824), strict=True):
        drawn = make_question(random.Random(seed), settled.world)
        if drawn.cohorts is Cohorts.RECURRING:
            continue
        for column, mean in enumerate(settled.ask(drawn).whole.means):
            if mean is None or mean.low is None:
                continue
            with clock.frozen(settled.now):
                stayed, left = (
                    behind.behind(
                        drawn, settled.workspace, Point(None, column, state=state), visible=settled.visible()
                    ).total
                    for state in (State.STAYED, State.LEFT)
                )
            assert (stayed, left) == (mean.came, mean.size - mean.came)


@pytest.fixture
def three_cohorts(workspace: Workspace, warehouse_db: None, frozen: datetime) -> Workspace:
    """Forty begin in each of three weeks; of the first 10 come back a week later, of the second 12, of the third 36."""
    events = []
    for week, came in enumerate((10, 12, 36)):
        monday = datetime(2026, 2, 23, 4, tzinfo=UTC) + timedelta(weeks=week)
        for number in range(40):
            account = week * 100 + number + 1
            events.append(Happened("signup", monday, account=account))
            if number < came:
                events.append(Happened("login", monday + timedelta(weeks=1), account=account))
    store_events(workspace, events, World([]))
    return workspace


def said(workspace: Workspace, last: int, language: str = "en") -> str:
    days = Between(date(2026, 2, 23), date(2026, 3, last))
    question = RetentionQuestion(Subject.ACCOUNTS, Step("signup"), Step("login"), range=days, periods=1)
    return str(reading(ask.ask(question, workspace), event_names.of(workspace), language))


def test_a_cohort_that_differs_by_more_than_chance_is_named(three_cohorts: Workspace) -> None:
    assert said(three_cohorts, 15) == (
        "<b>48.3% in week 1</b> came back (the last: 95% CI 39.6% to 57.2%, n = 120)."
        " The cohort of 9–15 Mar came back more than the others in week 1: 90.0% against 27.5%."
    )


def test_two_cohorts_that_may_differ_by_chance_are_not_compared(three_cohorts: Workspace) -> None:
    assert said(three_cohorts, 8) == "<b>27.5% in week 1</b> came back (the last: 95% CI 18.9% to 38.1%, n = 80)."
