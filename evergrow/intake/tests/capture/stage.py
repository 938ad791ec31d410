"""A door to knock on without a network, and a spool that is drained when the test says so."""

import asyncio
import base64
from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson

from evergrow.intake.capture.app import Capture
from evergrow.intake.capture.drain import Drain
from evergrow.intake.capture.spool import Spool


class Reply(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)


class Door:
    """The capture application with a write key of Alice's workspace (``key``)."""

    def __init__(self, app: Capture, spool: Spool, key: str) -> None:
        self.app, self.spool, self.key = app, spool, key
        self.drainer = Drain(spool)

    def ask(
        self, method: str, path: str, body: Any = b"", headers: Mapping[str, str] | None = None, key: str | None = None
    ) -> Reply:
        """Send a request; ``key=""`` sends none in the header."""
        secret = self.key if key is None else key
        sent = dict(headers or {})
        if secret:
            sent["Authorization"] = "Basic " + base64.b64encode(f"{secret}:".encode()).decode()
        data = body if isinstance(body, bytes) else orjson.dumps(body)
        self.app.keys.refresh()
        return asyncio.run(self._ask(method, path, data, sent))

    def post(self, path: str, body: Any, headers: Mapping[str, str] | None = None, key: str | None = None) -> Reply:
        return self.ask("POST", path, body, headers, key)

    async def _ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Reply:
        route, _, query = path.partition("?")
        scope = {
            "type": "http",
            "method": method,
            "path": route,
            "query_string": query.encode(),
            "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()],
        }
        parts = [body[start : start + 65536] for start in range(0, len(body), 65536)] or [b""]
        sent: list[Any] = []

        async def receive() -> dict[str, Any]:
            part = parts.pop(0)
            return {"type": "http.request", "body": part, "more_body": bool(parts)}

        async def send(message: Any) -> None:
            sent.append(message)

        await self.app(scope, receive, send)
        head, tail = sent
        return Reply(head["status"], {k.decode(): v.decode() for k, v in head["headers"]}, tail["body"])

    def drain(self) -> int:
        """Bring everything acknowledged so far into the stores; how many events count now."""
        self.spool.stop()
        counted = sum(self.drainer.drain(file).counted for file in self.spool.segments())
        self.spool.start()
        return counted
