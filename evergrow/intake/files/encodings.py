"""Which encoding a file is in: UTF-8, UTF-16, GB18030 (Excel in Chinese) or Windows-1252 (Excel in the West)."""

import codecs
import zlib
from pathlib import Path

from evergrow.intake.files.layout import UnusableFile, open_bytes

BLOCK = 1 << 20


def detect(path: Path) -> str:
    """The name of the codec that decodes the whole file.

    Raises UnusableFile when none does. The whole file is read: one GB18030 name in row 90,000 decides.
    """
    try:
        with open_bytes(path) as file:
            start = file.read(4)
        if start.startswith((b"\xff\xfe", b"\xfe\xff")):
            return "utf-16"
        if start.startswith(b"\xef\xbb\xbf"):
            return "utf-8-sig"
        if decodes(path, "utf-8"):
            return "utf-8"
        if decodes(path, "gb18030"):
            return "gb18030"
        if decodes(path, "cp1252"):
            return "cp1252"
    except (OSError, EOFError, zlib.error) as error:
        raise UnusableFile("broken_gzip") from error
    raise UnusableFile("encoding")


def decodes(path: Path, encoding: str) -> bool:
    """Whether every byte of the file can be read in ``encoding``.

    GB18030 accepts almost any pair of bytes, so there the text must also look Chinese: of the characters outside
    ASCII, at least half are common ideographs or Chinese punctuation.
    """
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    beyond_ascii = chinese = 0
    with open_bytes(path) as file:
        try:
            while block := file.read(BLOCK):
                text = decoder.decode(block)
                if encoding == "gb18030" and not text.isascii():
                    beyond_ascii += sum(1 for character in text if character > "\x7f")
                    chinese += sum(1 for character in text if is_chinese(character))
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return chinese * 2 >= beyond_ascii


def is_chinese(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff" or "\u3000" <= character <= "\u303f" or "\uff00" <= character <= "\uffef"
