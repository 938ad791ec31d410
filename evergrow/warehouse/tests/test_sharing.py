"""Another process asks this one's store: here its part is played by the test, over the same sockets."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from evergrow import warehouse
from evergrow.warehouse import engines
from evergrow.warehouse.sharing import Host, SharedEngine

pytestmark = pytest.mark.once


class Unportable(Exception):
    """One that does not come through a pickle."""

    def __init__(self, one: str, two: str) -> None:
        super().__init__(f"{one} {two}")


def shared(host: Host, ends: int = 2) -> SharedEngine:
    return SharedEngine([host.connect() for _ in range(ends)])


def test_a_helper_asks_runs_and_inserts_as_the_owner_does(warehouse_db) -> None:
    own = engines.current()
    with engines.use(shared(Host(engine=lambda: own))):
        warehouse.execute("create table shared_numbers (n UInt32, t String) engine = MergeTree order by n")
        assert warehouse.insert("shared_numbers", {"n": [1, 2, 3], "t": ["a", "b", "数"]}, token="once") == 3
        assert warehouse.rows("select n, t from shared_numbers where n > {n:UInt32} order by n", n=1) == [
            (2, "b"),
            (3, "数"),
        ]
        assert warehouse.own_store() is None
    assert warehouse.scalar("select count() from shared_numbers") == 3


def test_what_the_store_refuses_is_refused_to_the_helper_in_the_same_words(warehouse_db) -> None:
    own = engines.current()
    with engines.use(shared(Host(engine=lambda: own))), pytest.raises(warehouse.BadQuery, match="no_such_table"):
        warehouse.rows("select * from no_such_table")


def test_a_verb_gets_its_arguments_and_an_error_that_cannot_travel_is_told_by_its_words() -> None:
    def fail() -> None:
        raise Unportable("left", "right")

    engine = shared(Host({"add": lambda one, two: one + two, "fail": fail}))
    assert engine.ask("add", 2, 3) == 5
    with pytest.raises(RuntimeError, match="left right"):
        engine.ask("fail")
    assert engine.ask("add", "a", "b") == "ab"


def test_what_a_helper_holds_is_let_go_when_it_is_done_and_when_it_is_gone() -> None:
    lock, ended = threading.Lock(), threading.Event()

    @contextmanager
    def held() -> Iterator[None]:
        with lock:
            yield

    engine = shared(Host(held={"lock": held}, at_end=ended.set), ends=1)
    with engine.hold("lock"):
        assert lock.locked()
    assert not lock.locked()
    with pytest.raises(warehouse.StoreUnavailable), engine.hold("lock"):
        engine.close()  # as when the process is killed
    assert ended.wait(10)
    assert lock.acquire(timeout=10)


def test_a_helper_whose_host_is_gone_hears_that_the_store_is_away() -> None:
    host = Host({"leave": lambda: None})
    ours = host.connect()
    engine = SharedEngine([ours])
    engine.close()
    with pytest.raises(warehouse.StoreUnavailable):
        engine.ask("leave")
