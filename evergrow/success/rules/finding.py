"""What a rule looks at and what it may find."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from evergrow.customers.models import Account
from evergrow.health.models import AccountHealth
from evergrow.lib import numerals
from evergrow.success.models import SignalKind
from evergrow.workspaces.models import Workspace

Text = dict[str, str]
ZH, EN = "zh-hans", "en"


@dataclass(frozen=True, slots=True)
class Watch:
    """The customers of a workspace on a day, by id, each with ``health_state``; ``open`` ones have such a signal."""

    workspace: Workspace
    today: date
    accounts: Mapping[int, Account]
    open: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule's condition holds for an account, or for a source: then ``account`` is None and ``source`` its key's id.

    ``part`` tells apart what may happen to it twice (a renewal date, an event).
    """

    account: int | None
    severity: int
    reason: Text
    evidence: list[Text]
    part: str = ""
    source: int | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """All findings of a rule. ``unknown`` accounts (or sources) could not be judged: their signals stay as they are."""

    found: list[Finding] = field(default_factory=list)
    unknown: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Rule:
    """When a kind of signal is raised, how long it stays away after it was closed, and when it passes by itself.

    ``clear_after``: on how many daily evaluations in a row the condition must be false; 0: it passes at once, worked on
    or not, as rules about sources do, which are evaluated every few minutes. ``says`` is the rule in words.
    """

    kind: SignalKind
    version: int
    look: Callable[[Watch], Seen]
    says: Text
    cool_down_days: int = 14
    false_positive_days: int = 60
    clear_after: int = 3


def text(zh: str, en: str) -> Text:
    return {"zh": zh, "en": en}


def standing(account: Account, today: date) -> list[Text]:
    """What is at stake: monthly revenue and the renewal date."""
    currency = account.workspace.currency
    lines = [text(*(f"MRR {numerals.short_money(account.mrr, currency, language)}" for language in (ZH, EN)))]
    if account.renews_on is not None and account.renews_on >= today:
        days = (account.renews_on - today).days
        lines.append(text(f"{days} 天后续约", f"renews in {days} days"))
    return lines


def unscored(accounts: Iterable[Account]) -> frozenset[int]:
    """The accounts whose health is not known: never scored, or on too little data."""
    return frozenset(account.pk for account in accounts if band_of(account) not in ("risk", "watch", "healthy"))


def band_of(account: Account) -> str:
    """The account's health band now, "" where it was never scored."""
    state = health_of(account)
    return state.band if state else ""


def health_of(account: Account) -> AccountHealth | None:
    """The account's health now, None where it was never scored."""
    return getattr(account, "health_state", None)
