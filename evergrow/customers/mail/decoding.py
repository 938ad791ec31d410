"""Bytes of mails as text, whatever their charset is said to be.

Chinese mails say gb2312 and mean GB18030; some say nothing, or what is not so. What cannot be read as it says is read
as UTF-8 or GB18030, whichever fits.
"""

import re
from email.errors import HeaderParseError
from email.header import decode_header
from email.utils import getaddresses

MEANT = {
    **dict.fromkeys(("gb2312", "gbk", "cp936", "ms936", "x-gbk", "gb_2312-80", "euc-cn", "gb18030"), "gb18030"),
    **dict.fromkeys(("ks_c_5601-1987", "euc-kr"), "cp949"),
    **dict.fromkeys(("shift_jis", "shift-jis", "sjis", "x-sjis"), "cp932"),
    **dict.fromkeys(("big5", "x-big5"), "big5hkscs"),
    **dict.fromkeys(("iso-8859-1", "latin1", "latin-1"), "cp1252"),
    "hz-gb-2312": "hz",
}
UNSAID = ("", "ascii", "us-ascii", "unknown-8bit", "x-unknown", "default", "binary", "7bit", "8bit")
FOLD = re.compile(r"\r?\n[ \t]*")


def text(data: bytes, charset: str = "") -> str:
    """The bytes as text, without signs that a database refuses."""
    name = charset.strip().strip("\"'").lower()
    if name not in UNSAID:
        try:
            return clean(data.decode(MEANT.get(name, name)))
        except (LookupError, UnicodeDecodeError, ValueError):
            pass
    return clean(guess(data))


def guess(data: bytes) -> str:
    """As UTF-8 or GB18030; where neither fits, UTF-8 with what cannot be read marked."""
    for name in ("utf-8", "gb18030"):
        try:
            return data.decode(name)
        except UnicodeDecodeError:
            continue
    return data.decode("utf-8", "replace")


def clean(words: str) -> str:
    """Without NUL and lone surrogates."""
    return words.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def header(raw: str) -> str:
    """A header's value in words: encoded words read, raw bytes in it guessed, folds taken out."""
    value = _guessed(raw)
    if "=?" not in value:
        return clean(" ".join(value.split()))
    try:
        parts = decode_header(value)
    except (ValueError, LookupError, HeaderParseError):  # base64 that is none
        return clean(" ".join(value.split()))
    return " ".join(clean("".join(_part(*part) for part in parts)).split())


def addresses(*raws: str) -> list[tuple[str, str]]:
    """Who is named in address headers, as (name, address in lower case); what is no address is passed over."""
    found = getaddresses([_guessed(raw) for raw in raws])
    pairs = [(header(name), clean(address).strip().lower()) for name, address in found]
    return [(name[:120], address[:254]) for name, address in pairs if re.fullmatch(r"[^@\s]+@[^@\s]+", address)]


def _guessed(raw: str) -> str:
    return FOLD.sub(" ", guess(raw.encode("utf-8", "surrogateescape")))


def _part(value: bytes | str, charset: str | None) -> str:
    if isinstance(value, str):
        return value
    if charset is None:
        return value.decode("raw-unicode-escape", "replace")
    return text(value, charset)
