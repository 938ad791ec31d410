"""HTTP as uvicorn speaks it, which answers the usual capture request without a task of its own.

A request that came in whole and that the door takes as it is (``Capture.at_once``) waits for the disk as an entry in a
list, and its answer leaves in one piece. Anything else (pages, refusals, large or slow bodies, unknown keys) goes the
usual way through the ASGI application, which has then seen nothing of it. Any ASGI server may serve the application;
with this protocol it takes more. See docs/decisions/0025-usual-requests-need-no-task.md.
"""

from asyncio import AbstractEventLoop
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from evergrow.intake.capture import answers
from evergrow.intake.capture.app import Capture, Ready, capture_app
from evergrow.intake.capture.service import service

MOST = 256 * 1024  # bytes of a body that may be taken so


class Protocol(HttpToolsProtocol):
    """One connection. Requests that stand behind each other in it are answered one after the other, as before."""

    door: Capture = capture_app
    _held: RequestResponseCycle | None = None
    _is_fed = False

    def data_received(self, data: bytes) -> None:
        """What came in; a request that is not whole by now goes the usual way, which waits for the rest."""
        self._is_fed = True
        try:
            super().data_received(data)
        finally:
            self._is_fed = False
            if self._held is not None:
                self._go_usual_way()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        may_wait = self._is_fed and cycle.more_body and app is self.app and not self.access_log
        if may_wait and cycle.scope["method"] == "POST" and self.door.may_take_at_once(cycle.scope["path"]):
            self._held = cycle
        else:
            super()._start_asgi_task(cycle, app)

    def on_message_complete(self) -> None:
        super().on_message_complete()
        if self._held is not None and not self._takes(self._held):
            self._go_usual_way()

    def _go_usual_way(self) -> None:
        cycle, self._held = self._held, None
        if cycle is not None:
            super()._start_asgi_task(cycle, self.app)

    def _takes(self, cycle: RequestResponseCycle) -> bool:
        """Whether the request is taken at once; it is answered as soon as it is on disk."""
        if len(cycle.body) > MOST or self.flow.write_paused:
            return False
        scope = cycle.scope
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        ready = self.door.at_once(scope["path"], scope["query_string"], headers, bytes(cycle.body))
        if ready is None:
            return False
        self._held = None
        waiting = _Waiting(self, cycle, ready, headers)
        if ready.frame:
            service.spool.append_soon(ready.frame, waiting)
        else:
            waiting.set_result(None)
        return True

    def answer(self, cycle: RequestResponseCycle, answer: answers.Answer, headers: dict[bytes, str]) -> None:
        """Send an answer in one piece, and be ready for the next request."""
        if cycle.disconnected:
            return
        lines = [*self.server_state.default_headers, *answer.all_headers(answers.cors(headers))]
        if not cycle.keep_alive:
            lines.append((b"connection", b"close"))
        head = b"".join([b"%b: %b\r\n" % line for line in lines])
        self.transport.write(b"".join((STATUS_LINE[answer.status], head, b"\r\n", answer.body)))
        cycle.response_started = cycle.response_complete = True
        if not cycle.keep_alive:
            self.transport.close()
        cycle.on_response()

    def failed(self, cycle: RequestResponseCycle) -> None:
        """It could not be put on disk: try again the usual way, which says why if it still cannot."""
        if not cycle.disconnected:
            super()._start_asgi_task(cycle, self.app)


class _Waiting:
    """A request whose frame waits for the disk; to the spool a future."""

    __slots__ = ("cycle", "headers", "protocol", "ready")

    def __init__(
        self, protocol: Protocol, cycle: RequestResponseCycle, ready: Ready, headers: dict[bytes, str]
    ) -> None:
        self.protocol, self.cycle, self.ready, self.headers = protocol, cycle, ready, headers

    def get_loop(self) -> AbstractEventLoop:
        return self.protocol.loop

    def done(self) -> bool:
        return False

    def set_result(self, _nothing: None) -> None:
        self.protocol.door.was_taken(self.ready)
        self.protocol.answer(self.cycle, self.ready.answer, self.headers)

    def set_exception(self, _error: Exception) -> None:
        self.protocol.door.was_not_taken(self.ready)
        self.protocol.failed(self.cycle)
