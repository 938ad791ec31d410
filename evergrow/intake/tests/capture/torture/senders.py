"""Clients that never give up and remember exactly what was acknowledged.

Every message carries a token of its own in the property ``token``, so that what is in the store can be told apart
whatever a format makes of its message ids. Now and then an acknowledged request is sent once more, as a client does
whose answer was lost.
"""

import gzip
import http.client
import json
import random
import threading
import time
from base64 import b64encode
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import urlencode

from segment.analytics.client import Client

PEOPLE = 40
AGAIN = 0.03
PAUSE = 0.004


class Shot(NamedTuple):
    """A request: where to, headers, body, and the statuses that acknowledge it."""

    path: str
    headers: dict[str, str]
    body: bytes
    accepted: tuple[int, ...] = (200,)


Make = Callable[[str, list[str]], Shot]


def now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime()) + "Z"


def person(token: str) -> str:
    return f"u{sum(map(ord, token)) % PEOPLE}"


def basic(key: str) -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(f"{key}:".encode()).decode(), "Content-Type": "application/json"}


def _segment_messages(tokens: list[str]) -> list[dict]:
    return [
        {"type": "track", "event": "load", "userId": person(token), "messageId": token, "timestamp": now(),
         "properties": {"token": token}}
        for token in tokens
    ]  # fmt: skip


def segment(key: str, tokens: list[str]) -> Shot:
    body = {"batch": _segment_messages(tokens), "sentAt": now()}
    return Shot("/v1/batch", basic(key), json.dumps(body).encode())


def rudder(key: str, tokens: list[str]) -> Shot:
    """As its Node client: gzip that calls itself a form."""
    body = gzip.compress(json.dumps({"batch": _segment_messages(tokens), "sentAt": now()}).encode(), 1)
    return Shot("/v1/batch", basic(key) | {"Content-Type": "application/x-www-form-urlencoded"}, body)


def single(key: str, tokens: list[str]) -> Shot:
    """One message in text/plain with the key in the body, as browsers send it."""
    message = _segment_messages(tokens[:1])[0] | {"writeKey": key, "sentAt": now()}
    return Shot("/v1/t", {"Content-Type": "text/plain"}, json.dumps(message).encode())


def posthog(key: str, tokens: list[str]) -> Shot:
    """Each message sets a trait as well. (``token`` among its properties would be the key.)"""
    batch = [
        {"event": "load", "distinct_id": person(token), "uuid": token, "timestamp": now(),
         "properties": {"mark": token, "$set": {"last": token}}}
        for token in tokens
    ]  # fmt: skip
    body = {"api_key": key, "batch": batch, "sent_at": now()}
    return Shot("/batch/", {"Content-Type": "application/json"}, json.dumps(body).encode())


def sensors(key: str, tokens: list[str]) -> Shot:
    items = [
        {"type": "track", "event": "load", "distinct_id": person(token), "login_id": person(token),
         "time": int(time.time() * 1000), "_track_id": sum(map(ord, token)) * 7919 + place,
         "lib": {"$lib": "python"}, "properties": {"token": token}}
        for place, token in enumerate(tokens)
    ]  # fmt: skip
    data = b64encode(gzip.compress(json.dumps(items).encode(), 1)).decode()
    form = urlencode({"data_list": data, "gzip": 1}).encode()
    return Shot(f"/sa?project={key}", {"Content-Type": "application/x-www-form-urlencoded"}, form)


def sensors_counter(key: str, tokens: list[str]) -> Shot:
    """Adds one to the trait ``counter`` per message: never to be done twice."""
    items = [
        {"type": "profile_increment", "distinct_id": person(token), "login_id": person(token),
         "time": int(time.time() * 1000), "_track_id": sum(map(ord, token)) * 7919 + place,
         "properties": {"counter": 1, "token": 0}}
        for place, token in enumerate(tokens)
    ]  # fmt: skip
    form = urlencode({"data_list": b64encode(json.dumps(items).encode()).decode()}).encode()
    return Shot(f"/sa?project={key}", {"Content-Type": "application/x-www-form-urlencoded"}, form)


def snowplow(key: str, tokens: list[str]) -> Shot:
    data = [
        {"e": "se", "se_ca": "load", "se_ac": "load", "se_la": token, "eid": token, "aid": key, "p": "srv", "tv": "py",
         "uid": person(token), "dtm": str(int(time.time() * 1000)), "stm": str(int(time.time() * 1000))}
        for token in tokens
    ]  # fmt: skip
    schema = "iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4"
    body = json.dumps({"schema": schema, "data": data}).encode()
    return Shot("/com.snowplowanalytics.snowplow/tp2", basic(key), body)


def amplitude(key: str, tokens: list[str]) -> Shot:
    events = [
        {"user_id": person(token) + "-amplitude", "device_id": "device-" + person(token), "event_type": "load",
         "time": int(time.time() * 1000), "insert_id": token, "event_properties": {"token": token}}
        for token in tokens
    ]  # fmt: skip
    body = json.dumps({"api_key": key, "events": events}).encode()
    return Shot("/2/httpapi", {"Content-Type": "application/json"}, body)


def mixpanel(key: str, tokens: list[str]) -> Shot:
    events = [
        {"event": "load", "properties": {"token": key, "distinct_id": person(token), "time": int(time.time()),
                                         "$insert_id": token, "mark": token}}
        for token in tokens
    ]  # fmt: skip
    form = urlencode({"data": json.dumps(events), "verbose": 1}).encode()
    return Shot("/track", {"Content-Type": "application/x-www-form-urlencoded"}, form)


def cloudevents(key: str, tokens: list[str]) -> Shot:
    events = [
        {"specversion": "1.0", "id": token, "source": "torture", "type": "load", "subject": person(token),
         "time": now(), "data": {"token": token}}
        for token in tokens
    ]  # fmt: skip
    headers = basic(key) | {"Content-Type": "application/cloudevents-batch+json"}
    return Shot("/v1/cloudevents", headers, json.dumps(events).encode())


ALL: list[Make] = [segment, rudder, single, posthog, sensors, snowplow, amplitude, mixpanel, cloudevents]


class Ledger:
    """What was sent, what of it was acknowledged, what was sent again after that."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.sent: set[str] = set()
        self.acknowledged: set[str] = set()
        self.counters: dict[str, int] = {}
        self.again = self.refused = self.broken = 0
        self.strange: list[str] = []


class Sender(threading.Thread):
    """Sends batches of one format until it is told to stop, and then until the last one is acknowledged."""

    def __init__(self, make: Make, port: int, key: str, ledger: Ledger, stop: threading.Event, seed: int) -> None:
        super().__init__(daemon=True, name=f"{make.__name__}-{seed}")
        self.make, self.port, self.key, self.ledger, self.enough = make, port, key, ledger, stop
        self.random = random.Random(seed)
        self.number = 0
        self.connection: http.client.HTTPConnection | None = None

    def run(self) -> None:
        while not self.enough.is_set():
            size = 1 if self.make is single else self.random.randint(1, 40)
            tokens = [f"{self.name}-{self.number + place}" for place in range(size)]
            self.number += size
            shot = self.make(self.key, tokens)
            with self.ledger.lock:
                self.ledger.sent.update(tokens)
            self.deliver(shot)
            with self.ledger.lock:
                self.ledger.acknowledged.update(tokens)
            if self.random.random() < AGAIN and not self.enough.is_set():
                self.deliver(shot)
                self.ledger.again += size
            time.sleep(PAUSE * size * self.random.random())

    def deliver(self, shot: Shot) -> None:
        while True:
            try:
                status, answer = self.send(shot)
            except (OSError, http.client.HTTPException):
                self.ledger.broken += 1
                self.connection = None
                time.sleep(0.05)
                continue
            if status in shot.accepted:
                return
            self.ledger.refused += 1
            if status not in (429, 503):
                self.ledger.strange.append(f"{self.name}: {status} {answer[:200]!r}")
            time.sleep(0.1)

    def send(self, shot: Shot) -> tuple[int, bytes]:
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        self.connection.request("POST", shot.path, shot.body, shot.headers)
        answer = self.connection.getresponse()
        return answer.status, answer.read()


class Counter(Sender):
    """Adds to a trait; a repetition must not add again."""

    def run(self) -> None:
        while not self.enough.is_set():
            tokens = [f"{self.name}-{self.number + place}" for place in range(self.random.randint(1, 5))]
            self.number += len(tokens)
            shot = self.make(self.key, tokens)
            self.deliver(shot)
            with self.ledger.lock:
                for token in tokens:
                    who = person(token)
                    self.ledger.counters[who] = self.ledger.counters.get(who, 0) + 1
            if self.random.random() < 3 * AGAIN:
                self.deliver(shot)
            time.sleep(0.05)


class SegmentClient(Sender):
    """The official Python client as it is; what it gives up is an error. It is given no more while much of it waits:
    on a slow machine what waits at the end would take longer than all before.
    """

    MOST_WAITING = 500

    def __init__(self, port: int, key: str, ledger: Ledger, stop: threading.Event, seed: int, *, gzip: bool) -> None:
        super().__init__(segment, port, key, ledger, stop, seed)
        self.errors: list[str] = []
        self.client = Client(
            key, host=f"http://127.0.0.1:{port}", gzip=gzip, upload_interval=0.05, upload_size=25,
            max_queue_size=1_000_000, max_retries=60, on_error=lambda error, batch: self.errors.append(repr(error)),
        )  # fmt: skip

    def run(self) -> None:
        sent: list[str] = []
        while not self.enough.is_set():
            if self.client.queue.qsize() > self.MOST_WAITING:
                time.sleep(0.05)
                continue
            token = f"sdk-{self.name}-{len(sent)}"
            self.client.track(person(token), "load", {"token": token}, message_id=token)
            sent.append(token)
            time.sleep(0.002)
        self.client.shutdown()  # returns once everything is acknowledged or given up, and the latter is an error
        with self.ledger.lock:
            self.ledger.sent.update(sent)
            self.ledger.acknowledged.update(sent)
            self.ledger.strange += self.errors
