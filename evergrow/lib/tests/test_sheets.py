import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from evergrow.lib import sheets

HEADS = ["客户", "MRR", "续约", "更新"]
ROW = ["溪桥教育", Decimal("-54605.50"), date(2026, 5, 10), datetime(2026, 3, 25, 4, 0, tzinfo=UTC)]
SHANGHAI = ZoneInfo("Asia/Shanghai")


def read_csv(heads, rows):
    text = b"".join(sheets.csv_lines(heads, rows, zone=SHANGHAI)).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def read_xlsx(heads, rows, **options):
    out = io.BytesIO()
    sheets.write_xlsx(out, heads, rows, zone=SHANGHAI, **options)
    return openpyxl.load_workbook(out).active


def test_csv_begins_with_the_mark_that_excel_needs_for_chinese():
    assert b"".join(sheets.csv_lines(HEADS, [ROW])).startswith(b"\xef\xbb\xbf\xe5\xae\xa2")


def test_csv_keeps_numbers_and_shows_moments_in_the_zone():
    assert read_csv(HEADS, [ROW])[1] == ["溪桥教育", "-54605.50", "2026-05-10", "2026-03-25 12:00:00+08:00"]


@pytest.mark.parametrize("evil", ["=HYPERLINK(1)", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1"])
def test_text_that_looks_like_a_formula_is_shown_and_not_run(evil):
    assert read_csv(["x"], [[evil]])[1][0].startswith("'")
    cell = read_xlsx(["x"], [[evil]])["A2"]
    assert cell.data_type == "s"


def test_a_head_cannot_be_a_formula_either():
    assert read_csv(["=1+1"], [])[0] == ["'=1+1"]


def test_a_million_rows_stream_in_pieces():
    pieces = list(sheets.csv_lines(["n"], ([number] for number in range(20_000))))
    assert len(pieces) > 2
    assert max(map(len, pieces)) < 70_000


def test_unknown_is_an_empty_field():
    assert read_csv(["a", "b", "c"], [[None, float("nan"), 0]])[1] == ["", "", "0"]


def test_xlsx_has_typed_cells():
    sheet = read_xlsx(HEADS, [[*ROW[:2], ROW[2], ROW[3]], [None, float("nan"), None, True]], title="客户/列表")
    assert sheet.title == "客户 列表"
    assert [cell.value for cell in sheet[2]] == [
        "溪桥教育",
        -54605.5,
        datetime(2026, 5, 10),
        datetime(2026, 3, 25, 12, 0),
    ]
    assert [cell.value for cell in sheet[3]] == [None, None, None, True]


def test_overlong_text_is_cut_visibly():
    assert read_xlsx(["x"], [["a" * 40_000]])["A2"].value.endswith("a…")


def test_more_rows_than_excel_holds_are_refused_with_the_way_out(monkeypatch):
    monkeypatch.setattr(sheets, "XLSX_ROWS", 3)
    with pytest.raises(sheets.TooManyRows, match="Export CSV"):
        sheets.write_xlsx(io.BytesIO(), ["n"], [[1], [2], [3]])
