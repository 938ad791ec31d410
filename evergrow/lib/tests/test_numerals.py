from decimal import Decimal

import pytest

from evergrow.lib import numerals

ZH, EN = "zh-hans", "en"


@pytest.mark.parametrize(
    ("value", "chinese", "english"),
    [
        (54605, "5.46万", "54.6K"),
        (2_610_000, "261万", "2.61M"),
        (102_000_000, "1.02亿", "102M"),
        (1_250_000_000_000, "1.25万亿", "1.25T"),
        (9_999, "9,999", "10.0K"),
        (9_999.6, "1.00万", "10.0K"),
        (99_995_000, "1.00亿", "100M"),
        (999_950, "100万", "1.00M"),
        (30_000, "3万", "30K"),
        (30_020, "3.00万", "30.0K"),
        (12_345_678, "1,230万", "12.3M"),
        (999.4, "999", "999"),
        (83.456, "83.5", "83.5"),
        (0.0123, "0.0123", "0.0123"),
        (0, "0", "0"),
        (-41_000, "−4.1万", "−41K"),
        (Decimal("54605.00"), "5.46万", "54.6K"),
        (None, "—", "—"),
        (float("nan"), "—", "—"),
    ],
)
def test_headlines_show_three_significant_digits(value: float, chinese: str, english: str) -> None:
    assert numerals.short_number(value, ZH) == chinese
    assert numerals.short_number(value, EN) == english


def test_columns_show_numbers_in_full() -> None:
    assert numerals.number(54605) == "54,605"
    assert numerals.number(-1200.5) == "−1,200.5"
    assert numerals.number(2.675, decimals=2) == "2.68", "half away from zero, on what people read"
    assert numerals.number(-0.004) == "0", "no minus before nothing"
    assert numerals.number(100) == "100"
    assert numerals.number(None) == "—"


def test_money_carries_the_currency_and_cents_only_where_there_are_some() -> None:
    assert numerals.money(54605, "CNY") == "¥54,605"
    assert numerals.money(Decimal("-1200.5"), "USD") == "−$1,200.50"
    assert numerals.money(12, "CHF") == "CHF\u00a012"
    assert numerals.money(None, "CNY") == "—"


def test_short_money_follows_the_language_not_the_currency() -> None:
    assert numerals.short_money(2_610_000, "USD", ZH) == "$261万"
    assert numerals.short_money(2_610_000, "CNY", EN) == "¥2.61M"
    assert numerals.short_money(98_000, "CNY", ZH, plus=True) == "+¥9.8万"
    assert numerals.short_money(-41_000, "CNY", ZH, plus=True) == "−¥4.1万"
    assert numerals.short_money(0, "CNY", ZH, plus=True) == "¥0"


def test_shares_are_percent_and_something_is_never_nothing() -> None:
    assert numerals.percent(0.544) == "54%"
    assert numerals.percent(1.042, decimals=1) == "104.2%"
    assert numerals.percent(0.004) == "0.4%"
    assert numerals.percent(0.0001) == "<0.1%"
    assert numerals.percent(-0.0001) == ">−0.1%"
    assert numerals.percent(0) == "0%"
    assert numerals.percent(None) == "—"


def test_differences_of_shares_are_points() -> None:
    assert numerals.points(0.018, ZH) == "+1.8 个百分点"
    assert numerals.points(-0.47, EN) == "−47.0 pp"
    assert numerals.points(0.018, ZH, tight=True) == "+1.8pp"


def test_a_change_within_its_noise_has_no_direction() -> None:
    assert numerals.change(-17) == ("down", "↓", "17")
    assert numerals.change(4, epsilon=2) == ("up", "↑", "4")
    assert numerals.change(-2, epsilon=2) == ("same", "→", "−2")
    assert numerals.change(0) == ("same", "→", "0")
    assert numerals.change(None) == ("unknown", "", "—")


def test_an_interval_names_its_ends() -> None:
    assert numerals.interval(3.8, 15, ZH, n=31) == "95% 区间 +3.8 至 +15.0 · n = 31"
    assert numerals.interval(-3.8, 15, EN) == "95% CI −3.8 to +15.0"
