"""Where accounts stand with triggers, read for many at once and written for those who moved."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

import numpy as np
from django.db.models import F

from evergrow.success.engine.bare import Among
from evergrow.success.models.triggers import TriggerState
from evergrow.success.triggers.looking import NOBODY, Ids

WRITE = 500
FIELDS = ["is_member", "since", "left_at", "spell", "turn", "next_on"]
MEMBER, LEFT = ["is_member", "since", "spell", "turn", "next_on"], ["is_member", "left_at", "next_on"]
"""What changes of a row that is there, when its account came in or has a repetition, and when it left."""


def members(triggers: Sequence[int]) -> dict[int, Ids]:
    """Row keys of the accounts that are members, sorted, by the row key of the trigger."""
    found: dict[int, Ids] = dict.fromkeys(triggers, NOBODY)
    rows = TriggerState.objects.filter(trigger__in=triggers, is_member=True)
    pairs = rows.order_by("trigger", "account").values_list("trigger_id", "account_id")
    each = np.fromiter((value for pair in pairs.iterator(chunk_size=20_000) for value in pair), np.int64)
    if not len(each):
        return found
    of, accounts = each[0::2], each[1::2]
    keys, first = np.unique(of, return_index=True)
    return found | dict(zip(keys.tolist(), np.split(accounts, first[1:]), strict=True))


def rows_of(trigger: int, accounts: Ids) -> dict[int, TriggerState]:
    """The rows of some accounts, by the account's row key; those without one are left out."""
    if not len(accounts):
        return {}
    rows = TriggerState.objects.filter(Among("account_id", accounts.tolist()), trigger=trigger)
    return {row.account_id: row for row in rows}


def due_turns(trigger: int, today: date) -> list[TriggerState]:
    """Members whose next repetition is due."""
    rows = TriggerState.objects.filter(trigger=trigger, is_member=True, next_on__lte=today)
    return list(rows.order_by("account"))


def write(rows: Iterable[TriggerState]) -> None:
    """Write states that changed: new ones at once, of those there are all that become alike with one statement.

    The caller holds the trigger's version, so that nobody else writes them meanwhile.
    """
    fresh: list[TriggerState] = []
    alike: dict[tuple[int, tuple[tuple[str, Any], ...]], list[int]] = defaultdict(list)
    for row in rows:
        if row._state.adding:
            fresh.append(row)
            continue
        names = MEMBER if row.is_member else LEFT
        alike[row.trigger_id, tuple((name, getattr(row, name)) for name in names)].append(row.pk)
    keys = ["trigger", "account"]
    TriggerState.objects.bulk_create(
        fresh, batch_size=WRITE, update_conflicts=True, unique_fields=keys, update_fields=FIELDS
    )
    for (_, values), pks in alike.items():
        TriggerState.objects.filter(Among("pk", pks)).update(**dict(values))


def note_fired(trigger: int, accounts: Sequence[int], at: datetime) -> None:
    """Count firings that were not suppressed; an account that has no row yet gets one."""
    wanted = sorted(set(accounts))
    if not wanted:
        return
    rows = TriggerState.objects.filter(Among("account_id", wanted), trigger=trigger)
    have = set(rows.values_list("account_id", flat=True))
    fresh = [TriggerState(trigger_id=trigger, account_id=key) for key in wanted if key not in have]
    TriggerState.objects.bulk_create(fresh, batch_size=WRITE, ignore_conflicts=True)
    rows.update(count=F("count") + 1, last_fired_at=at)
