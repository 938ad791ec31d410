"""Whose value changed, and who has gone silent: by number, with the facts that a signal's sentence can name."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from evergrow import warehouse
from evergrow.customers import last_contact
from evergrow.customers.models import Account, Person
from evergrow.lib import workdays
from evergrow.success.signals import watching
from evergrow.success.signals.definition import Change, Silence
from evergrow.workspaces.models import Workspace

Facts = dict[str, Any]
FRESH_DAYS = 3
LOOK_BACK = timedelta(days=730)


@dataclass(frozen=True, slots=True)
class Happened:
    """To whom it happened, by number, with facts; ``unknown`` could not be judged, and nobody where ``is_blind``."""

    to: dict[int, Facts] = field(default_factory=dict)
    unknown: frozenset[int] = frozenset()
    is_blind: bool = False


def changed(workspace: Workspace, kind: str, change: Change, meant: Collection[int], today: date) -> Happened:
    """Who of ``meant`` has another value than so many days ago. No value then or now is no change, but unknown."""
    if change.event:
        return _counts_changed(workspace, kind, change, meant, today)
    values = watching.now(workspace, kind, change.trait)
    before = watching.then(workspace, kind, change.trait, today - timedelta(days=change.days))
    found, unknown = {}, set()
    for number in meant:
        old, new = before.get(number), values.get(number)
        if old is None or new is None:
            unknown.add(number)
        elif change.how == "to":
            if _went(change, old.text, new.text):
                found[number] = {"before": old.text, "now": new.text, "days": change.days}
        elif old.number is None or new.number is None:
            unknown.add(number)
        elif (share := moved(change, old.number, new.number)) is not None:
            found[number] = _number_facts(change, old.number, new.number, share)
    return Happened(found, frozenset(unknown))


def moved(change: Change, before: float, now: float) -> float | None:
    """By what share of itself a number fell or rose, where that is enough; a change from 0 is none."""
    if before <= 0:
        return None
    share = (before - now) / before if change.how == "fell" else (now - before) / before
    return share if share * 100 >= change.percent - 1e-9 else None


def silent(workspace: Workspace, kind: str, silence: Silence, meant: Collection[int], today: date) -> Happened:
    """Who of ``meant`` has been silent for so long. While nobody's events arrive at all, nothing is judged."""
    if silence.what == "contact":
        return _without_contact(workspace, silence, meant, today)
    if not _is_fresh(workspace, today):
        return Happened(is_blind=True)
    last, found = _last_days(workspace, kind, silence.event, today), {}
    known = {} if silence.only_after else _known_since(workspace, kind, set(meant) - last.keys())
    for number in meant:
        day = last.get(number)
        since = day or known.get(number)
        if since is not None and (days := _length(workspace, silence, since, today)) >= silence.n:
            found[number] = {"days": days, "last": day}
    return Happened(found)


def _last_days(workspace: Workspace, kind: str, event: str, today: date) -> dict[int, date]:
    """The last day of an event (“*”: of any) for everybody who did it within two years, by number."""
    sql = "event_last_days" if kind == "account" else "event_last_days_of_people"
    rows = warehouse.rows(
        warehouse.statement("success", sql),
        workspace_id=workspace.pk,
        event=event,
        since=today - LOOK_BACK,
        today=today,
    )
    return {number: _day(day) for number, day in rows}


def _known_since(workspace: Workspace, kind: str, numbers: Collection[int]) -> dict[int, date]:
    """The day on which each came to be known here: nobody was silent before."""
    model: Any = Account if kind == "account" else Person
    rows = model.objects.filter(workspace=workspace).values_list("number", "created_at")
    return {number: at.astimezone(workspace.tz).date() for number, at in rows if number in numbers}


def _without_contact(workspace: Workspace, silence: Silence, meant: Collection[int], today: date) -> Happened:
    wanted = set(meant)
    rows = Account.objects.filter(workspace=workspace).only("pk", "number", "created_at")
    accounts = [account for account in rows if account.number in wanted]
    last, found = last_contact.days(workspace, [account.pk for account in accounts]), {}
    for account in accounts:
        day, known = last.get(account.pk), account.created_at.astimezone(workspace.tz).date()
        if day is None and silence.only_after:
            continue
        days = _length(workspace, silence, max(known, day or known), today)
        if days >= silence.n:
            found[account.number] = {"days": days, "last": day}
    return Happened(found)


def _counts_changed(workspace: Workspace, kind: str, change: Change, meant: Collection[int], today: date) -> Happened:
    if not _is_fresh(workspace, today):
        return Happened(is_blind=True)
    rows = warehouse.rows(
        warehouse.statement("success", "event_counts" if kind == "account" else "event_counts_of_people"),
        workspace_id=workspace.pk,
        event=change.event,
        since=today - timedelta(days=2 * change.days),
        middle=today - timedelta(days=change.days),
        until=today,
    )
    wanted, found = set(meant), {}
    for number, now, before in rows:
        share = moved(change, before, now)
        if number in wanted and share is not None:
            found[number] = _number_facts(change, before, now, share)
    return Happened(found)


def _number_facts(change: Change, before: float, now: float, share: float) -> Facts:
    return {"before": before, "now": now, "change": f"{share * 100:.0f}%", "days": change.days}


def _went(change: Change, before: str, now: str) -> bool:
    if before == now:
        return False
    return (not change.before or before in change.before) and (not change.after or now in change.after)


def _is_fresh(workspace: Workspace, today: date) -> bool:
    """Whether any event at all arrived lately: without, silence says nothing about customers."""
    newest = warehouse.scalar(
        "select max(day) from account_day where workspace_id = {w:UInt32} and day <= {today:Date}",
        w=workspace.pk,
        today=today,
    )
    return newest is not None and (today - _day(newest)).days <= FRESH_DAYS


def _length(workspace: Workspace, silence: Silence, last: date, today: date) -> int:
    if silence.unit == "working_days":
        return workdays.between(last, today, workspace.workdays)
    return (today - last).days


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])
