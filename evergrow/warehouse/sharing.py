"""This process's store for processes that it began: an in-process store belongs to one, and they ask through it.

Each end is one of a pair of connected sockets that nobody else holds, served here by a thread of its own. A message is
a pickle of ``(verb, arguments)`` or of ``(is_done, result or error)``, behind its length; both sides are ours. What is
a ``pickle.PickleBuffer`` in it follows as it is, and arrives as a buffer: large blocks are not copied for the way.
"""

import contextlib
import pickle
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from queue import SimpleQueue
from typing import Any

from evergrow.lib.filled import filled
from evergrow.warehouse import engines
from evergrow.warehouse.engines import Buffer, Engine, StoreUnavailable

HEAD = struct.Struct("<QQ")  # the length of the pickle, and how many buffers follow
LENGTH = struct.Struct("<Q")
HOLD = "hold"
GONE = "The process that has the event store is gone."


class Host:
    """Answers for this process's engine, and what else it is told to: ``verbs`` are called with what is sent.

    ``held`` are locks and the like, which the other side may keep for a while; one that ends lets go of them.
    ``at_end`` is called in the thread of an end that was closed.
    """

    def __init__(
        self,
        verbs: Mapping[str, Callable[..., Any]] | None = None,
        held: Mapping[str, Callable[[], AbstractContextManager[Any]]] | None = None,
        at_end: Callable[[], None] | None = None,
        engine: Callable[[], Engine] = engines.current,
    ) -> None:
        self.verbs: dict[str, Callable[..., Any]] = {
            "query": lambda sql, params: engine().query(sql, params),
            "execute": lambda sql, params: engine().execute(sql, params),
            "insert": lambda table, columns, data, token: engine().insert(table, columns, data, token),
            **(verbs or {}),
        }
        self.held, self.at_end = dict(held or {}), at_end

    def connect(self) -> socket.socket:
        """An end for another process; the caller passes it on and closes it here."""
        ours, theirs = socket.socketpair()
        threading.Thread(target=self._serve, args=(ours,), name="store-host", daemon=True).start()
        return theirs

    def _serve(self, end: socket.socket) -> None:
        with end, contextlib.suppress(OSError):
            while (asked := _receive(end)) is not None:
                verb, arguments = asked
                if verb == HOLD:
                    self._hold(end, *arguments)
                else:
                    _send(end, _outcome(self.verbs[verb], arguments))
        if self.at_end is not None:
            self.at_end()

    def _hold(self, end: socket.socket, name: str) -> None:
        with self.held[name]():
            _send(end, (True, None))
            _receive(end)  # they are done, or gone
        _send(end, (True, None))


class SharedEngine:
    """The engine of the process that began this one. As many threads ask at once as there are ends."""

    place = "in the server's process"

    def __init__(self, ends: Sequence[socket.socket]) -> None:
        self._ends = list(ends)
        self._free: SimpleQueue[socket.socket] = SimpleQueue()
        for end in ends:
            self._free.put(end)

    def ask(self, verb: str, *arguments: Any) -> Any:
        """What the host says to a verb; raises what was raised there, and StoreUnavailable when it is gone."""
        with self._end() as end:
            return self._ask(end, verb, arguments)

    @contextmanager
    def hold(self, name: str) -> Iterator[None]:
        """Keep something of the host's during the block. Raises StoreUnavailable."""
        with self._end() as end:
            self._ask(end, HOLD, (name,))
            try:
                yield
            finally:
                self._ask(end, "done", ())

    def query(self, sql: str, params: Mapping[str, Any]) -> bytes:
        return bytes(self.ask("query", sql, dict(params)))

    def execute(self, sql: str, params: Mapping[str, Any]) -> None:
        self.ask("execute", sql, dict(params))

    def insert(self, table: str, columns: Sequence[str], data: Buffer, token: str) -> None:
        self.ask("insert", table, list(columns), pickle.PickleBuffer(data), token)

    def close(self) -> None:
        for end in self._ends:
            end.close()

    @contextmanager
    def _end(self) -> Iterator[socket.socket]:
        end = self._free.get()
        try:
            yield end
        finally:
            self._free.put(end)

    def _ask(self, end: socket.socket, verb: str, arguments: tuple[Any, ...]) -> Any:
        try:
            _send(end, (verb, arguments))
            answer = _receive(end)
        except OSError as error:
            raise StoreUnavailable(GONE) from error
        if answer is None:
            raise StoreUnavailable(GONE)
        is_done, result = answer
        if not is_done:
            raise result
        return result


def _outcome(work: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[bool, Any]:
    try:
        return True, work(*arguments)
    except Exception as error:
        return False, _portable(error)


def _portable(error: Exception) -> Exception:
    """The error itself where it comes through a pickle whole, else one with its words."""
    try:
        return error if type(pickle.loads(pickle.dumps(error))) is type(error) else RuntimeError(repr(error))  # noqa: S301
    except Exception:
        return RuntimeError(repr(error))


def _send(end: socket.socket, message: Any) -> None:
    buffers: list[pickle.PickleBuffer] = []
    data = pickle.dumps(message, protocol=5, buffer_callback=buffers.append)
    views = [each.raw() for each in buffers]
    end.sendall(b"".join((HEAD.pack(len(data), len(views)), *(LENGTH.pack(len(view)) for view in views))))
    end.sendall(data)
    for view in views:
        end.sendall(view)


def _receive(end: socket.socket) -> Any:
    """The next message; None once the other side has closed its end."""
    head = filled(end.recv_into, HEAD.size)
    if head is None:
        return None
    length, count = HEAD.unpack(head)
    sizes = filled(end.recv_into, LENGTH.size * count)
    parts = [filled(end.recv_into, size) for size in (length, *(size for (size,) in LENGTH.iter_unpack(sizes or b"")))]
    if sizes is None or any(part is None for part in parts):
        return None
    return pickle.loads(parts[0], buffers=parts[1:])  # type: ignore[arg-type]  # noqa: S301
