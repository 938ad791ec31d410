"""The generator: keeps connections busy with prepared requests of 400-byte events, each with an id of its own.

``python -m evergrow.intake.bench.load PORT KEY SECONDS BATCH CONNECTIONS RATE`` prints what came of it as JSON. RATE is
how many events a second are sent at most, 0 for as many as are taken.
"""

import asyncio
import base64
import itertools
import json
import os
import sys
import time
from datetime import UTC, datetime

USERS = 5_000
VARIANTS = 50
SIZE = 400
PATIENCE_SECONDS = 60


def event(user: int, place: int) -> bytes:
    """One track message of about 400 bytes; ``%b`` stands for the batch's id."""
    message = {
        "type": "track",
        "event": ("login", "viewed_dashboard", "created_project", "exported_report")[user % 4],
        "userId": f"user-{user}",
        "messageId": f"%b-{place}",
        "timestamp": datetime.now(UTC).isoformat(),
        "properties": {"plan": "pro", "seats": user % 40, "path": "/reports/weekly", "ok": True, "note": ""},
        "context": {"library": {"name": "bench", "version": "1"}, "groupId": f"account-{user % 500}"},
    }
    missing = SIZE - len(json.dumps(message))
    message["properties"] |= {"note": "x" * max(0, missing)}  # type: ignore[operator]
    return json.dumps(message).encode()


def templates(port: int, key: str, batch: int) -> list[tuple[bytes, int]]:
    """Requests with a place for the batch's id wherever it stands, and how often that is."""
    head = (
        f"POST /v1/{'batch' if batch > 1 else 'track'} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        f"Authorization: Basic {base64.b64encode(f'{key}:'.encode()).decode()}\r\n"
        "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    ).encode()
    found = []
    for variant in range(VARIANTS):
        users = [(variant * batch + place) % USERS for place in range(batch)]
        messages = b",".join(event(user, place) for place, user in enumerate(users))
        body = b'{"batch":[' + messages + b"]}" if batch > 1 else messages
        length = len(body) + batch * (ID_LENGTH - 2)
        found.append((head % length + body, batch))
    return found


ID_LENGTH = 24


class Sender(asyncio.Protocol):
    """One connection: sends the next request as soon as the answer to the last one is whole."""

    def __init__(self, run: "Run") -> None:
        self.run, self.heard = run, b""
        self.done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.send()

    def send(self) -> None:
        self.began = time.perf_counter()
        self.transport.write(self.run.request())  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        self.heard += data
        head, gap, body = self.heard.partition(b"\r\n\r\n")
        if not gap or len(body) < length_of(head):
            return
        self.heard = b""
        now = time.perf_counter()
        self.run.note(head, now - self.began)
        if now < self.run.end:
            pause = self.run.pause(now)
            if pause > 0:
                asyncio.get_running_loop().call_later(pause, self.send)
            else:
                self.send()
        else:
            self.transport.close()
            self.done.set_result(None)

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.run.refused += 1
            self.done.set_result(None)


def length_of(head: bytes) -> int:
    """How long the body after an answer's head is."""
    _, _, rest = head.lower().partition(b"content-length:")
    return int(rest.split(b"\r\n", 1)[0] or 0)


class Run:
    def __init__(self, port: int, key: str, seconds: float, batch: int, rate: float) -> None:
        self.batch, self.rate, self.refused, self.sent, self.bytes = batch, rate, 0, 0, 0
        self.taken: list[float] = []
        self.templates = itertools.cycle(templates(port, key, batch))
        self.ids = (f"{os.getpid():08d}{time.time_ns() % 10**6:06d}{n:010d}".encode() for n in itertools.count())
        self.began = time.perf_counter()
        self.end = self.began + seconds

    def request(self) -> bytes:
        template, places = next(self.templates)
        request = template % ((next(self.ids),) * places)
        self.sent += self.batch
        self.bytes += len(request)
        return request

    def pause(self, now: float) -> float:
        """Seconds until the next request is due."""
        return self.began + self.sent / self.rate - now if self.rate else 0.0

    def note(self, answer: bytes, seconds: float) -> None:
        self.taken.append(seconds)
        self.refused += not answer.startswith(b"HTTP/1.1 200")


async def main(port: int, key: str, seconds: float, batch: int, connections: int, rate: float) -> None:
    run = Run(port, key, seconds, batch, rate)
    loop = asyncio.get_running_loop()
    senders = [(await loop.create_connection(lambda: Sender(run), "127.0.0.1", port))[1] for _ in range(connections)]
    async with asyncio.timeout(seconds + PATIENCE_SECONDS):
        await asyncio.gather(*(sender.done for sender in senders))
    took, ordered = time.perf_counter() - run.began, sorted(run.taken)
    began = time.monotonic() - took  # of a clock that all processes of a machine share
    print(
        json.dumps(
            {
                "requests": len(ordered),
                "events": len(ordered) * batch,
                "bytes": run.bytes,
                "seconds": took,
                "began": began,
                "p50": round(ordered[len(ordered) // 2] * 1000, 3),
                "p99": round(ordered[int(len(ordered) * 0.99)] * 1000, 3),
                "refused": run.refused,
            }
        )
    )


if __name__ == "__main__":
    import uvloop

    port, key, seconds, batch, connections, rate = sys.argv[1:]
    uvloop.run(main(int(port), key, float(seconds), int(batch), int(connections), float(rate)))
