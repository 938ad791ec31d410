"""What runs: nothing of the reader's in the SQL, what is shown is what ran, answers kept only while the data stays."""

from datetime import UTC, datetime
from typing import Any

import pytest

from evergrow import warehouse
from evergrow.insight import queries, statement
from evergrow.insight.conditions import Check, Condition, Topic
from evergrow.insight.errors import BadQuestion
from evergrow.insight.period import Interval, Last
from evergrow.insight.tests.reference import Happened, World
from evergrow.insight.tests.stage import store_events
from evergrow.insight.trend import ask, compile, parse
from evergrow.insight.trend.question import Comparison, Measure, Split, TrendQuestion, simple
from evergrow.warehouse import Version
from evergrow.workspaces.models import Member, Workspace

pytestmark = [pytest.mark.django_db, pytest.mark.once]

NASTY = [
    "' OR 1=1 --",
    '"; DROP TABLE events; --',
    "\\'; SELECT 1",
    "{workspace:UInt32}",
    "%(x)s {0} {",
    "\x00\n\t\b",
    "'] OR ['",
    "\u2028云🌲",
]


@pytest.fixture
def some(workspace: Workspace, warehouse_db: None, frozen: datetime) -> Workspace:
    at = datetime(2026, 3, 24, 2, tzinfo=UTC)
    world = World(
        [
            Happened(event, at, person=place + 1, account=place + 1, properties={text: text})
            for place, (event, text) in enumerate((text, text) for text in NASTY)
        ]
    )
    store_events(workspace, world.events, world)
    return workspace


@pytest.mark.parametrize("text", NASTY)
def test_values_are_never_read_as_sql(some: Workspace, text: str) -> None:
    topic = Topic("property", text)
    question = simple(
        event=text, measure=Measure.COUNT, filters=(Condition(topic, Check.IS, (text,)),), split=Split(topic)
    )
    result = ask.ask(question, some)
    assert result.whole.total == 1
    assert [series.part.value for series in result.series] == [text]
    assert all(text not in shown.sql for shown in result.statements if len(text) > 6 and "UInt" not in text)
    contains = simple(measure=Measure.COUNT, filters=(Condition(topic, Check.CONTAINS, (text,)),))
    assert ask.ask(contains, some).whole.total == 1
    assert warehouse.scalar("select count() from events") == len(NASTY)


def test_the_sql_shown_is_the_sql_run(some: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[tuple[str, dict[str, Any]]] = []

    def rows(sql: str, **params: Any) -> list[tuple[Any, ...]]:
        ran.append((sql, params))
        return real(sql, **params)

    real = warehouse.rows
    monkeypatch.setattr(statement.warehouse, "rows", rows)
    question = simple(measure=Measure.PEOPLE, split=Split(Topic("property", "plan")), compare=Comparison.BEFORE)
    result = ask.ask(question, some)
    assert [shown.name for shown in result.statements] == ["sample", "trend", "compared"]
    assert [(shown.sql, dict(shown.params)) for shown in result.statements] == [
        (sql, params) for sql, params in ran if "changes" not in sql
    ]


def test_parts_that_a_sample_did_not_show_are_ranked_all_the_same(
    some: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = simple(measure=Measure.PEOPLE, split=Split(Topic("property", NASTY[0])))
    at_once = ask.ask(question, some)
    monkeypatch.setattr(compile, "SAMPLE", 1)
    ranked = ask.ask(question, some)
    assert [shown.name for shown in at_once.statements] == ["sample", "trend"]
    assert [shown.name for shown in ranked.statements] == ["sample", "trend", "parts", "trend"]
    assert (ranked.lines, ranked.parts) == (at_once.lines, at_once.parts)
    assert {line.part.value for line in ranked.lines} == {"", NASTY[0]}


def test_an_answer_is_kept_until_the_events_change(some: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    question, settled = simple(measure=Measure.COUNT), Version(statement.warehouse.version(some.pk))
    with monkeypatch.context() as patch:
        patch.setattr(statement.warehouse, "version", lambda _workspace: settled)
        before = ask.ask(question, some)
        patch.setattr(statement.warehouse, "rows", lambda *_args, **_params: pytest.fail("asked the store again"))
        assert ask.ask(question, some).whole == before.whole
    world = World([Happened("late", datetime(2026, 3, 2, tzinfo=UTC), account=1)])
    store_events(some, world.events, world, first_id=100)
    after = ask.ask(question, some)
    assert (after.whole.total, after.version != before.version) == (before.whole.total + 1, True)


def test_another_workspace_is_never_counted(some: Workspace, mallory: Member) -> None:
    assert queries.answer(mallory, simple(measure=Measure.COUNT)).whole.total == 0
    assert queries.events_seen(mallory.workspace) == []


def test_json_questions_come_through_one_door(some: Workspace, alice: Member) -> None:
    result = queries.answer_data(alice, {"kind": "trend", "measure": "count"})
    assert result.whole.total == len(NASTY)
    assert parse.as_data(result.question)["version"] == 2
    with pytest.raises(BadQuestion, match="horoscope"):
        queries.answer_data(alice, {"kind": "horoscope"})


@pytest.mark.parametrize(
    ("question", "table"),
    [
        (simple(), "activity"),
        (simple(filters=(Condition(Topic("account", "plan"), Check.IS, ("Pro",)),)), "activity"),
        (simple(filters=(Condition(Topic("account", "plan"), Check.IS_NOT, ("Pro",)),)), "activity"),
        (
            simple(measure=Measure.COUNT, filters=(Condition(Topic("account", "plan"), Check.IS, ("Pro",)),)),
            "account_day",
        ),
        (simple(measure=Measure.COUNT, filters=(Condition(Topic("property", "plan"), Check.IS_SET),)), "property_days"),
        (simple(measure=Measure.SESSIONS), "events"),
        (simple(measure=Measure.PER_ACCOUNT), "account_day"),
        (simple(measure=Measure.FIRST_PEOPLE), "activity"),
        (simple(interval=Interval.HOUR, range=Last(2, Interval.DAY)), "events"),
        (simple(measure=Measure.PEOPLE, split=Split(Topic("account", "plan"))), "person_accounts"),
        (simple(measure=Measure.FIRST_PEOPLE, split=Split(Topic("account", "plan"))), "events"),
        (simple(split=Split(Topic("property", "plan"))), "events"),
    ],
)
def test_the_cheapest_table_that_can_answer_does(some: Workspace, question: TrendQuestion, table: str) -> None:
    assert ask.ask(question, some).table == table
