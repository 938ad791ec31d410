"""Which encoding a file is in: UTF-8, UTF-16, GB18030 (Excel in Chinese) or Windows-1252 (Excel in the West)."""

import codecs
import zlib
from pathlib import Path

from evergrow.intake.files.layout import UnusableFile, open_bytes, refuse_bomb

BLOCK = 1 << 20


def detect(path: Path) -> str:
    """The name of the codec that decodes the whole file.

    Raises UnusableFile when none does. The whole file is read: one GB18030 name in row 90,000 decides.
    """
    try:
        with open_bytes(path) as file:
            start = file.read(4)
        marked = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}
        likely = [name for mark, name in marked.items() if start.startswith(mark)]
        for encoding in likely or ("utf-8", "gb18030", "cp1252"):
            if decodes(path, encoding):
                return encoding
    except (OSError, EOFError, zlib.error) as error:
        raise UnusableFile("broken_gzip") from error
    raise UnusableFile("encoding")


def decodes(path: Path, encoding: str) -> bool:
    """Whether every byte of the file can be read in ``encoding``.

    GB18030 accepts almost any pair of bytes, so there the text must also look Chinese: of the characters outside
    ASCII, at least half are common ideographs or Chinese punctuation.
    """
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    beyond_ascii = chinese = size = 0
    with open_bytes(path) as file:
        try:
            while block := file.read(BLOCK):
                size += len(block)
                refuse_bomb(size)
                text = decoder.decode(block)
                if encoding == "gb18030" and not text.isascii():
                    beyond_ascii += sum(1 for character in text if character > "\x7f")
                    chinese += sum(1 for character in text if is_chinese(character))
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return encoding != "gb18030" or chinese * 2 >= beyond_ascii


def is_chinese(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff" or "\u3000" <= character <= "\u303f" or "\uff00" <= character <= "\uffef"
