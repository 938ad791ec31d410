"""Our own client for browsers: the script, from the address that pages load. What it sends is Segment's batch."""

import gzip
import hashlib
from functools import cache
from pathlib import Path
from typing import NamedTuple

from evergrow.intake.capture.answers import Answer
from evergrow.intake.capture.formats.format import Door, Format, Page
from evergrow.intake.capture.requests import Request

# Not among the static files: pages of customers name this address for years, and it must not move with a release.
SOURCE = Path(__file__).parents[2] / "browser" / "evergrow.js"
KIND = (b"content-type", b"text/javascript; charset=utf-8")
HEADERS = (
    (b"cache-control", b"public, max-age=3600"),
    (b"vary", b"Accept-Encoding"),
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-resource-policy", b"cross-origin"),
)


class Script(NamedTuple):
    """The script as it is, as gzip, and a tag that changes with it."""

    plain: bytes
    packed: bytes
    tag: bytes


@cache
def script() -> Script:
    plain = SOURCE.read_bytes()
    return Script(plain, gzip.compress(plain, mtime=0), f'W/"{hashlib.sha256(plain).hexdigest()[:16]}"'.encode())


async def evergrow_js(request: Request, door: Door) -> Answer:
    """The script, or 304 to a browser that has this one already."""
    plain, packed, tag = script()
    headers = ((b"etag", tag), *HEADERS)
    if tag.decode() in request.header(b"if-none-match"):
        return Answer(304, b"", headers)
    if "gzip" in request.header(b"accept-encoding"):
        return Answer(200, packed, (KIND, (b"content-encoding", b"gzip"), *headers))
    return Answer(200, plain, (KIND, *headers))


FORMAT = Format(name="browser", routes={"/evergrow.js": Page(answer=evergrow_js)})
