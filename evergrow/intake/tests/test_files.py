"""Files as people bring them, good and unusable."""

import gzip
import io
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.utils import translation

from evergrow.intake.files import UnusableFile, examine, read
from evergrow.intake.files.layout import REASONS

ROWS = [["C-1", "蓝峰零售", "12,5"], ["C-2", "Müller & Söhne", ""]]


def stored(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def text_of(delimiter: str = ",") -> str:
    import csv

    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows([["编号", "name", "amount"], *ROWS])
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_text_is_read_whatever_its_encoding_and_delimiter(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = stored(tmp_path, "accounts.csv", text_of(delimiter).encode(encoding))
    layout = examine(path, path.name)
    assert (layout.columns, layout.rows, layout.delimiter) == (["编号", "name", "amount"], 2, delimiter)
    assert list(read(path, layout)) == ROWS


def test_western_excel_text_is_not_taken_for_chinese(tmp_path: Path) -> None:
    path = stored(tmp_path, "a.csv", "id;name\n1;Café Müller\n2;Naïve Señor\n".encode("cp1252"))
    layout = examine(path, path.name)
    assert layout.encoding == "cp1252"
    assert [row[1] for row in read(path, layout)] == ["Café Müller", "Naïve Señor"]


def test_gzip_is_unpacked(tmp_path: Path) -> None:
    path = stored(tmp_path, "a.csv.gz", gzip.compress(text_of().encode()))
    layout = examine(path, path.name)
    assert layout.is_gzip
    assert list(read(path, layout)) == ROWS


def test_excel_gives_dates_and_whole_numbers_as_people_write_them(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["id", "when", "seats", "ok", None])
    sheet.append([7, datetime(2026, 3, 5), 12.0, True, None])
    sheet.append([8, datetime(2026, 3, 5, 14, 30), 1.5, False, None])
    sheet.append([None, None, None, None, None])
    sheet.append([9, date(2026, 3, 6), None, None, None])
    book.create_sheet("other")
    path = tmp_path / "a.xlsx"
    book.save(path)
    layout = examine(path, path.name)
    assert (layout.columns, layout.other_sheets) == (["id", "when", "seats", "ok"], ["other"])
    assert list(read(path, layout)) == [
        ["7", "2026-03-05", "12", "true"],
        ["8", "2026-03-05 14:30:00", "1.5", "false"],
        [],
        ["9", "2026-03-06", "", ""],
    ]


def test_json_lines_become_columns(tmp_path: Path) -> None:
    path = stored(tmp_path, "e.jsonl", b'{"id": 1, "properties": {"plan": "Pro"}}\n\n{"id": 2, "ok": true}\n')
    layout = examine(path, path.name)
    assert (layout.form, layout.columns) == ("jsonl", ["id", "properties.plan", "ok"])
    assert list(read(path, layout)) == [["1", "Pro", ""], [], ["2", "", "true"]]


def test_blank_and_repeated_column_names_are_told_apart(tmp_path: Path) -> None:
    path = stored(tmp_path, "a.csv", b"id,name,,name\n1,a,b,c\n")
    assert examine(path, path.name).columns == ["id", "name", "#3", "name (2)"]


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.csv", "id\n1\n")
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.csv", b"", "empty"),
        ("a.csv", b"  \n \n", "empty"),
        ("a.csv", b"id,name\n", "no_rows"),
        ("a.csv", b",,\n1,2,3\n", "no_head"),
        ("a.csv", b'id,name\n1,"open\n2,b\n', "csv_line"),
        ("a.csv", b"id,name\n1,\x00\x01\x02", "binary"),
        ("a.pdf", b"%PDF-1.7 ...", "pdf"),
        ("a.xls", b"\xd0\xcf\x11\xe0 old", "old_excel"),
        ("a.zip", zipped(), "zip"),
        ("a.ods", zipped(), "numbers"),
        ("a.xlsx", zipped(), "broken_excel"),
        ("a.csv.gz", gzip.compress(b"id,name\n" + b"1,a\n" * 9000, mtime=0)[:60], "broken_gzip"),
        ("a.json", b'[{"id": 1}]', "json_array"),
        ("a.jsonl", b'{"id": 1}\nid 2\n', "json_line"),
        ("a.csv", (",".join(f"c{n}" for n in range(301)) + "\n" + "1," * 300 + "1\n").encode(), "too_many_columns"),
    ],
)
def test_an_unusable_file_says_why_and_what_to_do(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    path = stored(tmp_path, name, content)
    with pytest.raises(UnusableFile) as refused:
        examine(path, name)
    assert refused.value.reason == reason
    told = refused.value.as_json()
    assert told["en"] != told["zh"]
    assert not told["zh"].isascii()
    assert "%(" not in told["en"] + told["zh"]


def test_a_small_file_that_holds_far_too_much_is_refused(tmp_path: Path, settings: Any) -> None:
    settings.UPLOAD_LIMIT_MIB = 1
    path = stored(tmp_path, "bomb.csv.gz", gzip.compress(b"id,name\n" + b"1,aaaaaaaa\n" * 2_500_000))
    assert path.stat().st_size < 1 << 20
    with pytest.raises(UnusableFile) as refused:
        examine(path, path.name)
    assert refused.value.reason == "too_large_inside"


def test_every_reason_is_a_sentence_with_a_way_out() -> None:
    for language in ("en", "zh-hans"):
        with translation.override(language):
            assert all(str(text).endswith((".", "。")) for text in REASONS.values())
