"""Who turned out to be whom, in memory."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from evergrow.customers.segments import canon

Persons = np.ndarray[Any, np.dtype[np.uint32]]


@dataclass(frozen=True)
class People:
    """People ``before``, ascending, who are ``now`` others."""

    before: Persons
    now: Persons

    @classmethod
    def load(cls, workspace: int) -> "People":
        """As merges stand at this moment."""
        merges = canon.read(workspace, "person")
        return cls(merges.before, merges.after)

    def joined(self, people: Persons) -> Persons:
        """Who these people are now."""
        if not len(self.before) or not len(people):
            return people
        table = np.arange(max(int(self.before[-1]), int(people.max())) + 1, dtype=np.uint32)
        table[self.before] = self.now
        return table[people]

    def is_same_as(self, other: "People") -> bool:
        """Whether the same people are joined."""
        return self is other or (np.array_equal(self.before, other.before) and np.array_equal(self.now, other.now))

    def moved_since(self, earlier: "People") -> dict[int, int] | None:
        """Who was one person and is another one now; None where one person's numbers now belong to several."""
        global _moved
        now, was, moved = _moved
        if now is not self or was is not earlier:
            moved = self._moved_since(earlier)
            _moved = self, earlier, moved
        return moved

    def _moved_since(self, earlier: "People") -> dict[int, int] | None:
        if self.is_same_as(earlier):
            return {}
        was, now = (dict(zip(each.before.tolist(), each.now.tolist(), strict=True)) for each in (earlier, self))
        moved: dict[int, int] = {}
        for number in {*was, *now, *was.values()}:
            old, new = was.get(number, number), now.get(number, number)
            if moved.setdefault(old, new) != new:
                return None
        return {old: new for old, new in moved.items() if old != new}


# What was found last: it is asked for each of many spans of days
_moved: tuple[People | None, People | None, dict[int, int] | None] = None, None, None
_known: dict[int, tuple[str, People]] = {}


def current(workspace: int, mark: str = "") -> People:
    """As merges stand at this moment; the same object while they stand the same.

    ``mark`` is another one whenever they may stand otherwise; without one they are read.
    """
    told, known = _known.get(workspace, ("", None))
    if known is not None and mark and told == mark:
        return known
    found = People.load(workspace)
    if known is None or not found.is_same_as(known):
        known = found
    _known[workspace] = mark, known
    return known
