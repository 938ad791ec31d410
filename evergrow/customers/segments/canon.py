"""Which number a subject has now: numbers of merged people and accounts lead to the one they belong to."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from evergrow import warehouse
from evergrow.customers.models import Account

Numbers = np.ndarray[Any, Any]
NOBODY: Numbers = np.empty(0, np.uint32)


@dataclass(frozen=True, slots=True)
class Canon:
    """The merges of a workspace: ``before`` (sorted) became ``after``."""

    before: Numbers
    after: Numbers

    def of(self, numbers: Numbers) -> Numbers:
        """These subjects under the numbers they have now, each once, sorted."""
        return np.unique(self.each(numbers))

    def each(self, numbers: Numbers) -> Numbers:
        """Every one of these numbers as it is now, in the same places."""
        numbers = np.asarray(numbers, np.uint32)
        if not len(self.before) or not len(numbers):
            return numbers
        place = np.minimum(np.searchsorted(self.before, numbers), len(self.before) - 1)
        return np.where(self.before[place] == numbers, self.after[place], numbers).astype(np.uint32)

    def behind(self, number: int) -> list[int]:
        """Every number that means this subject now."""
        return [number, *self.before[self.after == number].tolist()]


NONE = Canon(NOBODY, NOBODY)


def read(workspace_id: int, kind: str) -> Canon:
    """The merges of people as the event store knows them, or those of accounts."""
    if kind != "person":
        return _of_accounts(workspace_id)
    found = warehouse.columns(warehouse.statement("customers", "merged_people"), workspace_id=workspace_id)
    if not found:
        return NONE
    return Canon(found["from_person"].astype(np.uint32), found["now_person"].astype(np.uint32))


def _of_accounts(workspace_id: int) -> Canon:
    merged = Account.everyone.filter(workspace_id=workspace_id).exclude(merged_into=None).order_by("number")
    pairs = list(merged.values_list("number", "merged_into__number"))
    if not pairs:
        return NONE
    before, after = zip(*pairs, strict=True)
    return Canon(np.array(before, np.uint32), np.array(after, np.uint32))
