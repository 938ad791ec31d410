"""The reasons of a rank in words: what weighs most comes first."""

from datetime import date

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from evergrow.lib import moments
from evergrow.lib.numerals import number, short_money
from evergrow.success.day import rank
from evergrow.success.day.listing import Item
from evergrow.success.day.rank import Ranked, Scale

SHOWN = 4
SHORT_LANGUAGE = "en"


def reasons(item: Item, by: Scale, currency: str) -> list[str]:
    """Up to four reasons in the reader's language: dates, money, renewal, health, severity, by weight."""
    ranked = item.ranked
    language = get_language() or SHORT_LANGUAGE
    weighed = [
        (ranked.parts["urgency"], _urgency(ranked.fact.due_on, by, item.source.kind, language)),
        (ranked.parts["money"], _money(ranked, currency, language)),
        (rank.RENEWAL * rank.nearness(ranked.fact.renews_on, by.today), _renewal(ranked, by, item.source.kind)),
        (ranked.parts["health"], _health(ranked.fact.band)),
        (ranked.parts["severity"], _severity(ranked.fact.severity)),
    ]
    told = [words for weight, words in sorted(weighed, key=lambda each: -each[0]) if weight > 0 and words]
    return [*told[:SHOWN], *item.row.why]


def _urgency(due_on: date | None, by: Scale, kind: str, language: str) -> str:
    if due_on is None:
        return ""
    if kind == "renewal":
        return _until_renewal((due_on - by.today).days)
    if due_on == by.today:
        return _("due today")
    left = by.days(due_on)
    if due_on < by.today:
        if not left:
            return _("overdue since a day off")
        words = ngettext("overdue %(n)s working day", "overdue %(n)s working days", -left)
        return words % {"n": number(-left, language)}
    if left > 10:
        return _("due %(day)s") % {"day": moments.day_text(due_on, by.today, language)}
    if not left:
        return _("due on a day off")
    words = ngettext("due in %(n)s working day", "due in %(n)s working days", left)
    return words % {"n": number(left, language)}


def _money(ranked: Ranked, currency: str, language: str) -> str:
    if ranked.fact.mrr <= 0:
        return ""
    return _("%(money)s MRR") % {"money": short_money(ranked.fact.mrr, currency, language)}


def _renewal(ranked: Ranked, by: Scale, kind: str) -> str:
    renews_on = ranked.fact.renews_on
    if renews_on is None or kind == "renewal":
        return ""
    return _until_renewal((renews_on - by.today).days)


def _until_renewal(days: int) -> str:
    if days == 0:
        return _("renewal today")
    if days < 0:
        return ngettext("renewal %(n)s day ago", "renewal %(n)s days ago", -days) % {"n": -days}
    return ngettext("renewal in %(n)s day", "renewal in %(n)s days", days) % {"n": days}


def _health(band: str) -> str:
    words = {"risk": _("at risk"), "watch": _("on watch"), "insufficient": _("health unknown")}
    return words.get(band, "")


def _severity(severity: int) -> str:
    return _("high severity") if severity == 3 else ""
