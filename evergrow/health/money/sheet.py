"""The money tables as files: a row per period, per group, or per account behind a number. Amounts are in the
workspace's currency, shares between 0 and 1."""

from collections.abc import Iterator, Mapping, Sequence

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from evergrow.customers.models import Account
from evergrow.health.money.ledger import KINDS, Span
from evergrow.health.money.parts import NAMES, Part, Row
from evergrow.health.money.report import Report
from evergrow.lib.sheets import Cell


def heads() -> list[str]:
    """The columns of a table of spans, after those that say which."""
    return [
        _("MRR at the start"),
        *(str(kind.label) for kind in KINDS),
        _("MRR at the end"),
        _("ARR"),
        _("Paying accounts"),
        _("ARPA"),
        _("NRR"),
        _("GRR"),
        _("Logo retention"),
        _("Cohort"),
    ]


def cells(span: Span) -> list[Cell]:
    return [
        span.start_cents / 100,
        *(span.sum_of(kind) / 100 for kind in KINDS),
        span.end_cents / 100,
        span.end_cents * 12 / 100,
        span.end_accounts,
        _money(span.arpa_cents),
        *(None if share is None else round(share, 6) for share in (span.nrr, span.grr, span.logos)),
        span.start_accounts,
    ]


def periods(report: Report) -> tuple[list[str], Iterator[list[Cell]]]:
    """All periods of the page."""
    names = [pgettext("period", "From"), pgettext("period", "To"), _("Complete")]
    rows = ([line.period.start, line.period.end, line.period.is_complete, *cells(line.span)] for line in report.lines)
    return [*names, *heads()], rows


def groups(report: Report) -> tuple[list[str], Iterator[list[Cell]]]:
    """The groups of the chosen period."""
    return [_("Group"), *heads()], ([one.group.label, *cells(one.span)] for one in report.groups)


def accounts(rows: Sequence[Row], named: Mapping[int, Account], part: Part) -> tuple[list[str], Iterator[list[Cell]]]:
    """The accounts behind a number."""
    language = get_language() or "en"
    names = [_("Account"), _("id in your systems"), _("MRR at the start"), _("MRR at the end"), str(NAMES[part])]
    return names, (
        [named[row.account].called(language), named[row.account].external_id, *_amounts(row)] for row in rows
    )


def _amounts(row: Row) -> list[Cell]:
    return [row.before / 100, row.after / 100, row.amount / 100]


def _money(cents: float | None) -> float | None:
    return None if cents is None else round(cents / 100, 2)
