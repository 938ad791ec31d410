"""What stands against a firing, and who is held out. Pure: no store, no clock.

Against it speak, in this order: that the account came back too soon, that it fired often enough, that the
playbook runs there already. Who passes all that is held out or waits to be started.
"""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from evergrow.success.models.triggers import FiringReason, FiringState
from evergrow.success.triggers.definition import Definition

BUCKETS = 10_000


@dataclass(frozen=True, slots=True)
class Candidate:
    """A firing to be judged: an account by row key and number, and which occurrence of the trigger it is.

    ``left_at`` is when it left before it came in now.
    """

    account: int
    number: int
    occurrence: str
    left_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Against:
    """What is known of a trigger's accounts: firings so far that count, who has the playbook running."""

    now: datetime
    zone: ZoneInfo
    fired: Mapping[int, int] = field(default_factory=dict)
    running: Collection[int] = ()
    salt: str = ""
    held_out_percent: float = 0.0


@dataclass(frozen=True, slots=True)
class Judged:
    candidate: Candidate
    state: FiringState
    reason: str = ""


def judge(rule: Definition, candidates: Collection[Candidate], against: Against) -> list[Judged]:
    """What becomes of each, in their order; of one account the earlier counts for the later."""
    fired = dict(against.fired)
    found = []
    for each in candidates:
        reason = _reason(rule, each, against, fired.get(each.account, 0))
        if reason:
            found.append(Judged(each, FiringState.SUPPRESSED, reason))
            continue
        fired[each.account] = fired.get(each.account, 0) + 1
        is_held = held_out(against.salt, each.number, against.held_out_percent)
        found.append(Judged(each, FiringState.HELD_OUT if is_held else FiringState.WAITING))
    return found


def _reason(rule: Definition, each: Candidate, against: Against, fired: int) -> str:
    if each.left_at and rule.reentry_days and against.now - each.left_at < timedelta(days=rule.reentry_days):
        return FiringReason.REENTRY
    if rule.most is not None and fired >= rule.most:
        return FiringReason.FREQUENCY
    if each.account in against.running:
        return FiringReason.RUNNING
    return ""


def counts_since(rule: Definition, now: datetime, zone: ZoneInfo) -> datetime | None:
    """From when on firings count against the rule's frequency, None for ever."""
    if rule.days is None:
        return None
    if not rule.is_calendar:
        return now - timedelta(days=rule.days)
    first = now.astimezone(zone).date() - timedelta(days=rule.days - 1)
    return datetime.combine(first, time(), zone)


def bucket(salt: str, number: int) -> int:
    """Where an account falls among 10,000 by the playbook's salt; the same for ever."""
    digest = hashlib.sha256(f"{salt}:{number}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % BUCKETS


def held_out(salt: str, number: int, percent: float) -> bool:
    """Whether an account belongs to the group that is held out. A larger share keeps everybody of a smaller one."""
    return percent > 0 and bucket(salt, number) < percent * BUCKETS / 100
