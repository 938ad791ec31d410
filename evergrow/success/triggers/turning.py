"""What a look makes of where accounts stood: who came in, who left, whose repetition or day is due. Only arrays.

Everybody in a list stands by their row key; lists are sorted and hold nobody twice. Whoever is unknown keeps the state
they had. Looking again at the same changes nothing, so that a repeated or late look makes no second firing.
"""

from dataclasses import dataclass

import numpy as np

from evergrow.success.triggers.looking import NOBODY, Ids, Seen


@dataclass(frozen=True, slots=True)
class Turned:
    """``entered`` and ``left`` change their state; ``stayed`` are members before and after."""

    entered: Ids
    left: Ids
    stayed: Ids

    @property
    def members(self) -> Ids:
        return np.union1d(self.stayed, self.entered)


def turn(before: Ids, seen: Seen) -> Turned:
    """Members before against those who are seen: in by certainty only, out only when nothing speaks for them."""
    entered = np.setdiff1d(seen.certain, before, assume_unique=True)
    left = np.setdiff1d(before, np.union1d(seen.certain, seen.possible), assume_unique=True)
    stayed = np.setdiff1d(before, left, assume_unique=True)
    return Turned(np.sort(entered), np.sort(left), np.sort(stayed))


def repetition(since_day: Ids, today: int, every: int) -> Ids:
    """Which repetition is the latest that is due, 0 on the day they came in, counted in days since 1970."""
    found: Ids = np.maximum(0, (today - since_day) // every)
    return found


def due_dates(
    keys: Ids, days: Ids, due: Ids, members: Ids, *, today: int, began: int, looked: int, existing: bool
) -> Ids:
    """Places of those whose day has come. ``keys`` have a date on ``days`` and are due on ``due``, all since 1970.

    Not before the trigger ``began``, unless existing ones fire. Whose day was before the last look (``looked``), but
    who comes to count only now, fires late as long as the date itself is ahead.
    """
    if not len(keys):
        return NOBODY
    has_come = (due <= today) & ((due >= looked) | (days >= today))
    if not existing:
        has_come &= due >= began
    else:
        has_come &= (due >= began) | (days >= today)
    return np.flatnonzero(has_come & np.isin(keys, members))
