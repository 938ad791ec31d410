"""Webhooks over HTTP, signed. We connect to the address that was checked, whatever the name says a moment later."""

import ssl
from datetime import datetime, timedelta
from types import TracebackType
from urllib.parse import urlsplit, urlunsplit

import httpx
import orjson

from evergrow.lib import clock
from evergrow.success.engine.sending import claims, hosts, signing
from evergrow.success.engine.sending.answers import Answer
from evergrow.success.models import Delivery

SECONDS = 10.0
KEPT = 2_000
GONE = 410
MOST_WAIT = timedelta(hours=24)


def message_id(delivery: Delivery) -> str:
    """The id by which the receiver knows a message, the same at every attempt."""
    return f"msg_{delivery.dedupe_key.replace(':', '_')}"


class Hooks:
    """A client that keeps its connections and follows no redirects."""

    def __init__(self) -> None:
        self._client: httpx.Client | None = None

    def __enter__(self) -> "Hooks":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._client is not None:
            self._client.close()

    def send(self, delivery: Delivery) -> Answer | None:
        """Hand a message over; None when it is no longer ours to send."""
        try:
            request = self._request(delivery)
        except hosts.Forbidden as forbidden:
            return Answer("refused", str(forbidden))
        except OSError as error:
            return Answer("later", str(error)[:500])
        if not claims.is_mine(delivery):
            return None
        try:
            return _read(self.client.send(request, stream=True))
        except (httpx.HTTPError, ssl.SSLError) as error:
            return Answer("later", f"{type(error).__name__}: {error}"[:500])

    @property
    def client(self) -> httpx.Client:
        if self._client is None:
            self._client = httpx.Client(timeout=SECONDS, follow_redirects=False, trust_env=False)
        return self._client

    def _request(self, delivery: Delivery) -> httpx.Request:
        parts, ip = urlsplit(delivery.to), hosts.address(delivery.to)
        netloc = f"[{ip}]" if ":" in ip else ip
        url = urlunsplit(parts._replace(netloc=f"{netloc}:{parts.port}" if parts.port else netloc))
        body = orjson.dumps(delivery.content)
        secret = signing.secret(delivery.workspace, delivery.to)
        signed = signing.headers(secret, message_id(delivery), int(clock.now().timestamp()), body)
        own = {"Host": parts.netloc, "Content-Type": "application/json", "User-Agent": "Evergrow-Webhooks/1"}
        extensions = {"sni_hostname": parts.hostname or ""}
        return self.client.build_request("POST", url, content=body, headers=own | signed, extensions=extensions)


def _read(answer: httpx.Response) -> Answer:
    said = b""
    try:
        for part in answer.iter_raw():
            said += part
            if len(said) >= KEPT:
                break
    finally:
        answer.close()
    status, text = answer.status_code, said[:KEPT].decode(errors="replace").replace("\0", "")
    if answer.is_success:
        return Answer("sent", "", status, text)
    why = f"HTTP {status}"
    return Answer("refused" if status == GONE else "later", why, status, text, _not_before(answer))


def _not_before(answer: httpx.Response) -> datetime | None:
    seconds = answer.headers.get("retry-after", "")
    return clock.now() + min(timedelta(seconds=int(seconds)), MOST_WAIT) if seconds.isdigit() else None
