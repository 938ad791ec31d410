"""One reading: the published scorecard as of a year of past days, or a model on the months it has not learned from."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from evergrow.customers.models import Account
from evergrow.health.backtest.actions import CannotTest, testable
from evergrow.health.backtest.curves import Estimate, area, z_of
from evergrow.health.backtest.looking_back import Cards, look_back
from evergrow.health.backtest.plan import Plan
from evergrow.health.backtest.verdict import LEAST
from evergrow.health.models import ScorecardVersion
from evergrow.health.risk import applying, features, outcomes, records, watching
from evergrow.health.risk.models import RiskModel
from evergrow.workspaces.models import Workspace

MOST_MONTHS = 6


@dataclass(frozen=True, slots=True)
class Found:
    """``happened`` and ``others`` are accounts; ``area`` None where either is fewer than 20."""

    first: date | None
    last: date | None
    rows: int
    happened: int
    others: int
    area: Estimate | None


def of_scorecard(workspace: Workspace, version: ScorecardVersion, day: date, plan: Plan) -> Found:
    """The default back-test of a published version as it would have been run on a day. Raises StoreUnavailable."""
    try:
        card = testable(version)
    except CannotTest:
        return _judged(None, None, np.zeros(0), np.zeros(0), np.zeros(0))
    numbers = np.array(list(Account.objects.filter(workspace=workspace).values_list("number", flat=True)), np.int64)
    rows = look_back(workspace, Cards(card, card), plan, numbers, until=day)
    rows = rows.only(~np.isnan(rows.score))
    days = plan.days(day)
    return _judged(days[0], days[-1], -rows.score, rows.happened, rows.account)


def of_model(workspace: Workspace, model: RiskModel, today: date) -> Found:
    """A model on the newest settled months after those it learned from, six at most. Raises StoreUnavailable."""
    months = unseen(model, today)
    if not months:
        return _judged(None, None, np.zeros(0), np.zeros(0), np.zeros(0))
    known, parts = records.read(workspace), []
    for month in months:
        happened = outcomes.read(model.target, known, month, model.horizon_days)
        if not len(happened.accounts):
            continue
        then = applying.apply(model.definition, known, features.observe(workspace, known, month))
        chance = then.chance[np.searchsorted(then.account, happened.accounts)]
        parts.append((chance, happened.happened, happened.accounts))
    if not parts:
        return _judged(months[0], months[-1], np.zeros(0), np.zeros(0), np.zeros(0))
    risk, outcome, accounts = (np.concatenate(each) for each in zip(*parts, strict=True))
    return _judged(months[0], months[-1], risk, outcome, accounts)


def unseen(model: RiskModel, today: date) -> list[date]:
    """The first days of the settled months after those that a model learned from, oldest first."""
    month = watching.newest_settled(model.target, model.horizon_days, today)
    last, found = date.fromisoformat(model.card["data"]["last_month"]), list[date]()
    while month > last and len(found) < MOST_MONTHS:
        found.append(month)
        month = (month - timedelta(days=1)).replace(day=1)
    return found[::-1]


def first_on(model: RiskModel) -> date:
    """The day on which the first month after those that a model learned from will be known."""
    last = date.fromisoformat(model.card["data"]["last_month"])
    following = (last + timedelta(days=32)).replace(day=1)
    return outcomes.settled(model.target, following, model.horizon_days)


def of_card(model: RiskModel) -> Found:
    """What the test before publishing found of a model: on its card."""
    data, measured = model.card["data"], model.card["measures"]
    low, high = measured["auc_interval"]
    estimate = Estimate(measured["auc"], low, high, (high - low) / (2 * z_of()))
    first, last = (date.fromisoformat(day) for day in model.card["tested"])
    happened = int(data["event_accounts"])
    return Found(first, last, int(measured.get("rows", 0)), happened, int(data["accounts"]) - happened, estimate)


def _judged(
    first: date | None, last: date | None, risk: np.ndarray, outcome: np.ndarray, accounts: np.ndarray
) -> Found:
    happened, others = (len(np.unique(accounts[outcome == each])) for each in (1, 0))
    estimate = area(risk, outcome, accounts) if min(happened, others) >= LEAST else None
    return Found(first, last, len(risk), happened, others, estimate)
