"""Where accounts stand with triggers, read for many at once and written for those who moved."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

import numpy as np
from django.db.models import F

from evergrow.lib.batches import batched
from evergrow.success.models.triggers import TriggerState
from evergrow.success.triggers.looking import NOBODY, Ids

ASK, WRITE = 900, 500
FIELDS = ["is_member", "since", "left_at", "spell", "turn", "next_on"]


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
    found: dict[int, TriggerState] = {}
    for part in batched(accounts.tolist(), ASK):
        rows = TriggerState.objects.filter(trigger=trigger, account__in=part)
        found |= {row.account_id: row for row in rows}
    return found


def due_turns(trigger: int, today: date) -> list[TriggerState]:
    """Members whose next repetition is due."""
    rows = TriggerState.objects.filter(trigger=trigger, is_member=True, next_on__lte=today)
    return list(rows.order_by("account"))


def write(rows: Iterable[TriggerState]) -> None:
    """Write states that changed, old and new ones, as one insert that updates what is there: many at once are quick."""
    made = [
        TriggerState(
            trigger_id=row.trigger_id, account_id=row.account_id, **{name: getattr(row, name) for name in FIELDS}
        )
        for row in rows
    ]
    keys = ["trigger", "account"]
    TriggerState.objects.bulk_create(
        made, batch_size=WRITE, update_conflicts=True, unique_fields=keys, update_fields=FIELDS
    )


def note_fired(trigger: int, accounts: Sequence[int], at: datetime) -> None:
    """Count firings that were not suppressed; an account that has no row yet gets one."""
    wanted = np.array(sorted(set(accounts)), np.int64)
    have = rows_of(trigger, wanted)
    fresh = [TriggerState(trigger_id=trigger, account_id=key) for key in wanted.tolist() if key not in have]
    TriggerState.objects.bulk_create(fresh, batch_size=WRITE, ignore_conflicts=True)
    for part in batched(wanted.tolist(), ASK):
        rows = TriggerState.objects.filter(trigger=trigger, account__in=part)
        rows.update(count=F("count") + 1, last_fired_at=at)
