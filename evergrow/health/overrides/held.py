"""The overrides that count on a day, laid beside the accounts of a card."""

from collections.abc import Iterable
from datetime import date

import numpy as np

from evergrow.health.adjusting import Adjusted, Held
from evergrow.health.card import Card
from evergrow.health.models import EndReason, Override, OverrideMode, OverrideState
from evergrow.health.overrides.actions import end
from evergrow.workspaces.models import Workspace


def counting(workspace: Workspace, day: date) -> list[Override]:
    """Those in force on a day, past or present."""
    rows = Override.objects.filter(workspace=workspace, starts_on__lte=day, until__gte=day)
    return [each for each in rows.select_related("account", "workspace").order_by("pk") if each.counts_on(day)]


def beside(accounts: np.ndarray, card: Card, overrides: Iterable[Override]) -> Held:
    """The overrides of these accounts; one of a group that the card has not waits until it has."""
    held = Held.nothing(len(accounts), card)
    for override in overrides:
        row = int(np.searchsorted(accounts, override.account.number))
        if row < len(accounts) and accounts[row] == override.account.number and override.target in card.targets:
            place = card.targets.index(override.target)
            held.values[row, place], held.ids[row, place] = override.value, override.pk
    return held


def let_yield(
    accounts: np.ndarray, card: Card, overrides: Iterable[Override], done: Adjusted, today: date
) -> list[Override]:
    """End those that give way to newer data and whose score beneath has moved; the ones that ended.

    Moved means by more than what the card counts as steady, since the first computation that saw the override.
    """
    ended = []
    for override in overrides:
        row = int(np.searchsorted(accounts, override.account.number))
        is_here = row < len(accounts) and accounts[row] == override.account.number
        is_open = override.mode == OverrideMode.YIELD and override.state == OverrideState.APPROVED
        if not (is_here and is_open and override.target in card.targets):
            continue
        beneath = float(done.beneath[row, card.targets.index(override.target)])
        if np.isnan(beneath):
            continue
        if override.baseline is None:
            override.baseline = beneath
            override.save(update_fields=["baseline"])
        elif abs(beneath - override.baseline) > card.trend_epsilon:
            end(override=override, why=EndReason.YIELDED, on=today, by=None)
            ended.append(override)
    return ended
