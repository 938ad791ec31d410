"""Which files are kept: told by what is in them, never by what a browser claims.

What can run is refused, documents with macros too. A name must end as its content says, so that nobody opens a
programme that calls itself a picture.
"""

from dataclasses import dataclass
from pathlib import Path

import filetype

from evergrow.customers.attachments import errors, zips


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of content: how it is sent, how its names may end, whether a browser may show it in place."""

    media: str
    endings: tuple[str, ...]
    is_shown: bool = False


PLAIN = Kind("text/plain", ("txt", "log", "md", "csv", "tsv", "json", "yaml", "yml", "vtt", "srt", "ics", "eml"))
OLD_OFFICE = Kind("application/x-ole-storage", ("doc", "xls", "ppt", "wps", "et", "dps", "msg", "vsd"))
ZIP = Kind("application/zip", ("zip",))
OPEN_XML = "application/vnd.openxmlformats-officedocument"
ZIPPED = {
    "word/": Kind(f"{OPEN_XML}.wordprocessingml.document", ("docx",)),
    "xl/": Kind(f"{OPEN_XML}.spreadsheetml.sheet", ("xlsx",)),
    "ppt/": Kind(f"{OPEN_XML}.presentationml.presentation", ("pptx",)),
    "visio/": Kind("application/vnd.ms-visio.drawing", ("vsdx",)),
}
OPEN_DOCUMENT = {
    "application/vnd.oasis.opendocument.text": ("odt",),
    "application/vnd.oasis.opendocument.spreadsheet": ("ods",),
    "application/vnd.oasis.opendocument.presentation": ("odp",),
}
FOUND = {
    "image/png": Kind("image/png", ("png",), True),
    "image/jpeg": Kind("image/jpeg", ("jpg", "jpeg"), True),
    "image/gif": Kind("image/gif", ("gif",), True),
    "image/webp": Kind("image/webp", ("webp",), True),
    "image/bmp": Kind("image/bmp", ("bmp",)),
    "image/tiff": Kind("image/tiff", ("tif", "tiff")),
    "image/heic": Kind("image/heic", ("heic", "heif")),
    "application/pdf": Kind("application/pdf", ("pdf",), True),
    "application/rtf": Kind("application/rtf", ("rtf", "doc")),
    "application/x-7z-compressed": Kind("application/x-7z-compressed", ("7z",)),
    "application/x-rar-compressed": Kind("application/vnd.rar", ("rar",)),
    "application/gzip": Kind("application/gzip", ("gz", "tgz")),
    "audio/mpeg": Kind("audio/mpeg", ("mp3",)),
    "audio/mp4": Kind("audio/mp4", ("m4a",)),
    "audio/ogg": Kind("audio/ogg", ("ogg", "opus")),
    "audio/x-wav": Kind("audio/wav", ("wav",)),
    "audio/amr": Kind("audio/amr", ("amr",)),
    "audio/aac": Kind("audio/aac", ("aac",)),
    "video/mp4": Kind("video/mp4", ("mp4", "m4v", "m4a")),
    "video/x-m4v": Kind("video/mp4", ("m4v", "mp4")),
    "video/quicktime": Kind("video/quicktime", ("mov",)),
    "video/webm": Kind("video/webm", ("webm",)),
}
OLE = bytes.fromhex("d0cf11e0a1b11ae1")
MARKUP = (b"<!doctype", b"<html", b"<svg", b"<script", b"<?xml", b"<?php", b"#!", b"<!--")
KEPT = (PLAIN, OLD_OFFICE, ZIP, *ZIPPED.values(), *FOUND.values())
ENDINGS = {end for kind in KEPT for end in kind.endings}.union(*OPEN_DOCUMENT.values())
SHOWN = frozenset(kind.media for kind in FOUND.values() if kind.is_shown)


def known(path: Path, name: str) -> tuple[Kind, str]:
    """The kind of the file at ``path``, and the name to keep it under. Raises FileRefused."""
    name = clean(name)
    kind = _kind(path, ending(name))
    if kind is None:
        raise errors.other_content(name) if ending(name) in ENDINGS else errors.unknown_kind(name)
    if not ending(name):
        return kind, f"{name}.{kind.endings[0]}"
    if ending(name) not in kind.endings:
        raise errors.other_ending(name, kind.endings)
    return kind, name


def clean(name: str) -> str:
    """The last part of a name without signs that steer a terminal, a path or the direction of writing."""
    last = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(sign for sign in last if sign.isprintable() and sign not in '<>:"|?*').strip(". ")
    stem, dot, end = kept.rpartition(".")
    return (f"{stem[: 190 - len(end)]}{dot}{end}" if stem else kept)[-200:] or "file"


def ending(name: str) -> str:
    """``pdf`` of ``Plan.PDF``; empty where there is none."""
    stem, _dot, end = name.rpartition(".")
    return end.lower() if stem and end.isascii() and end.isalnum() and len(end) <= 6 else ""


def _kind(path: Path, end: str) -> Kind | None:
    with path.open("rb") as file:
        head = file.read(8192)
    if head.startswith(OLE):
        return OLD_OFFICE if end in OLD_OFFICE.endings else None
    if head.startswith(b"PK\x03\x04"):
        return _zipped(path)
    if end in PLAIN.endings and _is_plain(head):  # words can begin as pictures and programmes do: BM, GIF, MZ
        return PLAIN
    if (found := filetype.guess(head)) is not None:
        return FOUND.get(found.mime)
    return PLAIN if _is_plain(head) else None


def _zipped(path: Path) -> Kind | None:
    """Office documents are ZIP files; those with macros are not taken."""
    try:
        with zips.opened(path) as archive:
            names = archive.namelist()
            begin = next(zips.pieces(archive, "mimetype"), b"") if "mimetype" in names else b""
    except zips.BrokenZip:
        return None
    said = begin[:100].decode("ascii", "replace")
    if said in OPEN_DOCUMENT:
        return None if any(name.startswith("Basic/") for name in names) else Kind(said, OPEN_DOCUMENT[said])
    if "[Content_Types].xml" not in names:
        return ZIP
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        return None
    return next((kind for start, kind in ZIPPED.items() if any(name.startswith(start) for name in names)), None)


def _is_plain(head: bytes) -> bool:
    """Words in UTF-8, UTF-16 or GB18030, and none that a browser or a shell would take for a programme."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    if b"\x00" in head or head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(MARKUP):
        return False
    return any(_reads(head, charset) for charset in ("utf-8", "gb18030"))


def _reads(head: bytes, charset: str) -> bool:
    """Whether it reads as that charset; the last sign may be cut off."""
    for cut in range(4):
        try:
            head[: len(head) - cut].decode(charset)
        except UnicodeDecodeError:
            continue
        return True
    return False
