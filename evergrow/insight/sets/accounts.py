"""At which account each person is known, kept in this process while the version of the events is the same."""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import numpy as np

from evergrow import warehouse
from evergrow.insight.funnel.people import Persons

MOST = 8  # workspaces
UNKNOWN = np.uint32(2**32 - 1)


@dataclass(frozen=True, slots=True)
class Known:
    """By the number of a person: ``account`` (0: none) where ``is_alone``, all their events being of that one.

    ``at_several``: the share of people known at several.
    """

    account: Persons
    is_alone: np.ndarray[Any, np.dtype[np.bool_]]
    at_several: float

    def place(self, places: Persons) -> Persons:
        """For each person the place of their account, given by its number; 0 for people at several or none."""
        known = np.minimum(self.account, np.uint32(len(places) - 1))
        return np.where(self.is_alone, places.take(known), np.uint32(0))


_kept: OrderedDict[int, tuple[str, Known]] = OrderedDict()
_lock = threading.Lock()


def known(workspace: int) -> Known:
    """At which account people are known now. Raises ``warehouse.StoreUnavailable``."""
    version = warehouse.version(workspace)
    found = _still(workspace, version)
    if found is not None:
        return found
    found = _read(workspace)
    if version.is_settled:
        with _lock:
            _kept[workspace] = str(version), found
            while len(_kept) > MOST:
                _kept.popitem(last=False)
    return found


def share_at_several(workspace: int) -> float:
    """Which share of people is known at several accounts. Raises ``warehouse.StoreUnavailable``."""
    found = _still(workspace, warehouse.version(workspace))
    if found is not None:
        return found.at_several
    return float(warehouse.scalar(warehouse.statement("insight", "people_at_several_accounts"), workspace=workspace))


def _still(workspace: int, version: str) -> Known | None:
    with _lock:
        told, found = _kept.get(workspace, ("", None))
        if found is None or told != version:
            return None
        _kept.move_to_end(workspace)
        return found


def forget() -> None:
    """Look at everything anew."""
    with _lock:
        _kept.clear()


def _read(workspace: int) -> Known:
    columns = warehouse.columns(warehouse.statement("insight", "people_and_accounts"), workspace=workspace)
    if not len(columns.get("person", ())):
        return Known(np.zeros(0, np.uint32), np.zeros(0, bool), 0.0)
    person = columns["person"]
    size = int(person.max()) + 1
    lowest, highest = np.full(size, UNKNOWN), np.zeros(size, np.uint32)
    np.minimum.at(lowest, person, columns["lowest"])
    np.maximum.at(highest, person, columns["highest"])
    several = int(np.count_nonzero(lowest < highest))
    return Known(lowest, lowest == highest, several / max(int(np.count_nonzero(lowest != UNKNOWN)), 1))
