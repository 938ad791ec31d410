"""When a move between tiers takes effect: pure functions of days, so that a bad week moves nobody to and fro.

The rule speaks every day. A streak is the number of days in a row on which it named a tier, or one further in the same
direction: an account that met VIP for five days and Strategic for two has been "at least VIP" for seven. A move takes
effect once a streak is as long as the scheme's wait for that direction, to the tier furthest away that has waited long
enough; or, for a wait "at the review", on the next review date, to the tier the rule names that day.

A night on which nothing could be computed neither breaks nor shortens a streak: it runs by dates, and the rule counts
as saying what it says before and after the gap.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from evergrow.customers.tiers.scheme import Reviews, Scheme, Wait


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an account stands: its tier, since when each other tier has been named, and the last day it was judged."""

    tier: str
    streaks: Mapping[str, str]
    checked_on: date | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a day's rule comes to. ``pending`` is what would happen next, from ``since``, taking effect ``on``."""

    tier: str
    streaks: dict[str, str]
    pending: str = ""
    since: date | None = None
    on: date | None = None

    def has_moved(self, before: str) -> bool:
        return self.tier != before


def allowed(scheme: Scheme, current: str, firm: str, possible: Sequence[str]) -> str:
    """The tier the rule names, given that what is not known must not make an account fall.

    ``firm`` is the first tier from the top whose rule holds; ``possible`` the tiers whose rule holds or cannot be
    decided for want of data. An account falls only past tiers whose rule surely fails: it stops at the first possible
    one at or below where it stands.
    """
    rank, here = scheme.rank, scheme.rank.get(current, len(scheme.tiers))
    if rank[firm] <= here:
        return firm
    open_ones = [key for key in possible if here <= rank[key] < rank[firm]]
    return min(open_ones, key=rank.__getitem__, default=firm)


def judge(scheme: Scheme, standing: Standing, ruled: str, today: date) -> Verdict:
    """What takes effect today, and what waits. The same day twice gives the same verdict."""
    here, rank = standing.tier, scheme.rank
    if here not in rank:  # its tier was taken out of the scheme: the rule counts at once
        return Verdict(ruled, {})
    streaks = _streaks(scheme, standing, ruled, today)
    if ruled == here:
        return Verdict(here, streaks)
    up = rank[ruled] < rank[here]
    wait = scheme.up if up else scheme.down
    if wait.at_review:
        return _at_review(scheme, standing, ruled, streaks, today)
    ripe = [key for key, since in streaks.items() if _ripe_on(since, wait) <= today]
    if ripe:
        target = (min if up else max)(ripe, key=rank.__getitem__)
        return _moved(scheme, target, ruled, streaks, today)
    return _waiting(streaks, ruled, wait, here)


def _waiting(streaks: dict[str, str], ruled: str, wait: Wait, here: str) -> Verdict:
    first = min(streaks, key=lambda key: (streaks[key], key != ruled))
    since = date.fromisoformat(streaks[first])
    return Verdict(here, streaks, first, since, _ripe_on(streaks[first], wait))


def _streaks(scheme: Scheme, standing: Standing, ruled: str, today: date) -> dict[str, str]:
    """Since when the rule has named each tier on the way to ``ruled``, or one beyond it; the others begin anew."""
    rank, here = scheme.rank, scheme.rank[standing.tier]
    there = rank[ruled]
    passed = [key for key, place in rank.items() if here > place >= there or here < place <= there]
    return {key: standing.streaks.get(key, today.isoformat()) for key in passed}


def _ripe_on(since: str, wait: Wait) -> date:
    return date.fromisoformat(since) + timedelta(days=wait.days)


def _at_review(scheme: Scheme, standing: Standing, ruled: str, streaks: dict[str, str], today: date) -> Verdict:
    """On a review date the rule counts as it is; one that fell into a gap is made up for."""
    since = date.fromisoformat(streaks[ruled])
    due = last_review(scheme.reviews, today)
    if due == today or (standing.checked_on is not None and standing.checked_on < due and since < due):
        return _moved(scheme, ruled, ruled, streaks, today)
    return Verdict(standing.tier, streaks, ruled, since, next_review(scheme.reviews, today))


def _moved(scheme: Scheme, target: str, ruled: str, streaks: dict[str, str], today: date) -> Verdict:
    """The account stands in ``target`` now; what lies beyond it keeps its streak and goes on waiting."""
    beyond = Standing(target, streaks)
    left = _streaks(scheme, beyond, ruled, today)
    if not left:
        return Verdict(target, {})
    wait = scheme.up if scheme.rank[ruled] < scheme.rank[target] else scheme.down
    waiting = _waiting(left, ruled, wait, target)
    return Verdict(target, left, waiting.pending, waiting.since, waiting.on)


def last_review(reviews: Reviews, today: date) -> date:
    """The latest review date that is not after ``today``."""
    days = _around(reviews, today.year)
    return max(day for day in days if day <= today)


def next_review(reviews: Reviews, today: date) -> date:
    """The first review date after ``today``."""
    return min(day for day in _around(reviews, today.year) if day > today)


def _around(reviews: Reviews, year: int) -> list[date]:
    return [date(y, month, reviews.day) for y in (year - 1, year, year + 1) for month in reviews.months]
