"""What the rest of the house relies on, asked of both engines: the one in process and the one on a server."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime

import numpy as np
import pytest

from evergrow import warehouse
from evergrow.warehouse import engines
from evergrow.warehouse.in_process import InProcessEngine
from evergrow.warehouse.server import ServerEngine
from evergrow.warehouse.tests.bridge import bridge

NOON = datetime(2026, 3, 25, 4, 0, 0, 123000, tzinfo=UTC)


@pytest.fixture(params=["in process", "server"])
def store(request: pytest.FixtureRequest, warehouse_db: None) -> Iterator[str]:
    engine = engines.current()
    assert isinstance(engine, InProcessEngine)
    if request.param == "in process":
        yield request.param
        return
    with bridge(engine) as (url, _):
        server = ServerEngine(url)
        with engines.use(server):
            yield request.param
        server.close()


def some_events(count: int, **fixed: object) -> dict[str, object]:
    return {
        "workspace_id": np.full(count, 7, dtype=np.uint32),
        "event": ["login"] * count,
        "at": [NOON] * count,
        "day": [date(2026, 3, 25)] * count,
        "person": np.arange(1, count + 1, dtype=np.uint32),
        "account": np.full(count, 3, dtype=np.uint32),
        "message_id": [f"m{i}" for i in range(count)],
        "properties": [{"plan": "pro", "名": "值'\\\n"}] * count,
        **fixed,
    }


def test_parameters_arrive_as_they_were(store: str) -> None:
    nasty = "it's a \\ back\tslash\nand 中文 {x:UInt8} ; --"
    sql = """select {t:String}, {n:UInt32}, {d:Date}, {at:DateTime64(3, 'UTC')}, {ids:Array(UInt32)},
             {names:Array(String)}, {maybe:Nullable(UInt8)}, {yes:Bool}"""
    got = warehouse.rows(
        sql, t=nasty, n=4_000_000_000, d=date(2026, 3, 25), at=NOON, ids=np.array([1, 2]), names=["a'b", "c"],
        maybe=None, yes=True,
    )  # fmt: skip
    assert got == [(nasty, 4_000_000_000, date(2026, 3, 25), NOON, [1, 2], ["a'b", "c"], None, True)]


def test_a_long_list_of_numbers_is_a_parameter_too(store: str) -> None:
    ids = np.arange(50_000, dtype=np.uint32)
    assert warehouse.scalar("select arraySum({ids:Array(UInt32)})", ids=ids) == int(ids.sum(dtype=np.uint64))


def test_a_long_list_of_words_is_a_parameter_too(store: str) -> None:
    words = [f"word {number} 中" for number in range(500)]
    for nasty in ("plain", "it's", "','", "a\\b", "tab\t", "line\n", "', 'x", ""):
        asked = [*words, nasty]
        ((got,),) = warehouse.rows("select {words:Array(String)}", words=asked)
        assert got == asked, nasty


def test_a_value_never_becomes_sql(store: str) -> None:
    assert warehouse.scalar("select {t:String}", t="') ; drop table events --") == "') ; drop table events --"
    assert warehouse.scalar("select count() from events") == 0


def test_a_missing_parameter_is_a_bad_query(store: str) -> None:
    with pytest.raises(warehouse.BadQuery):
        warehouse.rows("select {n:UInt8}")


def test_wrong_sql_is_a_bad_query_with_the_engines_words(store: str) -> None:
    with pytest.raises(warehouse.BadQuery, match="no_such_table"):
        warehouse.rows("select * from no_such_table")


def test_an_unmatched_left_join_gives_null(store: str) -> None:
    got = warehouse.rows("select a.n, b.m from (select 1 n) a left join (select 2 n, 5 m) b on a.n = b.n")
    assert got == [(1, None)]


def test_no_rows_are_no_rows(store: str) -> None:
    assert warehouse.rows("select 1 where 0") == []
    assert warehouse.scalar("select 1 where 0") is None
    assert list(warehouse.columns("select toUInt32(1) as n where 0")) == ["n"]


def test_columns_come_as_numpy(store: str) -> None:
    got = warehouse.columns("select number as n, toString(number) as t, toDate('2026-03-25') as d from numbers(3)")
    assert got["n"].tolist() == [0, 1, 2]
    assert got["n"].dtype == np.uint64
    assert got["t"].tolist() == ["0", "1", "2"]
    assert got["d"].astype("datetime64[D]")[0] == np.datetime64("2026-03-25")


def test_inserted_rows_are_there_with_their_types(store: str) -> None:
    assert warehouse.insert("events", some_events(2)) == 2
    got = warehouse.rows("select person, at, day, properties, import_id from events order by person limit 1")
    assert got == [(1, NOON, date(2026, 3, 25), {"plan": "pro", "名": "值'\\\n"}, 0)]


def test_the_same_token_counts_once_in_the_table_and_in_every_rollup(store: str) -> None:
    for _ in range(3):
        warehouse.insert("events", some_events(100), token="segment-1:0")
    warehouse.insert("events", some_events(5, message_id=list("vwxyz")), token="segment-2:0")
    assert warehouse.scalar("select count() from events") == 105
    assert warehouse.scalar("select sum(count) from activity") == 105
    assert warehouse.scalar("select sum(count) from account_day where account = 3") == 105
    assert warehouse.scalar("select count() from seen_messages") == 105
    assert warehouse.scalar("select groupBitmapMerge(people) from activity where event = 'login'") == 100


def test_a_token_counts_once_across_months(store: str) -> None:
    moments = [datetime(2026, 1 + i % 12, 3, tzinfo=UTC) for i in range(60)]
    events = some_events(60, at=moments, day=[moment.date() for moment in moments])
    warehouse.insert("events", events, token="history:0")
    warehouse.insert("events", events, token="history:0")
    assert warehouse.scalar("select count() from events") == 60
    assert warehouse.scalar("select sum(count) from activity") == 60


def test_rollups_leave_out_the_person_and_account_that_nobody_is(store: str) -> None:
    warehouse.insert("events", some_events(2, person=[0, 9], account=[0, 0]))
    got = warehouse.rows("select groupBitmapMerge(people), groupBitmapMerge(accounts), sum(count) from activity")
    assert got == [(1, 0, 2)]
    assert warehouse.scalar("select count() from account_day") == 0


def test_the_version_moves_with_the_workspaces_own_events_only(store: str) -> None:
    before = warehouse.version(7)
    warehouse.insert("events", some_events(1, workspace_id=[8]))
    assert warehouse.version(7) == before
    warehouse.insert("events", some_events(1))
    after = warehouse.version(7)
    assert after != before
    time.sleep(0.001)
    warehouse.touch(7)
    assert warehouse.version(7) not in {before, after}


def test_questions_run_side_by_side(store: str) -> None:
    def ask() -> None:
        warehouse.scalar("select sleep(0.5)")

    threads = [threading.Thread(target=ask) for _ in range(4)]
    begun = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert time.monotonic() - begun < 1.9, "four halves of a second, one after the other, take two"


def test_migrating_again_changes_nothing(store: str) -> None:
    assert warehouse.migrate() == []


def test_a_server_that_is_away_is_unavailable_and_says_which_setting() -> None:
    with (
        engines.use(ServerEngine("http://127.0.0.1:9/none")),
        pytest.raises(warehouse.StoreUnavailable, match="EVERGROW_CLICKHOUSE_URL"),
    ):
        warehouse.scalar("select 1")


def test_a_second_process_is_told_to_stop_the_server_or_go_through_it(warehouse_db: None) -> None:
    engine = engines.current()
    assert isinstance(engine, InProcessEngine)
    code = (
        "from pathlib import Path; from evergrow.warehouse.in_process import InProcessEngine;"
        f"InProcessEngine(Path({str(engine.folder)!r}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "StoreUnavailable" in done.stderr
    assert "Stop the server, or do this through it" in done.stderr


def test_emptying_the_store_empties_what_was_written_to_and_asks_nothing_where_nothing_was(
    warehouse_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from evergrow.warehouse.tests import stage

    asked: list[str] = []
    real = stage._ask
    monkeypatch.setattr(stage, "_ask", lambda engine, sql, *rest: (asked.append(sql), real(engine, sql, *rest))[1])
    warehouse.insert("events", some_events(100))
    filled = set(stage._filled())
    assert "events" in filled
    assert len(filled) < len(stage._tables())
    asked.clear()
    stage.empty_store()
    emptied = [sql.removeprefix("truncate table ") for sql in asked if sql.startswith("truncate")]
    assert sorted(emptied) == sorted(filled), "each once, and none that holds nothing"
    assert len(asked) == len(filled) + 1, "one question more: which hold anything"
    asked.clear()
    stage.empty_store()
    assert asked == []
    assert warehouse.scalar("select count() from events") == 0
    warehouse.insert("events", some_events(100), token="again")
    stage.empty_store()
    warehouse.insert("events", some_events(100), token="again")
    assert warehouse.scalar("select count() from events") == 100
