"""A chat vendor on this machine: checks signatures and limits as the vendors' documents say, and keeps what it took."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from evergrow.lib import clock

SECRET = "SECabc"


class Vendor:
    """``answers`` is played first: (status, body, headers); then each request is judged."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, dict[str, Any]]] = []
        self.answers: list[tuple[int, Any, dict[str, str]]] = []
        self.times: list[float] = []

    def judge(self, path: str, query: dict[str, str], body: dict[str, Any]) -> tuple[int, Any]:
        now = clock.now().timestamp()
        kind = path.strip("/")
        if kind == "dingtalk":
            wanted = _sign(SECRET, f"{query['timestamp']}\n{SECRET}")
            is_signed = query["sign"] == wanted and abs(int(query["timestamp"]) / 1000 - now) < 3600
            return (200, self.take(kind, body, "errcode")) if is_signed else (200, {"errcode": 310000})
        if kind == "feishu":
            wanted = _sign(f"{body['timestamp']}\n{SECRET}", "")
            is_signed = body["sign"] == wanted and abs(int(body["timestamp"]) - now) < 3600
            return (200, self.take(kind, body, "code")) if is_signed else (200, {"code": 19021})
        if kind == "slack":
            self.take(kind, body, "ok")
            return 200, "ok"
        if kind == "gone":
            return 404, "no_service"
        return 200, self.take(kind, body, "errcode")

    def take(self, kind: str, body: dict[str, Any], code: str) -> dict[str, Any]:
        """20 a minute, then refused."""
        now = clock.now().timestamp()
        self.times = [*[at for at in self.times if at > now - 60], now]
        if len(self.times) > 20:
            return {code: 45009}
        self.taken.append((kind, body))
        return {code: 0, "errmsg": "ok"}


def _sign(key: str, message: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), message.encode(), hashlib.sha256).digest()).decode()


@contextmanager
def vendor() -> Iterator[tuple[Vendor, str]]:
    """A vendor that listens, and its address."""
    it = Vendor()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            if it.answers:
                status, answer, headers = it.answers.pop(0)
            else:
                (status, answer), headers = it.judge(parts.path, query, body), {}
            said = (answer if isinstance(answer, str) else json.dumps(answer)).encode()
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(said))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield it, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
