"""Cells as people write them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from evergrow.intake.kinds.dates import day, moment, order_of
from evergrow.intake.kinds.problems import Unreadable
from evergrow.intake.kinds.values import Reading, choice, decimal, email, money, whole, yes_no

SHANGHAI = Reading(ZoneInfo("Asia/Shanghai"))
FIFTH = date(2026, 3, 5)


@pytest.mark.parametrize(
    "cell",
    ["2026-03-05", "2026/3/5", "2026.3.5", "20260305", "2026年3月5日", "2026年03月05日", "5 Mar 2026", "5-Mar-2026",
     "Mar 5, 2026", "March 5th, 2026", "Thu, 5 March 2026", "46086", "2026-03-05 23:10", "2026-03-04T20:00:00Z"],
)  # fmt: skip
def test_a_day_in_many_forms(cell: str) -> None:
    assert day(cell, SHANGHAI) == FIFTH


@pytest.mark.parametrize(("order", "cell"), [("dmy", "05/03/2026"), ("mdy", "3/5/2026"), ("dmy", "5.3.26")])
def test_the_order_of_day_and_month_is_said(order: str, cell: str) -> None:
    assert day(cell, Reading(SHANGHAI.zone, order)) == FIFTH


@pytest.mark.parametrize(
    ("cells", "order"),
    [(["25/12/2025", "03/04/2025"], "dmy"), (["12/25/2025"], "mdy"), (["03/04/2025"], "mdy?"), (["2025-03-04"], "ymd")],
)
def test_the_order_is_guessed_from_all_cells(cells: list[str], order: str) -> None:
    assert order_of(cells) == order


@pytest.mark.parametrize(
    "cell",
    ["2026-03-05 14:30", "2026/3/5 14:30:00", "2026-03-05T14:30:00+08:00", "2026-03-05T06:30:00Z",
     "2026-03-05T06:30:00.000Z", "2026-03-05 2:30 PM", "2026年3月5日 下午2:30", "2026年3月5日 14时30分", "1772692200",
     "1772692200000", "5 Mar 2026 14:30"],
)  # fmt: skip
def test_a_moment_in_many_forms(cell: str) -> None:
    assert moment(cell, SHANGHAI) == datetime(2026, 3, 5, 6, 30, tzinfo=UTC)


def test_a_day_alone_is_its_first_instant_in_the_zone() -> None:
    assert moment("2026-03-05", SHANGHAI) == datetime(2026, 3, 4, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "cell", ["2026-02-30", "31/31/2026", "soon", "13:40", "1612-01-01", "2026-03-05 25:00", "9999"]
)
def test_what_is_no_date_is_refused(cell: str) -> None:
    with pytest.raises(Unreadable):
        moment(cell, SHANGHAI)


@pytest.mark.parametrize(
    ("cell", "value"),
    [("49", "49.00"), ("1,234.5", "1234.50"), ("1.234,56", "1234.56"), ("¥1,980", "1980.00"), ("$ 49.00", "49.00"),
     ("1 234,50 €", "1234.50"), ("(12.00)", "-12.00"), ("−3", "-3.00"), ("1.2万", "12000.00"), ("3k", "3000.00"),
     ("12,5", "12.50"), ("1,234,567", "1234567.00"), ("4900元", "4900.00"), ("CNY 100", "100.00"),
     ("1.234.567", "1234567.00")],
)  # fmt: skip
def test_money_in_many_forms(cell: str, value: str) -> None:
    assert money(cell, SHANGHAI) == Decimal(value)


@pytest.mark.parametrize("cell", ["free", "12-13", "1e9", "NaN", "999999999999999"])
def test_what_is_no_number_is_refused(cell: str) -> None:
    with pytest.raises(Unreadable):
        decimal(cell, SHANGHAI)


def test_whole_numbers_yes_and_no_and_addresses() -> None:
    assert whole("1,200", SHANGHAI) == 1200
    assert [yes_no(cell, SHANGHAI) for cell in ("是", "Yes", "0", "否")] == [True, True, False, False]
    assert email("Lin.Wei@Bluepeak.example", SHANGHAI) == "lin.wei@bluepeak.example"
    for parse, cell in ((whole, "1.5"), (whole, "-2"), (yes_no, "perhaps"), (email, "lin.wei")):
        with pytest.raises(Unreadable):
            parse(cell, SHANGHAI)


def test_a_status_is_known_under_its_words_in_both_languages() -> None:
    parse = choice({"active": ("有效", "past due"), "trial": ()})
    assert [parse(cell, SHANGHAI) for cell in ("Active", "有效", "Past_Due", "TRIAL")] == [
        "active",
        "active",
        "active",
        "trial",
    ]
    with pytest.raises(Unreadable):
        parse("gone", SHANGHAI)
