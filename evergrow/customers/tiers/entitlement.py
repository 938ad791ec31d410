"""What a tier is due: a quantity per period, a response time, a named success manager, a cadence, or simply yes."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from evergrow.lib import bilingual

Kind = Literal["quantity", "response", "csm", "cadence", "flag"]
KINDS: tuple[Kind, ...] = ("quantity", "response", "csm", "cadence", "flag")
PERIODS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
MOST = 40
KEY = re.compile(r"[a-z][a-z0-9_]{0,38}")


@dataclass(frozen=True, slots=True)
class Entitlement:
    """``grants``: what each tier gets. A quantity counts per ``period``; a response is in working hours, a cadence in
    months between two meetings; ``csm`` and ``flag`` are true or absent.
    """

    key: str
    names: Mapping[str, str]
    kind: Kind
    grants: Mapping[str, float]
    period: str = "quarter"

    @property
    def name(self) -> str:
        return bilingual.pick(self.names, get_language() or "en")

    @property
    def is_counted(self) -> bool:
        return self.kind == "quantity"

    def granted(self, tier: str) -> float:
        """How much a tier gets; 0 where it is not due at all."""
        return self.grants.get(tier, 0)

    def words(self, tier: str) -> str:
        """What a tier gets, for the reader; "" where it is not due."""
        amount = self.granted(tier)
        if not amount:
            return ""
        if self.kind == "quantity":
            return per_period(amount, self.period)
        if self.kind == "response":
            return ngettext("within %(count)s working hour", "within %(count)s working hours", round(amount) or 1) % {
                "count": f"{amount:g}"
            }
        if self.kind == "cadence":
            return ngettext("every month", "every %(count)s months", round(amount)) % {"count": round(amount)}
        return _("yes")


def per_period(amount: float, period: str) -> str:
    sentences = {
        "month": pgettext("entitlement", "%(amount)s a month"),
        "quarter": pgettext("entitlement", "%(amount)s a quarter"),
        "half_year": pgettext("entitlement", "%(amount)s a half-year"),
        "year": pgettext("entitlement", "%(amount)s a year"),
    }
    return sentences[period] % {"amount": f"{amount:g}"}


def period_words(period: str) -> str:
    return {"month": _("month"), "quarter": _("quarter"), "half_year": _("half-year"), "year": _("year")}[period]


def kind_words(kind: str) -> str:
    return {
        "quantity": _("Quantity per period"),
        "response": _("Response time"),
        "csm": _("Named success manager"),
        "cadence": _("Review cadence"),
        "flag": pgettext("entitlement", "Yes or no"),
    }[kind]


def period_of(day: date, period: str) -> tuple[date, date]:
    """The first and the last day of the calendar period that holds ``day``."""
    months = PERIODS[period]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    return first, add_months(first, months) - timedelta(days=1)


def add_months(day: date, months: int) -> date:
    """The same day some months on, or the month's last day where it has none."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    last = (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month, min(day.day, last))


def read_entitlements(given: Any, tiers: Sequence[str]) -> tuple[Entitlement, ...]:
    """The entitlements of a definition. Raises ValueError with a sentence."""
    if not isinstance(given, list) or len(given) > MOST:
        raise ValueError(_("A scheme has at most %(most)d entitlements.") % {"most": MOST})
    found = tuple(_read_one(part, tiers) for part in given)
    if len({one.key for one in found}) < len(found):
        raise ValueError(_("Two entitlements have the same key."))
    return found


def _read_one(part: Any, tiers: Sequence[str]) -> Entitlement:
    if not isinstance(part, dict) or not KEY.fullmatch(str(part.get("key", ""))):
        raise ValueError(_("An entitlement's key begins with a letter and has small letters, digits and _ only."))
    words = {"key": part["key"]}
    names, kind, period = part.get("name"), part.get("kind"), part.get("period", "quarter")
    if not isinstance(names, dict) or not any(isinstance(names.get(c), str) and names[c] for c in ("zh", "en")):
        raise ValueError(_("The entitlement “%(key)s” needs a name.") % words)
    if kind not in KINDS or period not in PERIODS:
        raise ValueError(_("The entitlement “%(key)s” has a kind or a period that is not known.") % words)
    grants = part.get("grants", {})
    if not isinstance(grants, dict):
        raise ValueError(_("What “%(key)s” gives to each tier cannot be read.") % words)
    for tier, amount in grants.items():
        if tier not in tiers:
            raise ValueError(
                _("“%(key)s” is given to the tier “%(tier)s”, which is not there.") % {**words, "tier": tier}
            )
        if not isinstance(amount, int | float) or not 0 <= amount <= 100_000:
            raise ValueError(_("What “%(key)s” gives is a number from 0 to 100000, or true.") % words)
    return Entitlement(
        key=part["key"],
        names={code: str(names[code])[:60] for code in ("zh", "en") if names.get(code)},
        kind=kind,
        grants={tier: float(amount) for tier, amount in grants.items() if amount},
        period=period,
    )
