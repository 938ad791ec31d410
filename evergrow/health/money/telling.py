"""The sentences that say what the money page shows."""

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from evergrow.health.money.ledger import KINDS, Span
from evergrow.health.money.periods import Interval
from evergrow.health.money.report import Report
from evergrow.lib import numerals

INTERVALS: dict[Interval, str | Promise] = {
    Interval.MONTH: pgettext_lazy("interval", "Months"),
    Interval.QUARTER: pgettext_lazy("interval", "Quarters"),
    Interval.YEAR: gettext_lazy("12 months to each month’s end"),
}


def sentences(found: Report, currency: str) -> dict[str, str]:
    """One sentence for the waterfall and one for retention, with figures in the reader's language."""
    return {"moved": _moved(found.chosen.span, currency), "kept": _kept(found)}


def formulas() -> dict[str, str]:
    """What NRR and GRR are."""
    return {
        "nrr": _("NRR = (start + expansion − contraction − churn) / start"),
        "grr": _("GRR = (start − contraction − churn) / start = Σ min(end, start) / start"),
    }


def _moved(span: Span, currency: str) -> str:
    language = get_language() or "en"
    change = span.end_cents - span.start_cents
    largest = max(KINDS, key=lambda kind: abs(span.sum_of(kind)))
    if not any(span.sum_of(kind) for kind in KINDS):
        return _("Nothing moved.")
    values = {
        "change": numerals.short_money(abs(change) / 100, currency, language),
        "kind": str(largest.label).lower() if language == "en" else str(largest.label),
        "amount": numerals.short_money(span.sum_of(largest) / 100, currency, language, plus=True),
    }
    if change == 0:
        return _("What came and what went are equal; the largest part is %(kind)s with %(amount)s.") % values
    if change > 0:
        return _("MRR grew by %(change)s; the largest part is %(kind)s with %(amount)s.") % values
    return _("MRR fell by %(change)s; the largest part is %(kind)s with %(amount)s.") % values


def _kept(found: Report) -> str:
    span = found.chosen.span
    language = get_language() or "en"
    if span.nrr is None:
        return _("Nobody paid at the start of this period, so there is no cohort to follow.")
    return _(
        "Of what %(accounts)s accounts paid at the start, %(grr)s stayed, %(nrr)s with what they added; "
        "%(logos)s of the accounts still pay."
    ) % {
        "accounts": numerals.number(span.start_accounts, language),
        "grr": numerals.percent(span.grr, language, 1),
        "nrr": numerals.percent(span.nrr, language, 1),
        "logos": numerals.percent(span.logos, language, 1),
    }
