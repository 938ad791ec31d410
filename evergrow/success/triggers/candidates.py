"""Which firings a look brings about, and how the states change by it: one function a kind of trigger."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import numpy as np

from evergrow.success.models.triggers import TriggerKind, TriggerState, TriggerVersion
from evergrow.success.triggers import looking, states, turning
from evergrow.success.triggers.definition import Definition
from evergrow.success.triggers.judging import Candidate
from evergrow.success.triggers.looking import EPOCH, FRESH, Accounts, Ids, Seen
from evergrow.workspaces.models import Workspace


@dataclass(frozen=True, slots=True)
class Look:
    """One look of a trigger. ``before`` may be older than what the store holds by now; rows are read again."""

    workspace: Workspace
    version: TriggerVersion
    rule: Definition
    accounts: Accounts
    before: Ids
    seen: Seen
    now: datetime

    @property
    def is_first(self) -> bool:
        return self.version.began_at is None

    @property
    def fires_existing(self) -> bool:
        """Whether who meets the criteria at the first look fires."""
        return bool(self.rule.existing)

    @property
    def today(self) -> int:
        return (self.now.astimezone(self.workspace.tz).date() - EPOCH).days

    def day(self, moment: datetime | None) -> int:
        """The day of a moment, since 1970; today without one."""
        return self.today if moment is None else (moment.astimezone(self.workspace.tz).date() - EPOCH).days


@dataclass(slots=True)
class Found:
    """Candidates in the order of their accounts, states that change, and how many are members now."""

    candidates: list[Candidate] = field(default_factory=list)
    changed: list[TriggerState] = field(default_factory=list)
    members: int = 0


def find(look: Look) -> Found:
    """What the look brings about. Nothing is written."""
    return _OF_KIND[look.rule.kind](look)


def _membership(look: Look) -> tuple[Found, list[TriggerState], list[TriggerState]]:
    """Who came in and who left, with their rows as they become. Somebody else's newer rows are left alone."""
    turned = turning.turn(look.before, look.seen)
    rows = states.rows_of(look.version.trigger_id, np.concatenate([turned.entered, turned.left]))
    entered, left = [], []
    for key in turned.entered.tolist():
        row = rows.get(key) or TriggerState(trigger_id=look.version.trigger_id, account_id=key)
        if not row.is_member:
            row.is_member, row.since, row.spell, row.turn = True, look.now, row.spell + 1, -1
            row.next_on = None
            entered.append(row)
    for key in turned.left.tolist():
        gone = rows.get(key)
        if gone is not None and gone.is_member:
            gone.is_member, gone.left_at, gone.next_on = False, look.now, None
            left.append(gone)
    return Found(changed=[*entered, *left], members=len(turned.members)), entered, left


def _candidate(look: Look, row: TriggerState, occurrence: str) -> Candidate:
    return Candidate(row.account_id, look.accounts.number(row.account_id), occurrence, row.left_at)


def _enter(look: Look) -> Found:
    found, entered, _left = _membership(look)
    if not look.is_first or look.fires_existing:
        found.candidates = [_candidate(look, row, f"enter:{row.spell}") for row in entered]
    return found


def _exit(look: Look) -> Found:
    found, _entered, left = _membership(look)
    # When it left before this time does not matter here: it has only just left.
    gone = [(row, look.accounts.number(row.account_id)) for row in left]
    found.candidates = [Candidate(row.account_id, number, f"exit:{row.spell}") for row, number in gone if number]
    return found


def _while(look: Look) -> Found:
    found, entered, left = _membership(look)
    fires_now = not look.is_first or look.fires_existing
    gone = {row.account_id for row in left}
    due = [row for row in states.due_turns(look.version.trigger_id, _date(look.today)) if row.account_id not in gone]
    for row in entered:
        row.turn, row.next_on = 0, _date(look.today + look.rule.every_days)
    for row in due:
        since = look.day(row.since)
        row.turn = int(turning.repetition(np.array([since]), look.today, look.rule.every_days)[0])
        row.next_on = _date(since + (row.turn + 1) * look.rule.every_days)
    turns = [*(entered if fires_now else []), *due]
    turns.sort(key=lambda row: row.account_id)
    found.candidates = [_candidate(look, row, f"while:{row.spell}:{row.turn}") for row in turns]
    found.changed = [*found.changed, *due]
    return found


def _dated(look: Look) -> Found:
    keys, days = looking.dates(look.workspace, look.rule.trait, look.accounts)
    due = looking.due_days(look.rule, days, look.workspace.workdays)
    places = turning.due_dates(
        keys,
        days,
        due,
        look.seen.certain,
        today=look.today,
        began=look.day(look.version.began_at),
        looked=look.day(look.version.looked_at),
        existing=look.fires_existing,
    )
    firing = [(int(keys[place]), f"date:{_date(int(days[place]))}") for place in places]
    return _momentary(look, firing)


def _event(look: Look) -> Found:
    fresh = look.now - FRESH
    began = look.version.began_at or look.now
    since = fresh if look.fires_existing else max(fresh, began)
    keys, days = looking.happenings(look.workspace, look.rule, look.accounts, since)
    meets = np.isin(keys, look.seen.certain)
    firing = [(int(key), f"event:{_date(int(day))}") for key, day in zip(keys[meets], days[meets], strict=True)]
    return _momentary(look, firing)


def _momentary(look: Look, firing: list[tuple[int, str]]) -> Found:
    """Firings of those who are in no state between one and the next."""
    made = [Candidate(key, look.accounts.number(key), occurrence) for key, occurrence in sorted(firing)]
    return Found(made, members=len(look.seen.certain))


def _date(day: int) -> date:
    return EPOCH + timedelta(days=day)


_OF_KIND: dict[str, Callable[[Look], Found]] = {
    TriggerKind.ENTER: _enter,
    TriggerKind.EXIT: _exit,
    TriggerKind.WHILE: _while,
    TriggerKind.DATE: _dated,
    TriggerKind.EVENT: _event,
}
