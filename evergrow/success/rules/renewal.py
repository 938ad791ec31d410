"""A renewal comes near while the customer is not well."""

from datetime import date

from evergrow.customers.models import Account
from evergrow.health.models import AccountHealth
from evergrow.lib import numerals
from evergrow.success.models import Severity
from evergrow.success.rules.finding import EN, ZH, Finding, Seen, Watch, health_of, text, unscored
from evergrow.success.rules.health import WORDS, whole, why

FARTHEST = 90
NEAREST = 30


def near(watch: Watch) -> Seen:
    """One finding per renewal date; it grows more severe at 60 and 30 days."""
    farthest, found = watch.days("days", FARTHEST), []
    for account in watch.accounts.values():
        state, day = health_of(account), account.renews_on
        if state is None or state.band not in ("risk", "watch") or day is None:
            continue
        if 0 <= (day - watch.today).days <= farthest:
            found.append(_finding(account, state, day, (day - watch.today).days))
    return Seen(found, unscored(watch.accounts.values()))


def _finding(account: Account, state: AccountHealth, day: date, days: int) -> Finding:
    band, score = WORDS[state.band], whole(state.score)
    currency = account.workspace.currency
    money = [numerals.short_money(account.mrr * 12, currency, language) for language in (ZH, EN)]
    evidence = [
        text(f"健康度 {band['zh']} {score} 分", f"health {band['en'].lower()}, {score} points"),
        text(f"年收入 {money[0]} 待续", f"{money[1]} a year to renew"),
        *why(state),
    ]
    reason = text(f"{_chinese(days)}续约，健康度为“{band['zh']}”", f"Renews {_english(days)}, health is “{band['en']}”")
    return Finding(account.pk, _severity(days, state.band), reason, evidence, part=day.isoformat())


def _chinese(days: int) -> str:
    return {0: "今天", 1: "明天"}.get(days, f"{days} 天后")


def _english(days: int) -> str:
    return {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")


def _severity(days: int, band: str) -> int:
    if days <= NEAREST:
        return Severity.HIGH
    if days <= 60:
        return Severity.HIGH if band == "risk" else Severity.MEDIUM
    return Severity.MEDIUM if band == "risk" else Severity.LOW
