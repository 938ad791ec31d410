"""The benchmark runs, keeps the house's form, and its two ways agree."""

from collections.abc import Iterator

import pytest

from evergrow import warehouse
from evergrow.insight.bench import cases, fill, measure, timing
from evergrow.insight.bench.cases import CASES
from evergrow.workspaces.models import Member

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def member(warehouse_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Member]:
    monkeypatch.setattr(timing, "FEWEST", 1)
    monkeypatch.setattr(fill, "PEOPLE", 3_000)
    monkeypatch.setattr(fill, "ACCOUNTS", 50)
    yield fill.workspace()
    for table in ("events", "overrides"):
        warehouse.execute(f"drop table if exists bench_raw_{table}")


def test_each_question_is_timed_beside_straightforward_sql_that_says_the_same(member: Member) -> None:
    fill.events(member.workspace, 0, 500)
    small = timing.every(member, 0.001)
    fill.events(member.workspace, 500, 5_000)
    seconds, size = fill.watch(member.workspace)
    assert (seconds > 0, size > 0) == (True, True)
    large = timing.every(member, 0.001)
    assert [each.case.name for each in large] == [case.name for case in cases.every()]
    for timed in large:
        first, slowest, processors = timed.results()
        assert processors.value > 0
        assert first.ratio
        assert 0 < first.value <= slowest.value
        assert timed.growth(small, "500 to 5,000")[0].unit == "×"
    assert warehouse.scalar("select count() from events") == 5_000
    assert warehouse.scalar("select count() from bench_raw_events") == 5_000


def test_the_yardstick_of_every_kind_answers_whether_the_kind_is_there_or_not(member: Member) -> None:
    fill.events(member.workspace, 0, 3_000)
    for case in CASES:
        sql = warehouse.statement("insight", case.raw)
        assert len(warehouse.rows(sql, workspace=member.workspace_id, **case.params)) > 1


def test_events_arrive_while_questions_are_asked(member: Member) -> None:
    from evergrow.insight.bench import arriving

    fill.events(member.workspace, 0, 1_000)
    found = {each.metric: each for each in arriving.results(member, 1_000, 0.2, 100)}
    assert found["events arriving"].value > 0
    assert found["all questions while events arrive, p95"].target == 500
    assert measure.ARRIVING == 10_000
