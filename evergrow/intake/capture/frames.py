"""One request's worth of events as bytes in a spool file, with a checksum that tells a torn tail."""

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import orjson

HEAD = struct.Struct("<4sIIH")
MAGIC = b"EGF1"


class Frame(NamedTuple):
    """A body as it came, and what we knew about it: it lies from ``place`` to ``end`` in the spool file.

    Frames may share ``about``: it is only read.
    """

    place: int
    about: dict[str, Any]
    body: bytes
    end: int


def pack(about: dict[str, Any], body: bytes) -> bytes:
    """The bytes of a frame. ``about`` holds plain JSON values, together under 64 KiB."""
    head = orjson.dumps(about)
    data = head + body
    return HEAD.pack(MAGIC, len(data), zlib.crc32(data), len(head)) + data


def read(file: Path) -> Iterator[Frame]:
    """The whole frames of a spool file; a torn or damaged tail ends it, because it was never acknowledged."""
    return within(file.read_bytes())


def within(data: bytes, begin: int = 0) -> Iterator[Frame]:
    """The whole frames in bytes that lie in a spool file from ``begin`` on."""
    place, said, about = 0, b"", dict[str, Any]()
    while place + HEAD.size <= len(data):
        magic, length, checksum, head = HEAD.unpack_from(data, place)
        start = place + HEAD.size
        content = data[start : start + length]
        if magic != MAGIC or len(content) != length or zlib.crc32(content) != checksum:
            return
        if said != content[:head]:  # requests of one source within a millisecond say the same
            said = content[:head]
            about = orjson.loads(said)
        yield Frame(begin + place, about, content[head:], begin + start + length)
        place = start + length


def at(file: Path, place: int, end: int) -> Frame:
    """One frame, of which ``read`` said where it lies."""
    with file.open("rb") as source:
        source.seek(place)
        content = source.read(end - place)
    head = HEAD.size + HEAD.unpack_from(content)[3]
    return Frame(place, orjson.loads(content[HEAD.size : head]), content[head:], end)
