"""The rows of a back-test as a table for a file."""

from collections.abc import Iterable, Sequence
from math import isnan

from django.utils.translation import gettext, pgettext

from evergrow.customers.models import Account
from evergrow.health.backtest import words
from evergrow.health.backtest.models import BackTest
from evergrow.health.backtest.queries import Row
from evergrow.lib.sheets import Cell


def heads(backtest: BackTest) -> list[str]:
    tested, other = words.scorer("tested", backtest), words.scorer("published", backtest)
    score, band = pgettext("column", "Score"), gettext("Band")
    compared = [] if backtest.tests_published else [f"{other}: {score}", f"{other}: {band}"]
    return [
        pgettext("back-test", "As of"),
        gettext("Account number"),
        gettext("Account"),
        f"{tested}: {score}",
        f"{tested}: {band}",
        *compared,
        gettext("Days idle"),
        words.happening(backtest.outcome),
        gettext("Looked at"),
        gettext("MRR then"),
        gettext("MRR afterwards"),
        gettext("Revenue ended"),
    ]


def lines(backtest: BackTest, found: Iterable[Row], accounts: dict[int, Account]) -> Iterable[Sequence[Cell]]:
    for row in found:
        compared = [] if backtest.tests_published else [_known(row.other), words.band_name(row.other_band)]
        account = accounts.get(row.account)
        yield [
            row.day,
            row.account,
            account.called(words.language()) if account else "",
            _known(row.score),
            words.band_name(row.band),
            *compared,
            _known(row.idle),
            int(row.happened),
            int(row.taken),
            row.mrr,
            row.mrr_after,
            row.ended,
        ]


def _known(value: float) -> float | None:
    return None if isnan(value) else round(value, 4)
