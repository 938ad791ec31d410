"""Bodies that nobody should send: broken, huge, nested, packed, mistyped. The same seed gives the same bodies."""

import copy
import gzip
import json
import random
import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, quote, urlencode

import brotli

from evergrow.intake.capture.formats import ROUTES, Endpoint
from evergrow.intake.tests.capture.torture import senders


class Attack(NamedTuple):
    """A request and how its key travels: ``header``, ``query`` or not at all."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes
    key: str


NASTY: list[Any] = [
    None, True, False, 0, -1, 1e308, -1e308, 2**63, -(2**63), 10**30, 0.1, "", " ", "\x00", "a\x00b", "null",
    "undefined", "[object Object]", "NaN", "\u202e", "\ufffe", "😀" * 50, "中文" * 100, "x" * 5_000,
    "9999-12-31T23:59:59Z", "0000-00-00T00:00:00Z", "+275760-09-13T00:00:00.000Z", "-271821-04-20T00:00:00.000Z",
    "1e999", -62135596800000, 253402300799999, 8_640_000_000_000_000, "2026-02-30T25:61:61Z", "2026-11-25",
    [], {}, [[]], [{}], {"": ""}, {"a": {"b": []}}, ["x"] * 500, {str(n): n for n in range(450)},
    "'; drop table events; --", "<script>alert(1)</script>", "%00", "../../etc",
    {"$set": []}, {"set": "x", "unset": {"a": 1}, "add": {"n": "seven"}},
]  # fmt: skip
TRACK = {"type": "track", "event": "e", "userId": "u"}
TEXTS = [
    "track",
    "identify",
    "group",
    "alias",
    "page",
    "screen",
    "$identify",
    "$create_alias",
    "profile_increment",
    "e",
]


def attacks(seed: int, count: int, key: str) -> Iterator[Attack]:
    """``count`` requests to every address that takes messages."""
    draw = random.Random(seed)
    addresses = [
        (address, target) for address, (_, target, _) in sorted(ROUTES.exact.items()) if isinstance(target, Endpoint)
    ]
    valid = list(examples(key))
    for _ in range(count):
        address, target = draw.choice(addresses)
        fitting = [payload for path, payload in valid if path == address] or [payload for _, payload in valid]
        body = _body(draw, draw.choice(fitting))
        body, headers = _packed(draw, body)
        method = draw.choice([*target.methods, "POST"])
        query = _query(draw)
        way = draw.choices(["header", "query", "none"], [8, 2, 1])[0]
        if way == "query":
            query += f"&writeKey={key}&project={key}&api_key={key}&token={key}"
        yield Attack(method, address + draw.choice(["", "/"]), query, headers, body, way)


def examples(key: str) -> Iterator[tuple[str, Any]]:
    """Whole payloads by address, to be spoiled."""
    for make in [*senders.ALL, senders.sensors_counter]:
        shot = make(key, ["a-1", "a-2", "a-3"])
        body = gzip.decompress(shot.body) if shot.body[:2] == b"\x1f\x8b" else shot.body
        if not body.startswith((b"{", b"[")):
            fields = dict(parse_qsl(body.decode()))
            body = (fields.get("data") or fields.get("data_list") or "").encode()
            if not body.startswith((b"{", b"[")):
                packed = b64decode(body)
                body = gzip.decompress(packed) if packed[:2] == b"\x1f\x8b" else packed
        yield shot.path.partition("?")[0].rstrip("/"), json.loads(body)


def _body(draw: random.Random, payload: Any) -> bytes:
    ways: list[tuple[int, Callable[[], bytes]]] = [
        (60, lambda: _json(_spoiled(draw, payload))),
        (8, lambda: _cut(draw, _json(payload))),
        (8, lambda: _flipped(draw, _json(payload))),
        (6, lambda: draw.randbytes(draw.randint(0, 300))),
        (3, lambda: _nested(draw)),
        (3, lambda: _json(_nasty(draw))),
        (3, lambda: json.dumps(payload).replace("load", draw.choice(["\\ud800\\udfff", "\\ud800"])).encode()),
        (2, lambda: b'{"batch":[' + b",".join([b"{}"] * draw.randint(1, 2_000)) + b"]}"),
        (2, lambda: b'{"event":"a","event":["b"],"userId":{},"userId":"u","properties":{"n":1e400,"m":-0,"k":NaN}}'),
        (1, lambda: _json(TRACK | {"properties": {"k" * 100_000: "v" * 100_000}})),
    ]  # fmt: skip
    if draw.random() < 0.0004:
        ways = [
            (1, lambda: _json(TRACK | {"properties": {"big": "x" * 10_000_000}})),
            (1, lambda: b"[" + b"[]," * 1_500_000 + b"[]]"),
            (1, lambda: b'{"batch":[' + b"{}," * 900_000 + b"{}]}"),
            (1, lambda: b" " * 21_000_000),
        ]
    weights, makers = zip(*ways, strict=True)
    return draw.choices(makers, weights)[0]()


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _spoiled(draw: random.Random, payload: Any) -> Any:
    """With up to four places changed: another value, another type, a place gone, a place twice."""
    found = copy.deepcopy(payload)
    for _ in range(draw.randint(1, 4)):
        parent: Any = found
        for _ in range(draw.randint(0, 5)):
            inner = list(parent.values()) if isinstance(parent, dict) else list(parent)
            inner = [each for each in inner if isinstance(each, dict | list) and each]
            if not inner:
                break
            parent = draw.choice(inner)
        if isinstance(parent, dict) and parent:
            name = draw.choice(list(parent))
            match draw.randint(0, 3):
                case 0:
                    del parent[name]
                case 1:
                    parent[draw.choice(["", "\x00", "k" * 1_000, name + " ", "profile", "context", "type"])] = _nasty(
                        draw
                    )
                case 2:
                    parent[name] = draw.choice(TEXTS)
                case _:
                    parent[name] = _nasty(draw)
        elif isinstance(parent, list) and parent:
            parent[draw.randrange(len(parent))] = _nasty(draw)
    return found


def _nasty(draw: random.Random) -> Any:
    return copy.deepcopy(draw.choice(NASTY))


def _cut(draw: random.Random, body: bytes) -> bytes:
    return body[: draw.randint(0, len(body))]


def _flipped(draw: random.Random, body: bytes) -> bytes:
    found = bytearray(body)
    for _ in range(draw.randint(1, 8)):
        found[draw.randrange(len(found))] = draw.randrange(256)
    return bytes(found)


def _nested(draw: random.Random) -> bytes:
    depth = draw.choice([50, 200, 260, 1_000, 1_030, 50_000])
    opening, closing = draw.choice([(b"[", b"]"), (b'{"properties":', b"}"), (b'{"batch":[', b"]}")])
    inner = opening * depth + b"1" + closing * depth
    return draw.choice(
        [inner, opening * depth, b'{"type":"track","event":"e","userId":"u","properties":{"p":' + inner + b"}}"]
    )


def _packed(draw: random.Random, body: bytes) -> tuple[bytes, dict[str, str]]:
    """As clients pack bodies, truthfully or not."""
    draw_way = draw.random()
    kind = {
        "Content-Type": draw.choice(["application/json", "text/plain", "application/x-www-form-urlencoded", "", "x/y"])
    }
    if draw_way < 0.55:
        return body, kind
    if draw_way < 0.70:
        return gzip.compress(body, 1), kind | draw.choice([{}, {"Content-Encoding": "gzip"}])
    if draw_way < 0.75:
        return _cut(draw, gzip.compress(body, 1)), kind | {"Content-Encoding": "gzip"}
    if draw_way < 0.78:
        return zlib.compress(body, 1), kind | {"Content-Encoding": "deflate"}
    if draw_way < 0.80:
        return brotli.compress(body, quality=1), kind | {"Content-Encoding": "br"}
    if draw_way < 0.82:
        return body, kind | {"Content-Encoding": draw.choice(["gzip", "br", "deflate", "zstd", "gzip, br", ","])}
    if draw_way < 0.8204:
        bomb = zlib.compressobj(9, zlib.DEFLATED, 31)
        zeros = b"".join(bomb.compress(b"\0" * 1_000_000) for _ in range(100)) + bomb.flush()
        return zeros, kind | {"Content-Encoding": "gzip"}
    field = draw.choice(["data", "data_list", "other"])
    value = draw.choice([
        quote(body), quote(b64encode(body)), quote(b64encode(gzip.compress(body, 1))), quote(b64encode(body)[:-3]),
        "%", "+++",
    ])  # fmt: skip
    return f"{field}={value}&gzip={draw.choice('01x')}".encode(), {"Content-Type": "application/x-www-form-urlencoded"}


def _query(draw: random.Random) -> str:
    if draw.random() < 0.6:
        return ""
    names = [
        "data",
        "e",
        "idsite",
        "rec",
        "verbose",
        "compression",
        "ip",
        "_id",
        "uid",
        "strict",
        "img",
        "beacon",
        "cdt",
        "gzip",
    ]
    return urlencode({draw.choice(names): str(_nasty(draw))[:300] for _ in range(draw.randint(1, 5))})
