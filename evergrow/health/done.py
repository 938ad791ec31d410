"""What exceptions, overrides and the accounts below did between two snapshots of the same accounts.

The score is ``raw + exceptions + override + children``, so its change is the change of ``raw``, which ``change.py``
splits further, and the changes of the other three. Where one side's measures come to no score, there is nothing to
split: the whole change is ``unsplit``.
"""

from dataclasses import dataclass

import numpy as np

from evergrow.health.snapshots import Snapshots


@dataclass(frozen=True, slots=True)
class Done:
    """Points per account; ``exceptions``, ``override`` and ``children`` NaN where the change cannot be split."""

    exceptions: np.ndarray
    override: np.ndarray
    children: np.ndarray
    unsplit: np.ndarray

    @property
    def total(self) -> np.ndarray:
        found: np.ndarray = self.exceptions + self.override + self.children
        return found


def done_between(old: Snapshots, theirs: np.ndarray, new: Snapshots, mine: np.ndarray) -> Done:
    """From the rows ``theirs`` of an older object to the rows ``mine`` of a newer one."""
    was, now = old.raw[theirs], new.raw[mine]
    is_whole = ~np.isnan(was) & ~np.isnan(now)

    def change(name: str) -> np.ndarray:
        return np.where(is_whole, getattr(new, name)[mine] - getattr(old, name)[theirs], np.nan)

    exceptions = np.nansum(new.exceptions[mine], axis=1) - np.nansum(old.exceptions[theirs], axis=1)
    return Done(
        exceptions=np.where(is_whole, exceptions, np.nan),
        override=change("override_effect"),
        children=change("children_effect"),
        unsplit=np.where(is_whole, 0.0, new.overall[mine] - old.overall[theirs]),
    )
