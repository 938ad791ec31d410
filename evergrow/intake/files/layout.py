"""What is known about a file before its rows are read, and what makes a file unusable."""

import gzip
import io
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from evergrow.intake.words import Words


@dataclass(frozen=True, slots=True)
class Layout:
    """``form`` is csv, xlsx or jsonl; ``rows`` counts the rows below the head."""

    form: str
    columns: list[str]
    rows: int
    encoding: str = "utf-8"
    delimiter: str = ","
    is_gzip: bool = False
    sheet: str = ""
    other_sheets: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


REASONS: dict[str, Words] = {
    "empty": _("The file is empty. Choose one with a head row and at least one row below it."),
    "no_rows": _("The file has a head row but nothing below it. Choose a file with at least one row."),
    "no_head": _("The first row is blank. The first row must hold the names of the columns."),
    "too_many_columns": _(
        "The file has %(count)s columns; up to %(limit)s can be read. Leave out those you do not need."
    ),
    "too_large": _(
        "The file is larger than %(limit)s MiB. Split it, compress it (.csv.gz), or raise EVERGROW_UPLOAD_LIMIT_MIB."
    ),
    "too_large_inside": _("Unpacked, the file is larger than %(limit)s MiB. Split it into several files."),
    "old_excel": _("This is an old Excel file (.xls) or one with a password. Save it as .xlsx without a password."),
    "numbers": _("This is a Numbers or OpenDocument file. Export it as CSV or .xlsx."),
    "zip": _("This is a ZIP archive. Unpack it and choose the CSV, Excel or JSON lines file inside."),
    "broken_excel": _("The Excel file cannot be opened: it is damaged or cut short. Save it again and retry."),
    "broken_gzip": _("The .gz file cannot be unpacked: it is damaged or cut short. Compress it again and retry."),
    "pdf": _("This is a PDF. Export the table behind it as CSV or .xlsx."),
    "binary": _("This is not a table: it is neither text nor an Excel file. Choose CSV, CSV.gz, .xlsx or JSON lines."),
    "encoding": _("The text is in an encoding we do not know. Save the file as UTF-8."),
    "json_array": _("This is one JSON document. Save it as JSON lines: one object per line, without [ ] around them."),
    "json_line": _('Line %(line)s is not a JSON object. Each line must hold one object such as {"id": 1}.'),
    "csv_line": _(
        "Row %(line)s cannot be read: a quotation mark is not closed, or a cell is over 1 million characters."
    ),
    "changed": _("The file is not the one that was examined. Upload it again."),
    "missing": _("The file is no longer in the data folder. Upload it again."),
}


UNPACKED = 20  # how many times the upload limit a file may hold once it is unpacked


def refuse_bomb(size: int) -> None:
    """Raise UnusableFile for a file that holds more than anybody meant to upload."""
    limit = settings.UPLOAD_LIMIT_MIB * UNPACKED
    if size > limit << 20:
        raise UnusableFile("too_large_inside", limit=limit)


class UnusableFile(ValueError):
    """The file cannot be imported; the message says why and what to do, in the reader's language."""

    is_final = True

    def __init__(self, reason: str, **values: Any) -> None:
        super().__init__(reason)
        self.reason, self.values = reason, values

    def __str__(self) -> str:
        return str(REASONS[self.reason]) % self.values

    def as_json(self) -> dict[str, str]:
        """The sentence in both languages."""
        told = {}
        for key, language in (("zh", "zh-hans"), ("en", "en")):
            with translation.override(language):
                told[key] = str(self)
        return told


def refuse_other_formats(head: bytes, name: str) -> str:
    """csv, xlsx or jsonl from the first bytes of a file; UnusableFile for what only looks like a table."""
    lower = name.lower()
    if not head.strip():
        raise UnusableFile("empty")
    if head.startswith(b"PK\x03\x04"):
        if lower.endswith((".xlsx", ".xlsm")) or b"[Content_Types].xml" in head or b"xl/" in head:
            return "xlsx"
        raise UnusableFile("numbers" if lower.endswith((".ods", ".numbers")) else "zip")
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnusableFile("old_excel")
    if head.startswith(b"%PDF"):
        raise UnusableFile("pdf")
    if head.startswith(b"\x1f\x8b"):
        return _inside_gzip(head, lower)
    return _text_form(head, lower)


def _inside_gzip(head: bytes, name: str) -> str:
    try:
        inner = gzip.GzipFile(fileobj=io.BytesIO(head)).read1(2048)
    except (OSError, EOFError) as error:
        raise UnusableFile("broken_gzip") from error
    return _text_form(inner, name.removesuffix(".gz"))


def _text_form(head: bytes, name: str) -> str:
    is_utf16 = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    if b"\x00" in head and not is_utf16:
        raise UnusableFile("binary")
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"[") and (name.endswith(".json") or start[1:].lstrip().startswith(b"{")):
        raise UnusableFile("json_array")
    is_json = start.startswith(b"{") or name.endswith((".jsonl", ".ndjson"))
    return "jsonl" if is_json else "csv"


def open_bytes(path: Path) -> IO[bytes]:
    """The file's bytes, unpacked where it is gzip."""
    try:
        with path.open("rb") as file:
            magic = file.read(2)
    except FileNotFoundError as error:
        raise UnusableFile("missing") from error
    return gzip.open(path, "rb") if magic == b"\x1f\x8b" else path.open("rb")  # type: ignore[return-value]
