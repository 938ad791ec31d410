"""How numbers are written, by language: 5.46万 or 54.6K, −17, 54%, +1.8 pp, and — for what is not known.

``language`` is a code such as ``zh-hans`` or ``en``. Every function takes ``None`` (or NaN) for "not known" and
answers ``—``. The minus sign is U+2212. Rules: the house's style table for numbers and dates.
"""

import math
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

Number = int | float | Decimal

UNKNOWN = "—"
MINUS = "−"
SYMBOLS = {
    "CNY": "¥",
    "USD": "$",
    "EUR": "€",
    "GBP": "£",
    "JPY": "JP¥",
    "HKD": "HK$",
    "TWD": "NT$",
    "SGD": "S$",
    "AUD": "A$",
    "CAD": "C$",
    "KRW": "₩",
    "INR": "₹",
}
CHINESE_UNITS = [(Decimal(10) ** 12, "万亿"), (Decimal(10) ** 8, "亿"), (Decimal(10) ** 4, "万")]
ENGLISH_UNITS = [
    (Decimal(10) ** 12, "T"),
    (Decimal(10) ** 9, "B"),
    (Decimal(10) ** 6, "M"),
    (Decimal(10) ** 3, "K"),
]


def is_chinese(language: str) -> bool:
    return language.startswith("zh")


def is_known(value: Number | None) -> bool:
    """False for ``None``, NaN and the infinities, which are all shown as ``—``."""
    return value is not None and math.isfinite(value)


def exact(value: Number) -> Decimal:
    """The value as people read it: 0.1 is one tenth, not its binary neighbour."""
    return value if isinstance(value, Decimal) else Decimal(str(value))


def rounded(value: Number, decimals: int) -> Decimal:
    """Half away from zero, as people round by hand."""
    return exact(value).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def _signed(digits: str, value: Decimal, *, plus: bool = False) -> str:
    if value < 0:
        return MINUS + digits
    return "+" + digits if plus and value > 0 else digits


def number(value: Number | None, language: str = "en", decimals: int | None = None) -> str:
    """In full: ``54,605``, ``−1,200.5``. Without ``decimals`` at most two, and none that are zero."""
    if value is None or not is_known(value):
        return UNKNOWN
    if decimals is not None:
        shown = rounded(value, decimals)
        return _signed(f"{abs(shown):,.{decimals}f}", shown)
    shown = rounded(value, 2)
    digits = f"{abs(shown):,f}"
    return _signed(digits.rstrip("0").rstrip(".") if "." in digits else digits, shown)


def short_number(value: Number | None, language: str) -> str:
    """Three significant digits with 万/亿 or K/M/B: ``5.46万``, ``54.6K``. Zeros at the end show only a rounding."""
    if value is None or not is_known(value):
        return UNKNOWN
    amount = exact(value)
    units = CHINESE_UNITS if is_chinese(language) else ENGLISH_UNITS
    for unit, word in units:
        seen = rounded(abs(amount), 0) if unit == units[-1][0] else three_digits(abs(amount))
        if seen >= unit:
            return _signed(_three(abs(amount) / unit) + word, amount)
    if abs(amount) >= 100:
        return number(amount, language, 0)
    return _signed(_three(abs(amount)), amount)


def three_digits(value: Decimal) -> Decimal:
    """Rounded to three significant digits."""
    if not value:
        return Decimal(0)
    return value.quantize(Decimal(1).scaleb(value.adjusted() - 2), rounding=ROUND_HALF_UP)


def _three(size: Decimal) -> str:
    shown = three_digits(size)
    decimals = max(0, 2 - shown.adjusted()) if shown else 0
    digits = f"{shown:,.{decimals}f}"
    return digits.rstrip("0").rstrip(".") if shown == size and "." in digits else digits


def symbol(currency: str) -> str:
    """What stands before an amount: ``¥``, ``$``, or the code and a space."""
    return SYMBOLS.get(currency, f"{currency}\u00a0" if currency else "")


def money(value: Number | None, currency: str, language: str = "en") -> str:
    """In full: ``¥54,605``, ``−$1,200.50``; cents only where there are some."""
    if value is None or not is_known(value):
        return UNKNOWN
    shown = rounded(value, 2)
    whole = shown == shown.to_integral_value()
    return _signed(symbol(currency) + f"{abs(shown):,.{0 if whole else 2}f}", shown)


def short_money(value: Number | None, currency: str, language: str, *, plus: bool = False) -> str:
    """For headlines, charts and sentences: ``¥5.46万``, ``¥54.6K``; ``plus`` writes the sign of a gain."""
    if value is None or not is_known(value):
        return UNKNOWN
    amount = exact(value)
    return _signed(symbol(currency) + short_number(abs(amount), language), amount, plus=plus)


def percent(share: Number | None, language: str = "en", decimals: int = 0) -> str:
    """A share of one as ``54%``. What is not nothing is never shown as nothing: ``<0.1%``."""
    if share is None or not is_known(share):
        return UNKNOWN
    value = exact(share) * 100
    if value and not rounded(value, decimals):
        decimals = 1
    if value and not rounded(value, decimals):
        return "<0.1%" if value > 0 else f">{MINUS}0.1%"
    return number(value, language, decimals) + "%"


def points(difference: Number | None, language: str, *, tight: bool = False) -> str:
    """A difference between two shares, 0.018 → ``+1.8 个百分点`` / ``+1.8 pp``; ``tight`` for cells: ``+1.8pp``."""
    if difference is None or not is_known(difference):
        return UNKNOWN
    digits = signed(exact(difference) * 100, language, 1)
    if tight:
        return f"{digits}pp"
    return f"{digits} 个百分点" if is_chinese(language) else f"{digits} pp"


def signed(value: Number | None, language: str = "en", decimals: int | None = None) -> str:
    """With its sign, zero without one: ``+4``, ``−17``, ``0``."""
    if value is None or not is_known(value):
        return UNKNOWN
    text = number(value, language, decimals)
    return text if text.startswith(MINUS) or not rounded(value, 2 if decimals is None else decimals) else f"+{text}"


class Change(NamedTuple):
    """A change as it is shown: ``direction`` is "up", "down" or "same" (within noise)."""

    direction: str
    arrow: str
    text: str


def change(value: Number | None, language: str = "en", *, epsilon: Number = 0, decimals: int | None = None) -> Change:
    """``↑ 4``, ``↓ 17``, or ``→ +1`` where the change is not larger than ``epsilon``, the noise of the measure."""
    if value is None or not is_known(value):
        return Change("unknown", "", UNKNOWN)
    if abs(exact(value)) <= exact(epsilon):
        return Change("same", "→", signed(value, language, decimals))
    arrow, direction = ("↑", "up") if value > 0 else ("↓", "down")
    return Change(direction, arrow, number(abs(exact(value)), language, decimals))


def interval(low: Number, high: Number, language: str, *, n: int | None = None, decimals: int = 1) -> str:
    """``95% 区间 +3.8 至 +15.0 · n = 31`` / ``95% CI +3.8 to +15.0 · n = 31``."""
    first, last = signed(low, language, decimals), signed(high, language, decimals)
    text = f"95% 区间 {first} 至 {last}" if is_chinese(language) else f"95% CI {first} to {last}"
    return text if n is None else f"{text} · n = {number(n, language)}"
