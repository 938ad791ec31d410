"""The rank of an item in the list of the day: a stated formula over dates, money, health, severity and effort.

    rank = (urgency + money + health + severity) ÷ (1 + 5% for each point of effort beyond the first)

- Urgency, 0–40: 30 when due today, 2 more for each working day overdue up to 40, 3 less for each working day that is
  left; 6 without a date.
- Money, 0–40: (25 + 15 × nearness) × MRR ÷ (MRR + typical MRR). Typical is the median of the paying accounts, so half
  of the weight goes to an account like that. Nearness is 1 on the day of the renewal, or when it has passed, and
  falls to 0 at 90 days.
- Health, 0–12: at risk 12, watch 6, insufficient 3, else 0.
- Severity, 0–8: high 8, medium 4, low 0; for tasks their priority.

What is pinned comes first, last pinned last. Equal ranks: the earlier date, then the larger MRR.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache

from evergrow.lib import workdays

DUE_TODAY, PER_LATE_DAY, MOST_URGENT, PER_DAY_LEFT, UNDATED = 30.0, 2.0, 40.0, 3.0, 6.0
MONEY, RENEWAL, RENEWAL_DAYS = 25.0, 15.0, 90
HEALTH = {"risk": 12.0, "watch": 6.0, "insufficient": 3.0}
SEVERITY = {3: 8.0, 2: 4.0}
PER_POINT = 0.05
FAR = timedelta(days=40)
PARTS = ("urgency", "money", "health", "severity")
Days = Callable[[date], int]


@dataclass(frozen=True, slots=True)
class Fact:
    """What is known of an item before its row is read: enough to rank it.

    ``severity`` is 3 high, 2 medium, 1 low, 0 unknown; ``points`` the effort. ``account`` is a primary key, ``name``
    of what the item is grouped under when it is about no account.
    """

    key: str
    due_on: date | None = None
    account: int | None = None
    mrr: float = 0.0
    band: str = ""
    renews_on: date | None = None
    severity: int = 0
    points: float = 1.0


@dataclass(frozen=True, slots=True)
class Ranked:
    """An item with the parts of its rank."""

    fact: Fact
    parts: Mapping[str, float]
    effort: float
    pinned_at: datetime | None = None
    skipped_at: datetime | None = None

    @property
    def score(self) -> float:
        return sum(self.parts.values()) / self.effort

    @property
    def key(self) -> str:
        return self.fact.key

    @property
    def is_pinned(self) -> bool:
        return self.pinned_at is not None


@dataclass(frozen=True, slots=True)
class Scale:
    """Against what an item is measured: the day, the working calendar, the MRR of a typical account."""

    today: date
    calendar: workdays.AnyCalendar
    typical: float
    days: Days = field(repr=False)


def scale(today: date, calendar: workdays.AnyCalendar, typical: float) -> Scale:
    """``typical`` in the workspace's currency; nothing below 1, so that shares stay defined."""

    @lru_cache(maxsize=512)
    def days(day: date) -> int:
        return workdays.between(today, day, calendar)

    return Scale(today, calendar, max(typical, 1.0), days)


def urgency(due_on: date | None, by: Scale) -> float:
    """0–40 by working days."""
    if due_on is None:
        return UNDATED
    if due_on > by.today + FAR:
        return 0.0
    if due_on < by.today - FAR:
        return MOST_URGENT
    left = by.days(due_on)
    if left < 0:
        return min(MOST_URGENT, DUE_TODAY - PER_LATE_DAY * left)
    return max(0.0, DUE_TODAY - PER_DAY_LEFT * left)


def nearness(renews_on: date | None, today: date) -> float:
    """1 on the day of the renewal or after it, 0 from 90 days before it on."""
    if renews_on is None:
        return 0.0
    days = max(0, (renews_on - today).days)
    return max(0.0, 1 - days / RENEWAL_DAYS)


def money(fact: Fact, by: Scale) -> float:
    """0–40 by the account's revenue and how near its renewal is."""
    share = fact.mrr / (fact.mrr + by.typical) if fact.mrr > 0 else 0.0
    return (MONEY + RENEWAL * nearness(fact.renews_on, by.today)) * share


def rank(fact: Fact, by: Scale, *, pinned_at: datetime | None = None, skipped_at: datetime | None = None) -> Ranked:
    """The item with its parts."""
    parts = {
        "urgency": urgency(fact.due_on, by),
        "money": money(fact, by),
        "health": HEALTH.get(fact.band, 0.0),
        "severity": SEVERITY.get(fact.severity, 0.0),
    }
    return Ranked(fact, parts, 1 + PER_POINT * max(0.0, fact.points - 1), pinned_at, skipped_at)


def ordered(items: Iterable[Ranked]) -> list[Ranked]:
    """Pinned ones in the order they were pinned, then by rank."""
    return sorted(items, key=_place)


def _place(item: Ranked) -> tuple[bool, float, float, date, float, str]:
    pinned = item.pinned_at.timestamp() if item.pinned_at else 0.0
    fact = item.fact
    return (not item.is_pinned, pinned, -round(item.score, 6), fact.due_on or date.max, -fact.mrr, fact.key)
