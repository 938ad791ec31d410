"""What may be lost: for each account the probability of losing it times its yearly revenue, largest first.

Probabilities come from a source that says what it is. ``register`` adds one; the first that has an answer is taken.
The one that is always there reads the rates of bands from the newest back-test of the published card.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext

from evergrow.customers.models import Account
from evergrow.health import queries
from evergrow.health.backtest.models import BackTest
from evergrow.health.backtest.queries import latest_rates
from evergrow.health.card import BAND_KEYS, INSUFFICIENT
from evergrow.health.models import AccountHealth
from evergrow.lib import bilingual
from evergrow.lib.bilingual import Name
from evergrow.workspaces.models import Workspace

MONTHS = 12
FEWEST = 30  # rows of a band; with fewer its rate is not used


@dataclass(frozen=True, slots=True)
class Chances:
    """Probabilities (0–1) of losing accounts within ``days``, by account number; ``words`` names where they come from.

    ``spans`` may hold a 95% interval for an account. ``backtest``: the number of the back-test behind them, if any;
    ``is_doubtful``: what they rest on tells accounts apart no better than chance.
    """

    by_account: Mapping[int, float]
    words: Name
    days: int
    as_of: date
    spans: Mapping[int, tuple[float, float]]
    backtest: int | None = None
    is_doubtful: bool = False


Source = Callable[[Workspace, QuerySet[Account]], Chances | None]
_sources: list[tuple[int, Source]] = []


def register(source: Source, *, position: int = 50) -> None:
    """Add a source of probabilities; those of smaller position are asked first, band rates at 100."""
    _sources.append((position, source))
    _sources.sort(key=lambda pair: pair[0])


def chances(workspace: Workspace, accounts: QuerySet[Account]) -> Chances | None:
    """The probabilities of the first source that has any for these accounts."""
    for _, source in _sources:
        found = source(workspace, accounts)
        if found is not None and found.by_account:
            return found
    return None


def band_rates(workspace: Workspace, accounts: QuerySet[Account]) -> Chances | None:
    """How often accounts of each band were lost in the newest back-test of the published card."""
    version = queries.published(workspace)
    test = latest_rates(workspace, version.number, version.definition) if version else None
    if test is None:
        return None
    rates = usable(test)
    rows = queries.states(workspace, accounts).values_list("account__number", "band")
    mine = {number: rates[band] for number, band in rows if band in rates}
    return Chances(
        by_account={number: rate["share"] for number, rate in mine.items()},
        words={
            "en": f"rate of the account's band in back-test #{test.number}",
            "zh": f"所处等级在回测 #{test.number} 中的比例",
        },
        days=test.within,
        as_of=test.last,
        spans={number: (rate["low"], rate["high"]) for number, rate in mine.items()},
        backtest=test.number,
        is_doubtful=not is_telling(test.result),
    )


def is_telling(result: dict[str, Any]) -> bool:
    """Whether a back-test found the card to rank better than chance, and each band worse hit than the next better."""
    area = result["scorers"]["tested"]["area"]
    bands = result["bands"]["tested"]
    shares = [bands[key]["share"] for key in BAND_KEYS if bands[key]["rows"]]
    return area is not None and area["low"] > 0.5 and shares == sorted(shares, reverse=True)


def usable(test: BackTest) -> dict[str, dict[str, Any]]:
    """The bands of a back-test with enough rows for a rate; missing data is no band, and has none."""
    bands = test.result["bands"]["tested"]
    return {key: part for key, part in bands.items() if key != INSUFFICIENT and part["rows"] >= FEWEST}


register(band_rates, position=100)


@dataclass(frozen=True, slots=True)
class Loss:
    """An account with what losing it would cost in a year, and how much of that is to be expected."""

    state: AccountHealth
    chance: float
    span: tuple[float, float] | None
    yearly: float

    @property
    def expected(self) -> float:
        return self.chance * self.yearly

    @property
    def account(self) -> Account:
        return self.state.account


@dataclass(frozen=True, slots=True)
class Losses:
    """``rows``: largest expected loss first; ``unknown`` accounts, with ``unknown_yearly``, have no probability."""

    chances: Chances | None
    rows: list[Loss]
    unknown: int
    unknown_yearly: float

    @property
    def expected(self) -> float:
        return sum(row.expected for row in self.rows)

    @property
    def yearly(self) -> float:
        return sum(row.yearly for row in self.rows)

    def share_of(self, count: int) -> float:
        """How much of the whole expected loss the first ``count`` accounts make up (0–1)."""
        whole = self.expected
        return sum(row.expected for row in self.rows[:count]) / whole if whole else 0.0


def losses(workspace: Workspace, accounts: QuerySet[Account]) -> Losses:
    """The expected losses of these accounts. Accounts without a probability are counted, never guessed."""
    found = chances(workspace, accounts)
    known = found.by_account if found else {}
    spans = found.spans if found else {}
    rows, unknown, unknown_yearly, seen = [], 0, 0.0, set()
    for state in queries.states(workspace, accounts).select_related("account__workspace"):
        number, yearly = state.account.number, float(state.account.mrr) * MONTHS
        seen.add(number)
        if number in known:
            rows.append(Loss(state, known[number], spans.get(number), yearly))
        else:
            unknown, unknown_yearly = unknown + 1, unknown_yearly + yearly
    for number, mrr in accounts.order_by().values_list("number", "mrr"):
        if number not in seen:
            unknown, unknown_yearly = unknown + 1, unknown_yearly + float(mrr) * MONTHS
    rows.sort(key=lambda row: (-row.expected, row.account.number))
    return Losses(found, rows, unknown, unknown_yearly)


def source_words(found: Chances, language: str) -> str:
    """“rate of the account's band in back-test #3, within 90 days; last day tested 2025-12-30”."""
    words = {"source": bilingual.pick(found.words, language), "days": found.days, "day": found.as_of.isoformat()}
    return gettext("%(source)s, within %(days)s days; last day tested %(day)s") % words
