"""What stands in a request's body, whatever the client did to it on the way: compressed, a form, base64, text/plain."""

import base64
import binascii
import json
import math
import zlib
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote_to_bytes

import brotli
import orjson

LIMIT = 20 * 1024 * 1024
MENDED_LIMIT = 1024 * 1024  # clients send smaller batches; a larger one that is not JSON is not worth the time
MAX_PARTS = 1_000_000  # objects and lists of a body: each costs memory however small it is
MAX_STREAMS = 1_000
MAX_ENCODINGS = 4
STANDARD_BASE64 = str.maketrans(" -_", "++/")  # a plus that became a space in a form, and the kind for addresses
FORM_FIELDS = (b"data=", b"data_list=")
MAX_FIELDS = 100
SLICE = 64 * 1024  # of a field at once: the library takes it apart at every "%", at seventy times its size


class BadBody(Exception):
    """A body that cannot be read; ``code`` and the sentence go back to the client."""

    status = 400

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


class TooLarge(BadBody):
    """The body is larger than we take, packed or unpacked."""

    status = 413


def too_large() -> TooLarge:
    return TooLarge("body_too_large", f"The body is larger than {LIMIT // 1024 // 1024} MiB. Send smaller batches.")


def unpack(body: bytes, encoding: str = "", content_type: str = "") -> bytes:
    """The JSON text inside a body: Content-Encoding first, then gzip by its magic bytes, then a form field.

    Never holds more than ``LIMIT`` bytes of unpacked text. Raises TooLarge or BadBody.
    """
    if encoding:
        body = _unpacked_as_said(body, encoding)
    if body[:2] == b"\x1f\x8b":
        body = _gunzip(body)
    if body.startswith(FORM_FIELDS) or content_type.startswith("application/x-www-form-urlencoded"):
        body = _from_form(body)
    if len(body) > LIMIT:
        raise too_large()
    return body.removeprefix(b"\xef\xbb\xbf")


def _unpacked_as_said(body: bytes, encoding: str) -> bytes:
    """The body without what Content-Encoding names."""
    unpackers: Mapping[str, Callable[[bytes], bytes]] = {
        "gzip": _gunzip,
        "x-gzip": _gunzip,
        "deflate": _inflate,
        "br": _brotli,
    }
    names = [part.strip().lower() for part in encoding.split(",")]
    if len(names) > MAX_ENCODINGS:
        raise BadBody("unknown_encoding", f"The body says that it was packed {len(names)} times.")
    for name in reversed(names):
        if name in unpackers and not (name.endswith("gzip") and body[:2] != b"\x1f\x8b"):
            body = unpackers[name](body)
        elif name not in unpackers and name not in ("", "identity"):
            raise BadBody("unknown_encoding", f"The Content-Encoding “{name}” is not known. Use gzip, deflate or br.")
    return body


def read_json(text: bytes) -> dict[str, Any] | list[Any]:
    """The JSON object or array. Raises BadBody."""
    if not text.strip():
        raise BadBody("empty_body", "The body is empty. Send a JSON object.")
    if len(text) > MAX_PARTS and text.count(b"{") + text.count(b"[") > MAX_PARTS:
        raise TooLarge("body_too_complex", f"The body holds more than {MAX_PARTS:,} objects. Send smaller batches.")
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BadBody("invalid_json", f"The body is not JSON: {error}") from error
    if not isinstance(found, dict | list):
        raise BadBody("invalid_json", "The body must be a JSON object or an array of them.")
    return found


def mended(text: bytes) -> bytes | None:
    """What common clients write as JSON and is none, as JSON. None where nothing of this is what is wrong.

    ``NaN`` and infinite numbers become null; half an emoji (a text that was cut) and bytes that are no UTF-8 become
    marks. One such value must not cost the other messages of a batch.
    """
    if len(text) > MENDED_LIMIT:
        return None
    try:
        plain = text.decode("utf-8", "replace")
        found = json.loads(plain, parse_constant=_nothing, parse_float=_finite, parse_int=_whole)
        return json.dumps(found, ensure_ascii=False).encode("utf-8", "replace")
    except (ValueError, RecursionError):
        return None


def _nothing(_constant: str) -> None:
    return None


def _whole(number: str) -> int | float | None:
    return int(number) if len(number) < 20 else _finite(number)


def _finite(number: str) -> float | None:
    found = float(number)
    return found if math.isfinite(found) else None


def _gunzip(body: bytes) -> bytes:
    return _zlib(body, 31, "gzip")


def _inflate(body: bytes) -> bytes:
    try:
        return _zlib(body, 15, "deflate")
    except TooLarge:
        raise
    except BadBody:
        return _zlib(body, -15, "deflate")


def _zlib(body: bytes, window: int, name: str) -> bytes:
    """The text of one packed stream, or of several behind each other, as gzip allows."""
    parts, room = [], LIMIT + 1
    while body and room > 0:
        reader = zlib.decompressobj(window)
        try:
            parts.append(reader.decompress(body, room))
        except zlib.error as error:
            raise BadBody(
                "invalid_encoding", f"The body says it is {name}, but it cannot be unpacked: {error}"
            ) from error
        room -= len(parts[-1])
        if room > 0 and not reader.eof:
            raise BadBody("invalid_encoding", f"The {name} body ends too early.")
        body = reader.unused_data.lstrip(b"\0") if name == "gzip" else b""
        if len(parts) > MAX_STREAMS:
            raise BadBody("invalid_encoding", f"The {name} body holds more than {MAX_STREAMS} streams.")
    if room <= 0:
        raise too_large()
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _brotli(body: bytes) -> bytes:
    reader = brotli.Decompressor()
    try:
        text = bytes(reader.process(body, output_buffer_limit=LIMIT + 1))
    except brotli.error as error:
        raise BadBody("invalid_encoding", f"The body says it is br, but it cannot be unpacked: {error}") from error
    if len(text) > LIMIT:
        raise too_large()
    if not reader.is_finished():
        raise BadBody("invalid_encoding", "The br body ends too early.")
    return text


def form_fields(body: bytes) -> dict[str, str]:
    """The fields of a form, the last of a name; none where it is no form."""
    try:
        body.decode()
    except UnicodeDecodeError:
        return {}
    if body.count(b"&") >= MAX_FIELDS:
        return {}
    pairs = [each.partition(b"=") for each in body.split(b"&") if each]
    return {_unquoted(name): _unquoted(value) for name, _equals, value in pairs}


def _unquoted(field: bytes) -> str:
    plain, found, at = field.replace(b"+", b" "), bytearray(), 0
    while at < len(plain):
        end = at + SLICE
        cut = plain.rfind(b"%", end - 2, end)  # of "%41" no part may lie beyond the slice
        end = cut if cut > at else end
        found += unquote_to_bytes(plain[at:end])
        at = end
    return found.decode("utf-8", "replace")


def _from_form(body: bytes) -> bytes:
    """The field ``data`` or ``data_list``: JSON, or base64 of (gzipped) JSON; without one, the body itself."""
    fields = form_fields(body)
    value = fields.get("data") or fields.get("data_list")
    if value is None:
        return body
    if value.lstrip()[:1] in ("{", "["):
        return value.encode()
    try:
        value = value.translate(STANDARD_BASE64)
        packed = base64.b64decode(value + "=" * (-len(value) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadBody("invalid_form", "The form field “data” is neither JSON nor base64 of it.") from error
    return _gunzip(packed) if packed[:2] == b"\x1f\x8b" else packed
