"""Reading the parts of a rule: each says what it takes, and refuses anything else at that part."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from evergrow.lib.digits import row_id
from evergrow.success import errors
from evergrow.success.signals import words

Raw = Mapping[str, Any]
EVERYBODY: tuple[Any, ...] = (None, {}, {"all": []}, {"any": []})  # criteria without a condition


def wrong(part: str, sentence: str) -> errors.RuleWrong:
    """The refusal of a rule at one of its parts."""
    return errors.RuleWrong(part=part, sentence=sentence)


def part(raw: Raw, name: str) -> Raw:
    """A part that is a mapping; empty where it is left out. Raises RuleWrong, as all here do."""
    found = raw.get(name) or {}
    if not isinstance(found, Mapping):
        raise wrong(name, _("This part of the rule cannot be read."))
    return found


def listed(raw: Raw, name: str) -> list[Any]:
    """A part that is a list."""
    found = raw.get(name) or []
    if not isinstance(found, list):
        raise wrong(name, _("This part of the rule cannot be read."))
    return found


def texts(raw: Raw, name: str) -> tuple[str, ...]:
    """Up to fifty texts, none of them empty."""
    return tuple(text for each in listed(raw, name)[:50] if (text := str(each).strip()[:200]))


def one_of(raw: Raw, name: str, known: tuple[str, ...], usual: str) -> str:
    """One of the known words; ``usual`` where it is left out."""
    found = str(raw.get(name) or usual)
    if found not in known:
        sentence = _("“%(value)s” is none of: %(known)s.")
        raise wrong(name, sentence % {"value": found, "known": ", ".join(filter(None, known))})
    return found


def whole(raw: Raw, name: str, usual: int, least: int, most: int) -> int:
    """A whole number within bounds, both included."""
    value = real(raw, name, usual)
    if value != int(value) or not least <= value <= most:
        raise wrong(name, _("A whole number from %(least)s to %(most)s.") % {"least": least, "most": most})
    return int(value)


def real(raw: Raw, name: str, usual: float) -> float:
    """Any number."""
    value = raw.get(name)
    try:
        found = float(usual if value in (None, "") else value)
    except (TypeError, ValueError):
        raise wrong(name, _("Write a number.")) from None
    if found != found or abs(found) > 1e12:
        raise wrong(name, _("Write a number."))
    return found


def money(value: Any, part: str) -> Decimal:
    """An amount of money, 0 or more."""
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        raise wrong(part, _("Write an amount of money.")) from None
    if not found.is_finite() or found < 0:
        raise wrong(part, _("Write an amount of money."))
    return found


def level(value: Any) -> int:
    """A severity, 1 to 3."""
    if type(value) is not int or value not in (1, 2, 3):
        raise wrong("severity", _("Severity is 1 (low), 2 (medium) or 3 (high)."))
    return int(value)


def identifier(value: Any) -> int | None:
    """The id of a row, None for anything else."""
    return row_id(value) or None


def sentence(raw: Any, part: str, *, needed: bool = False) -> dict[str, str]:
    """A sentence in both languages; where one is missing the other stands for it."""
    found = {code: str(raw.get(code) or "").strip()[:300] for code in ("zh", "en")} if isinstance(raw, Mapping) else {}
    given = {code: text for code, text in found.items() if text}
    if not given:
        if needed:
            raise wrong(part, _("Write the sentence that the signal shows, in at least one language."))
        return {}
    for text in given.values():
        unknown = words.unknown(text)
        if unknown:
            said = _("“{%(name)s}” is not a number that can be filled in. There are: %(known)s.")
            raise wrong(part, said % {"name": unknown, "known": ", ".join(f"{{{each}}}" for each in words.FACTS)})
    return {code: given.get(code) or next(iter(given.values())) for code in ("zh", "en")}
