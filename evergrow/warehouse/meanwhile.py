"""Questions asked in other threads while this one does something else: every thread has its own connection."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Answer = TypeVar("Answer")
AT_ONCE = 8

_threads = ThreadPoolExecutor(AT_ONCE, "meanwhile")


def meanwhile(work: Callable[[], Answer]) -> Callable[[], Answer]:
    """Begin ``work`` now. Calling what comes back waits for its answer, or raises what it raised, as often as wanted.

    ``work`` may ask the event store and compute. It must not ask the relational store, whose connections belong to
    their threads, nor depend on the reader's language. A template that is given the result calls it where it stands.
    """
    return _threads.submit(work).result
