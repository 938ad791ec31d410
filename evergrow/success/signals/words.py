"""The sentences of a rule, with the numbers filled in, in both languages."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from evergrow.lib import numerals
from evergrow.success.rules.finding import EN, ZH, Text

FACTS = (
    *("account", "person", "contact", "product", "contract", "plan", "tier", "mrr", "renews_in", "score", "band"),
    *("before", "now", "change", "days", "last", "count", "share"),
)
MARK = re.compile(r"\{([a-z_]+)\}")
CODES = {"zh": ZH, "en": EN}
UNKNOWN = "—"


def unknown(template: str) -> str:
    """The first mark in a sentence that stands for nothing, "" where all are known."""
    return next((name for name in MARK.findall(template) if name not in FACTS), "")


def fill(template: Mapping[str, str], facts: Mapping[str, Any], currency: str) -> Text:
    """The sentence in both languages; what is not known of this one reads “—”.

    A fact may be a number, an amount (Decimal), a day, a text, or a text per language.
    """
    return {code: _filled(template.get(code, ""), facts, code, currency) for code in CODES}


def _filled(text: str, facts: Mapping[str, Any], code: str, currency: str) -> str:
    return MARK.sub(lambda mark: shown(facts.get(mark[1]), code, currency), text)


def shown(value: Any, code: str, currency: str) -> str:
    """A fact as a reader of the language sees it."""
    if value is None or value == "":
        return UNKNOWN
    if isinstance(value, Mapping):
        return str(value.get(code) or value.get("en") or value.get("zh") or UNKNOWN)
    if isinstance(value, Decimal):
        return numerals.short_money(value, currency, CODES[code])
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return numerals.number(value, CODES[code], None if value == int(value) else 1)
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
