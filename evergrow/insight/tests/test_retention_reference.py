"""Random events and random questions: the store must say what the plain loops say, from any table."""

import random
from dataclasses import replace

import pytest

from evergrow.insight.retention.plan import STEPS, Plan
from evergrow.insight.retention.question import Clock, RetentionQuestion, Step, Subject
from evergrow.insight.retention.result import RetentionResult, Series
from evergrow.insight.tests import retention_reference as reference
from evergrow.insight.tests.retention_worlds import Settled, make_question, settle
from evergrow.insight.tests.stage import ask_both_ways

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture(autouse=True)
def both_ways(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    return ask_both_ways(monkeypatch)


def told(series: Series) -> dict[tuple[int, int], tuple[int, int, float, bool]]:
    return {
        (place, column): (cell.size, cell.came, round(cell.total, 6), cell.is_complete)
        for place, cohort in enumerate(series.cohorts)
        for column, cell in enumerate(cohort.cells)
        if cell is not None
    }


def expected(answer: reference.Answer, part: str) -> dict[tuple[int, int], tuple[int, int, float, bool]]:
    return {
        (answer.cohorts.index(cohort), column): (
            len(cell.there),
            len(cell.back),
            round(cell.total, 6),
            cell.is_complete,
        )
        for (cohort, column), cell in answer.cells[part].items()
    }


def check(question: RetentionQuestion, settled: Settled) -> RetentionResult:
    result = settled.ask(question)
    answer = reference.answer(question, settled.world, settled.now, settled.order)
    assert result.days == answer.days
    assert [(each.first, each.last) for each in result.columns] == answer.columns
    assert told(result.whole) == expected(answer, "")
    assert [series.part.code for series in result.series] == answer.lines
    for series in result.series:
        assert told(series) == expected(answer, series.part.code)
    return result


def check_many(seeds: range, each: int) -> set[str]:
    tables = set()
    for settled, seed in zip(settle(seeds), seeds, strict=True):
        rnd = random.Random(seed + 1)
        for number in range(each):
            question = make_question(rnd, settled.world)
            try:
                tables.add(check(question, settled).table)
            except AssertionError as error:
                raise AssertionError(f"World {seed}, question {number}: {question}") from error
    return tables


def test_every_answer_is_the_plain_one(warehouse_db: None, both_ways: list[str]) -> None:
    assert check_many(range(64), 8) == {"activity", "account_day", "events"}
    assert both_ways


def test_people_who_come_back_are_counted_from_memory(warehouse_db: None, both_ways: list[str]) -> None:
    seeds = range(64, 76)
    for settled, seed in zip(settle(seeds), seeds, strict=True):
        rnd = random.Random(seed)
        visible = replace(settled, world=replace(settled.world, visible=None))
        for _ in range(5):
            question = make_question(rnd, settled.world)
            start, back = (Step(each.event or "login") for each in (question.start, question.back))
            plain = replace(
                question, subject=Subject.PEOPLE, clock=Clock.CALENDAR, start=start, back=back, minimum=1, sum_of=""
            )
            check(replace(plain, filters=(), split=None), visible)
    assert len(both_ways) > 40


@pytest.mark.torture
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("start", range(1000, 3000, 100))
def test_many_more_answers_are_the_plain_ones(warehouse_db: None, start: int) -> None:
    check_many(range(start, start + 100), 10)


def from_raw_events(plan: Plan) -> Plan:
    return replace(plan, table="events")


def test_raw_events_say_what_the_rollups_say(warehouse_db: None) -> None:
    seeds = range(500, 520)
    asked = 0
    for settled, seed in zip(settle(seeds), seeds, strict=True):
        rnd = random.Random(seed + 1)
        for _ in range(6):
            question = make_question(rnd, settled.world)
            from_rollup = settled.ask(question)
            if from_rollup.table == "events":
                continue
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr("evergrow.insight.retention.plan.STEPS", (*STEPS, from_raw_events))
                from_raw = settled.ask(question)
            asked += 1
            assert from_raw.table == "events"
            assert (from_raw.whole, from_raw.series) == (from_rollup.whole, from_rollup.series)
    assert asked > 20
