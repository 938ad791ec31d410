"""A small loopback server that speaks ClickHouse's HTTP interface over the in-process engine.

It lets the server adapter, and the real client library below it, be tested against the real engine.
"""

import email.parser
import email.policy
import gzip
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import lz4.frame

from evergrow.warehouse.engines import BadQuery, StoreUnavailable
from evergrow.warehouse.in_process import InProcessEngine, quoted

NO_SETTINGS = {
    "query", "database", "session_id", "default_format", "query_id", "client_protocol_version", "wait_end_of_query",
    "compress", "decompress", "enable_http_compression", "role",
}  # fmt: skip


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    engine: InProcessEngine
    requests: list[dict[str, str]]

    def log_message(self, *_: Any) -> None:
        pass

    def do_GET(self) -> None:
        self.do_POST()

    def do_POST(self) -> None:
        asked = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
        body = self._body()
        if self.headers.get_content_type() == "multipart/form-data":
            asked |= self._form(body)
            body = b""
        type(self).requests.append(asked)
        try:
            answer, form = self._answer(asked, body)
        except (BadQuery, StoreUnavailable) as error:
            code = re.search(r"Code: (\d+)", str(error))
            self._send(500 if code is None or code[1] != "516" else 403, str(error).encode(), code and code[1])
            return
        self._send(200, answer, form=form)

    def _body(self) -> bytes:
        length = self.headers.get("Content-Length")
        body = self.rfile.read(int(length)) if length else b"".join(self._chunks())
        match self.headers.get("Content-Encoding"):
            case "gzip":
                return gzip.decompress(body)
            case "lz4":
                return bytes(lz4.frame.decompress(body))
            case _:
                return body

    def _chunks(self) -> Iterator[bytes]:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return
        while size := int(self.rfile.readline(), 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()

    def _form(self, body: bytes) -> dict[str, str]:
        head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + body)
        return {
            part.get_param("name", header="content-disposition"): part.get_payload(decode=True).decode()
            for part in message.iter_parts()
        }

    def _answer(self, asked: dict[str, str], body: bytes) -> tuple[bytes, str]:
        statement = asked.get("query", "")
        inline = re.match(rb"\s*(INSERT INTO [^\n]+ FORMAT \w+)\n", body) if not statement else None
        if inline:
            statement, body = inline[1].decode(), body[inline.end() :]
        if statement and body:
            insert, form = re.fullmatch(r"(.*?)\s+FORMAT\s+(\w+)\s*", statement, re.DOTALL).groups()  # type: ignore[union-attr]
            self.engine.raw_insert(f"{insert}{self._settings(asked)}", form, body)
            return b"", ""
        statement = (statement or body.decode()).strip()
        found = re.fullmatch(r"(.*?)\s+FORMAT\s+(\w+)\s*", statement, re.DOTALL | re.IGNORECASE)
        text, form = found.groups() if found else (statement, asked.get("default_format", "TabSeparated"))
        params = {name[6:]: value for name, value in asked.items() if name.startswith("param_")}
        self.engine.raw("set " + self._settings(asked).removeprefix(" SETTINGS "), "Null", {})
        return self.engine.raw(text, form, params), form

    def _settings(self, asked: dict[str, str]) -> str:
        pairs = {
            name: value for name, value in asked.items() if name not in NO_SETTINGS and not name.startswith("param_")
        } | {"max_block_size": "65409"}
        return " SETTINGS " + ", ".join(f"{name} = {quoted(value)}" for name, value in pairs.items())

    def _send(self, status: int, answer: bytes, code: str | None = None, form: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        self.send_header("X-ClickHouse-Summary", "{}")
        self.send_header("X-ClickHouse-Timezone", "UTC")
        if form:
            self.send_header("X-ClickHouse-Format", form)
        if code:
            self.send_header("X-ClickHouse-Exception-Code", code)
        self.end_headers()
        self.wfile.write(answer)


@contextmanager
def bridge(engine: InProcessEngine) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """Serve ``engine`` on a free port; gives its URL with the database, and what was asked so far."""
    kind = type("BridgeHandler", (Handler,), {"engine": engine, "requests": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), kind)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://default@127.0.0.1:{server.server_port}/{engine.database}", kind.requests  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
