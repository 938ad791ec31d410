"""Questions asked beside other work."""

import threading

import pytest

from evergrow import warehouse


def test_the_answer_comes_when_it_is_asked_for_as_often_as_wanted():
    begun, go = threading.Event(), threading.Event()

    def work() -> int:
        begun.set()
        assert go.wait(10)
        return threading.get_ident()

    answer = warehouse.meanwhile(work)
    assert begun.wait(10), "it begins before anybody waits for it"
    go.set()
    assert answer() == answer() != threading.get_ident()


def test_what_goes_wrong_is_told_to_who_asks():
    def work() -> None:
        raise warehouse.StoreUnavailable("gone")

    answer = warehouse.meanwhile(work)
    for _ in range(2):
        with pytest.raises(warehouse.StoreUnavailable, match="gone"):
            answer()
