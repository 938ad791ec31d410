"""What is remembered of answers: within its bytes, for an hour, kept apart by workspace, handed out as copies."""

from typing import Any

import pytest

from evergrow import warehouse
from evergrow.insight import statement
from evergrow.insight.memory import SECONDS, Memory
from evergrow.insight.statement import Statement, run
from evergrow.warehouse import Version


def test_it_stays_within_its_bytes_and_the_least_used_goes_first() -> None:
    memory = Memory(most=10_000)
    for place in range(40):
        memory.put((1, str(place)), [("x" * 400,)])
        memory.get((1, "0"))
    assert memory.size <= 10_000
    assert len(memory) < 40
    assert memory.get((1, "0")) == [("x" * 400,)]
    assert memory.get((1, "1")) is None


def test_a_long_list_is_not_remembered() -> None:
    memory = Memory(most=10_000)
    memory.put((1, "long"), [("x" * 3000,)])
    assert (memory.get((1, "long")), memory.size) == (None, 0)


def test_it_forgets_after_an_hour() -> None:
    now = [0.0]
    memory = Memory(most=10_000, clock=lambda: now[0])
    memory.put((1, "a"), [(1,)])
    now[0] = SECONDS
    assert memory.get((1, "a")) == [(1,)]
    now[0] += 1
    assert (memory.get((1, "a")), memory.size) == (None, 0)


def test_forgetting_a_workspace_keeps_the_others() -> None:
    memory = Memory(most=10_000)
    memory.put((1, "a"), [(1,)])
    memory.put((2, "a"), [(2,)])
    memory.forget(1)
    assert (memory.get((1, "a")), memory.get((2, "a"))) == (None, [(2,)])


def test_rows_are_handed_out_as_copies() -> None:
    memory = Memory(most=10_000)
    memory.put((1, "a"), [([1, 2],)])
    found: Any = memory.get((1, "a"))
    found[0][0].append(3)
    assert memory.get((1, "a")) == [([1, 2],)]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was asked of the store, and a memory of its own."""
    sent: list[str] = []

    def rows(sql: str, **params: Any) -> list[tuple[Any, ...]]:
        sent.append(sql)
        return [(len(sent),)]

    monkeypatch.setattr(warehouse, "rows", rows)
    monkeypatch.setattr(statement, "memory", Memory(10_000))
    return sent


def _version(text: str, *, is_settled: bool) -> Version:
    found = Version(text)
    found.is_settled = is_settled
    return found


def test_the_same_question_of_the_same_data_is_asked_once(asked: list[str]) -> None:
    one = Statement("one", "SELECT 1", {"workspace": 1})
    settled = _version("1-1", is_settled=True)
    assert [run(one, settled), run(one, settled)] == [[(1,)], [(1,)]]
    assert run(one, _version("2-2", is_settled=True)) == [(2,)]
    assert run(Statement("one", "SELECT 1", {"workspace": 1, "accounts": [7]}), settled) == [(3,)]


def test_right_after_a_change_nothing_is_remembered(asked: list[str]) -> None:
    one, fresh = Statement("one", "SELECT 1", {"workspace": 1}), _version("1-1", is_settled=False)
    assert [run(one, fresh), run(one, fresh)] == [[(1,)], [(2,)]]
