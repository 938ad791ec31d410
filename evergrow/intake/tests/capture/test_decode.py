"""Whatever a client did to its body on the way, the same JSON comes out, and a bomb does not go off."""

import base64
import gzip
import zlib
from urllib.parse import quote

import brotli
import pytest

from evergrow.intake.capture.decode import LIMIT, BadBody, TooLarge, read_json, unpack

TEXT = '{"event":"登录","n":1}'.encode()
FORM = "application/x-www-form-urlencoded"
B64 = base64.b64encode(TEXT).decode()
GZ64 = base64.b64encode(gzip.compress(TEXT)).decode()
RAW_DEFLATE = zlib.compressobj(wbits=-15)

TABLE = {
    "plain": (TEXT, "", "application/json"),
    "byte order mark": (b"\xef\xbb\xbf" + TEXT, "", ""),
    "text/plain": (TEXT, "", "text/plain"),
    "no content type": (TEXT, "", ""),
    "gzip": (gzip.compress(TEXT), "gzip", "application/json"),
    "GZIP in capitals": (gzip.compress(TEXT), " GZip ", ""),
    "gzip said, plain sent": (TEXT, "gzip", ""),
    "gzip by its magic": (gzip.compress(TEXT), "", "text/plain"),
    "gzip as a form (RudderStack node)": (gzip.compress(TEXT), "", FORM),
    "deflate": (zlib.compress(TEXT), "deflate", ""),
    "raw deflate": (RAW_DEFLATE.compress(TEXT) + RAW_DEFLATE.flush(), "deflate", ""),
    "br": (brotli.compress(TEXT), "br", ""),
    "identity": (TEXT, "identity", ""),
    "form with JSON": (b"data=" + quote(TEXT).encode(), "", FORM),
    "form with base64": (b"data=" + quote(B64).encode(), "", FORM),
    "form with unescaped base64": (b"data=" + B64.encode(), "", ""),
    "form with base64 of gzip": (b"gzip=1&data_list=" + quote(GZ64).encode(), "", FORM),
    "form said, JSON sent": (TEXT, "", FORM),
}


@pytest.mark.parametrize("name", TABLE)
def test_the_same_json_comes_out(name: str) -> None:
    body, encoding, content_type = TABLE[name]
    assert read_json(unpack(body, encoding, content_type)) == {"event": "登录", "n": 1}


BAD = {
    "empty": (b"", "", "empty_body"),
    "blank": (b" \n", "", "empty_body"),
    "half": (b'{"a":', "", "invalid_json"),
    "a number": (b"7", "", "invalid_json"),
    "broken utf-8": (b'{"a":"\xff\xfe"}', "", "invalid_json"),
    "a lone surrogate": (b'{"a":"\\ud800"}', "", "invalid_json"),
    "deep": (b"[" * 100_000 + b"]" * 100_000, "", "invalid_json"),
    "random": (bytes(range(256)), "", "invalid_json"),
    "not gzip": (b"\x1f\x8bnonsense", "gzip", "invalid_encoding"),
    "half gzip": (gzip.compress(TEXT)[:-9], "gzip", "invalid_encoding"),
    "not deflate": (b"nonsense", "deflate", "invalid_encoding"),
    "not br": (b"nonsense", "br", "invalid_encoding"),
    "zstd": (b"x", "zstd", "unknown_encoding"),
    "form with nonsense": (b"data=%%%", "", "invalid_form"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_body_that_cannot_be_read_says_why(name: str) -> None:
    body, encoding, code = BAD[name]
    with pytest.raises(BadBody) as refused:
        read_json(unpack(body, encoding))
    assert refused.value.code == code
    assert refused.value.status == 400


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", ""])
def test_a_bomb_is_too_large_before_it_is_unpacked(encoding: str) -> None:
    zeros = b"0" * (LIMIT + 1)
    packed = {"gzip": gzip.compress, "deflate": zlib.compress, "br": lambda z: brotli.compress(z, quality=1)}
    body = packed[encoding](zeros) if encoding else zeros
    with pytest.raises(TooLarge):
        unpack(body, encoding)
