"""A customer slipped into a worse health band, and stays there.

A fall counts once it is settled (``health/settling.py``): clearly below the band's edge, or seen twice in a row; a
signal ends only in the band "healthy". So a score that swings about an edge raises nothing over and over.
"""

import math
from datetime import timedelta

from evergrow.customers.models import Account
from evergrow.health.models import AccountHealth
from evergrow.health.queries import BandMove
from evergrow.health.settling import settled_falls
from evergrow.lib import numerals
from evergrow.success.models import Severity
from evergrow.success.rules.finding import EN, Finding, Seen, Text, Watch, health_of, standing, text, unscored

DAYS = 7
WORDS = {"risk": text("风险", "At risk"), "watch": text("关注", "Watch"), "healthy": text("健康", "Healthy")}


def fell(watch: Watch) -> Seen:
    """Falls of the last week (or so many days), and open ones that have not come back to healthy since."""
    days = watch.days("days", DAYS)
    falls = settled_falls(watch.workspace, watch.today - timedelta(days=days), watch.today)
    moves = {move.account: move for move in falls}
    found = []
    for pk, account in watch.accounts.items():
        move, state = moves.get(pk), health_of(account)
        if state is None:
            continue
        is_new = move is not None and state.band == move.after
        if is_new or (pk in watch.open and state.band in ("risk", "watch")):
            found.append(_finding(watch, account, state, move if is_new else None, days))
    return Seen(found, unscored(watch.accounts.values()))


def _finding(watch: Watch, account: Account, state: AccountHealth, move: BandMove | None, days: int) -> Finding:
    severity = Severity.HIGH if state.band == "risk" else Severity.MEDIUM
    band = WORDS[state.band]
    reason = text(f"健康度降为“{band['zh']}”", f"Health fell to “{band['en']}”")
    evidence = [_fall(state, move, days), *why(state), *standing(account, watch.today)]
    return Finding(account.pk, severity, reason, evidence)


def why(state: AccountHealth) -> list[Text]:
    """The two reasons that matter most behind a score."""
    return [text(reason["zh"], reason["en"]) for reason in state.reasons[:2]]


def whole(score: float | None) -> str:
    """A score as pages show it: rounded down, so that 49.6 does not read as the next band."""
    return numerals.number(None if score is None else math.floor(score), EN)


def _fall(state: AccountHealth, move: BandMove | None, days: int) -> Text:
    if move is None:
        shown = whole(state.score)
        return text(f"现在 {shown} 分", f"now {shown} points")
    before, after = map(whole, (move.score_before, move.score_after))
    return text(f"{days} 天内 {before} → {after} 分", f"{before} → {after} points in {days} days")
