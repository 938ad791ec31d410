"""From the text of a cell to a value. Each parser takes the cell and how to read it, and raises Unreadable."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from evergrow.intake.kinds.problems import Unreadable


@dataclass(frozen=True, slots=True)
class Reading:
    """How cells are read: the zone of times without one, and the order of day and month (ymd, dmy or mdy).

    ``tiers``: the workspace's tiers, each with the words it is known under.
    """

    zone: ZoneInfo
    date_order: str = "ymd"
    tiers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


Parser = Callable[[str, Reading], Any]
SCALES = {"万": 10_000, "萬": 10_000, "亿": 100_000_000, "k": 1_000, "m": 1_000_000}
CURRENCY = re.compile(
    r"^(?:[¥￥$€£₩]|us\$|hk\$|rmb|cny|usd|eur|gbp|hkd|人民币)\s*|\s*(?:元|圆|rmb|cny|usd|eur|gbp|hkd|[¥￥$€£])$", re.I
)
NUMBER = re.compile(r"^[+\-−]?\d[\d., \u00a0\u202f'’]*$")


def text(limit: int) -> Parser:
    """Text of at most ``limit`` characters, blanks around it removed."""

    def parse(cell: str, reading: Reading) -> str:
        if len(cell) > limit:
            raise Unreadable(_("“%(value)s” is longer than %(limit)s characters. Shorten it."), value=cell, limit=limit)
        return cell

    return parse


def decimal(cell: str, reading: Reading) -> Decimal:
    """A number: 1,234.50 · 1.234,50 · 1 234 · (12.00) for a negative one · 1.2万 · 3k."""
    shown = cell.strip()
    negative = shown.startswith("(") and shown.endswith(")")
    shown = shown.strip("()").strip()
    scale = SCALES.get(shown[-1:].lower(), 1)
    if scale > 1:
        shown = shown[:-1].strip()
    if not NUMBER.match(shown):
        raise Unreadable(_("“%(value)s” is not a number. Write it like 1234.50."), value=cell)
    digits = plain_digits(re.sub(r"[ \u00a0\u202f'’]", "", shown).replace("−", "-"))
    try:
        found = Decimal(digits) * scale
    except InvalidOperation:
        raise Unreadable(_("“%(value)s” is not a number. Write it like 1234.50."), value=cell) from None
    if abs(found) >= Decimal(10) ** 12:
        raise Unreadable(_("“%(value)s” is too large. Numbers under 1,000,000,000,000 can be kept."), value=cell)
    return -found if negative else found


def plain_digits(shown: str) -> str:
    """The number with a point before the decimals and no separators of thousands.

    Where both signs occur the last one is the decimal sign; a lone comma separates thousands when exactly three
    digits follow every comma, otherwise decimals; a lone point is a decimal point, several separate thousands.
    """
    comma, point = shown.rfind(","), shown.rfind(".")
    if comma >= 0 and point >= 0:
        return shown.replace(",", "") if point > comma else shown.replace(".", "").replace(",", ".")
    if comma >= 0:
        is_grouped = re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+", shown)
        return shown.replace(",", "") if is_grouped else shown.replace(",", ".")
    return shown.replace(".", "") if shown.count(".") > 1 else shown


def money(cell: str, reading: Reading) -> Decimal:
    """An amount, with or without a currency sign, to the cent."""
    bare = CURRENCY.sub("", cell.strip())
    bare = CURRENCY.sub("", bare)
    return decimal(bare or cell, reading).quantize(Decimal("0.01"))


CODE_WORDS = {"¥": "CNY", "￥": "CNY", "元": "CNY", "人民币": "CNY", "RMB": "CNY", "$": "USD", "€": "EUR", "£": "GBP"}


def currency(cell: str, reading: Reading) -> str:
    """The ISO 4217 code of a currency, also from its sign."""
    shown = cell.strip().upper()
    found = CODE_WORDS.get(shown, shown)
    if not re.fullmatch("[A-Z]{3}", found):
        raise Unreadable(_("“%(value)s” is no currency. Write its code, such as CNY or USD."), value=cell)
    return found


def real(cell: str, reading: Reading) -> float:
    """A number as a float, such as hours or a satisfaction score."""
    return float(decimal(cell, reading))


def whole(cell: str, reading: Reading) -> int:
    """A whole number from 0 to 2,147,483,647."""
    found = decimal(cell, reading)
    if found != found.to_integral_value() or not 0 <= found < 2**31:
        raise Unreadable(_("“%(value)s” is not a whole number of 0 or more."), value=cell)
    return int(found)


def email(cell: str, reading: Reading) -> str:
    """An address in lower case."""
    try:
        validate_email(cell)
    except ValidationError:
        raise Unreadable(_("“%(value)s” is not an email address."), value=cell) from None
    return cell.lower()


YES = {"1", "true", "yes", "y", "t", "on", "x", "是", "有", "对", "真", "✓", "√"}
NO = {"0", "false", "no", "n", "f", "off", "否", "无", "没有", "假", "-"}


def yes_no(cell: str, reading: Reading) -> bool:
    """Yes or no in the usual spellings of both languages."""
    folded = cell.casefold()
    if folded in YES:
        return True
    if folded in NO:
        return False
    raise Unreadable(_("“%(value)s” is neither yes nor no."), value=cell)


def fold(word: str) -> str:
    """A word without case, blanks and joining signs, so that “Trial_Expired” and “trial expired” are the same."""
    return re.sub(r"[\W_]+", "", word).casefold()


def choice(words: Mapping[str, tuple[str, ...]]) -> Parser:
    """One of a few values, each known under several words: ``{"active": ("live", "有效"), …}``."""
    known = {fold(word): value for value, others in words.items() for word in (value, *others)}

    def parse(cell: str, reading: Reading) -> str:
        try:
            return known[fold(cell)]
        except KeyError:
            raise Unreadable(
                _("“%(value)s” is not known here. Use one of: %(known)s."), value=cell, known=", ".join(words)
            ) from None

    return parse
