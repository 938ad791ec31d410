"""A customer slipped into a worse health band."""

import math
from datetime import timedelta

from evergrow.customers.models import Account
from evergrow.health.models import AccountHealth
from evergrow.health.queries import BandMove, band_moves
from evergrow.lib import numerals
from evergrow.success.models import Severity
from evergrow.success.rules.finding import EN, Finding, Seen, Text, Watch, health_of, standing, text, unscored

DAYS = 7
LEAST_FALL = 3.0  # points; a smaller step over a band's edge is noise
WORDS = {"risk": text("风险", "At risk"), "watch": text("关注", "Watch"), "healthy": text("健康", "Healthy")}


def fell(watch: Watch) -> Seen:
    """Falls of the last week, and open ones that have not come back to healthy since."""
    moves = {m.account: m for m in band_moves(watch.workspace, watch.today - timedelta(days=DAYS), watch.today)}
    found = []
    for pk, account in watch.accounts.items():
        move, state = moves.get(pk), health_of(account)
        if state is None:
            continue
        is_new = move is not None and _is_real(move) and state.band == move.after
        if is_new or (pk in watch.open and state.band in ("risk", "watch")):
            found.append(_finding(watch, account, state, move if is_new else None))
    return Seen(found, unscored(watch.accounts.values()))


def _is_real(move: BandMove) -> bool:
    return move.fell and not move.is_new_card and move.score_before - move.score_after >= LEAST_FALL


def _finding(watch: Watch, account: Account, state: AccountHealth, move: BandMove | None) -> Finding:
    severity = Severity.HIGH if state.band == "risk" else Severity.MEDIUM
    band = WORDS[state.band]
    reason = text(f"健康度降为“{band['zh']}”", f"Health fell to “{band['en']}”")
    evidence = [_fall(state, move), *why(state), *standing(account, watch.today)]
    return Finding(account.pk, severity, reason, evidence)


def why(state: AccountHealth) -> list[Text]:
    """The two reasons that matter most behind a score."""
    return [text(reason["zh"], reason["en"]) for reason in state.reasons[:2]]


def whole(score: float | None) -> str:
    """A score as pages show it: rounded down, so that 49.6 does not read as the next band."""
    return numerals.number(None if score is None else math.floor(score), EN)


def _fall(state: AccountHealth, move: BandMove | None) -> Text:
    if move is None:
        shown = whole(state.score)
        return text(f"现在 {shown} 分", f"now {shown} points")
    before, after = map(whole, (move.score_before, move.score_after))
    return text(f"7 天内 {before} → {after} 分", f"{before} → {after} points in 7 days")
