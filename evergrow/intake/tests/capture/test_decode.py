"""Whatever a client did to its body on the way, the same JSON comes out, and a bomb does not go off."""

import base64
import gzip
import tracemalloc
import zlib
from urllib.parse import parse_qsl, quote

import brotli
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from evergrow.intake.capture import decode
from evergrow.intake.capture.decode import LIMIT, BadBody, TooLarge, mended, read_json, unpack

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
    "form with JSON that is not escaped": (b"data=" + TEXT, "", FORM),
    "gzip in several streams": (gzip.compress(TEXT[:9]) + gzip.compress(TEXT[9:]), "gzip", ""),
    "gzip with zeros behind it": (gzip.compress(TEXT) + bytes(512), "gzip", ""),
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
    "gzip with half a stream behind it": (gzip.compress(TEXT) + gzip.compress(TEXT)[:-9], "gzip", "invalid_encoding"),
    "packed too often": (gzip.compress(TEXT), "gzip,gzip,gzip,gzip,gzip", "unknown_encoding"),
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


def test_a_bomb_in_several_streams_does_not_go_off() -> None:
    half = gzip.compress(bytes(LIMIT // 2 + 1))
    with pytest.raises(TooLarge):
        unpack(half + half, "gzip")
    with pytest.raises(BadBody):
        unpack(gzip.compress(b"") * 2_000, "gzip")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (b'[NaN, {"a": Infinity, "b": -Infinity}]', [None, {"a": None, "b": None}]),
        (b"[1e999, -1e999, 1e3]", [None, None, 1000.0]),
        (b"[" + b"9" * 400 + b", 18446744073709551616]", [None, 18446744073709551616.0]),
        (b'["cut \\ud83d", "\\ud83d\\ude00", "\\\\ud83d", "NaN"]', ["cut ?", "😀", "\\ud83d", "NaN"]),
        (b'["caf\xe9"]', ["caf\N{REPLACEMENT CHARACTER}"]),
    ],
)
def test_what_clients_write_instead_of_json_is_mended(written: bytes, meant: list) -> None:
    with pytest.raises(BadBody):
        read_json(written)
    better = mended(written)
    assert better is not None
    assert read_json(better) == meant


@pytest.mark.parametrize("body", [b"{", b"", b"nonsense", b"[" * 50_000, bytes(range(256))])
def test_what_is_no_json_at_all_is_not_mended(body: bytes) -> None:
    assert mended(body) is None


@given(
    st.lists(st.sampled_from(["%", "%4", "%41", "%e4%bd", "%E4", "你", "a", "+", "&", "=", "%zz"]), max_size=60).map(
        "".join
    )
)
@example("&".join(["a=1"] * 101))
def test_fields_of_a_form_are_those_of_the_standard_library_wherever_a_slice_ends(text: str) -> None:
    try:
        wanted = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=decode.MAX_FIELDS))
    except ValueError:
        wanted = {}
    with pytest.MonkeyPatch.context() as patch:
        for decode_slice in (3, 4, 7, decode.SLICE):
            patch.setattr(decode, "SLICE", decode_slice)
            assert decode.form_fields(text.encode()) == wanted


def test_a_form_of_nothing_but_percent_signs_costs_a_few_times_its_size() -> None:
    body = b"data=" + b"%5B%5D%2C" * 100_000
    tracemalloc.start()
    try:
        decode.form_fields(body)
        assert tracemalloc.get_traced_memory()[1] < 8 * len(body)
    finally:
        tracemalloc.stop()
