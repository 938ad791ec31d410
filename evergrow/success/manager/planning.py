"""What a reassignment or a shift of dates would come to, task by task, before anything is changed."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from evergrow.lib import workdays
from evergrow.success import access, errors
from evergrow.success.day import load as loads
from evergrow.success.day.points import rule
from evergrow.success.models import Task, Unit
from evergrow.success.models.tasks import UNSETTLED
from evergrow.success.queries import lists
from evergrow.workspaces.absences import reading as absences
from evergrow.workspaces.models import Absence, Member

OWNER, DUE = "task_owner", "task_due"
MOST = 5000
MOST_DAYS = 730


class NobodyChosen(errors.Refused):
    sentence = _("Choose who gets the tasks: colleagues who may work in this workspace.")


class NothingToMove(errors.Refused):
    sentence = _("None of the chosen tasks would change. Choose open tasks.")


class TooMany(errors.Refused):
    sentence = _("%(n)s tasks are too many at once. Narrow the list to at most %(most)s.")


class BadShift(errors.Refused):
    sentence = _("Say by how many days: a whole number from −730 to 730, and not 0.")


@dataclass(frozen=True, slots=True)
class Proposal:
    """``moves`` says of each task what it has and what it gets: owners' ids, or days as text. ``settled`` of the chosen
    tasks are over, ``same`` would stay as they are: theirs already, or without a date. ``args`` is what is kept."""

    kind: str
    moves: dict[int, tuple[Any, Any]]
    args: dict[str, Any]
    settled: int
    same: int

    @property
    def digest(self) -> str:
        """Another one for every other proposal, so that what is done is what was shown."""
        text = json.dumps([self.kind, sorted(self.moves.items()), self.args], default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def stored(self) -> dict[str, Any]:
        return {**self.args, "plan": {str(pk): list(move) for pk, move in self.moves.items()}}


@dataclass(frozen=True, slots=True)
class Effect:
    """One colleague's load over the next five working days, before and after, and how many tasks come and go."""

    before: loads.MemberLoad
    after: loads.MemberLoad
    comes: int
    goes: int
    away: Absence | None
    stand_in: Member | None

    @property
    def member(self) -> Member:
        return self.after.member


def reassignment(viewer: Member, chosen: QuerySet[Task], to: Sequence[Member]) -> Proposal:
    """Give the open ones of ``chosen`` to one colleague, or spread them over several by free capacity.

    Heavy tasks first, each goes to whoever is then filled least: (points due in the next five working days + points
    given) ÷ capacity of these days. Raises NobodyChosen, NothingToMove, TooMany.
    """
    if not to:
        raise NobodyChosen()
    rows, settled = _held(viewer, chosen)
    given = {task.pk: to[0].pk for task in rows} if len(to) == 1 else _spread(viewer, rows, to)
    moves = {task.pk: (task.owner_id, given[task.pk]) for task in rows if task.owner_id != given[task.pk]}
    if not moves:
        raise NothingToMove()
    args = {"members": [member.pk for member in to], "to": [str(member) for member in to]}
    return Proposal(OWNER, moves, args, settled, len(rows) - len(moves))


def shift(viewer: Member, chosen: QuerySet[Task], days: int, unit: str) -> Proposal:
    """Move the dates of the open ones by so many days or working days; a person has fixed them then.

    A shift by working days ends on a working day; one by days on whatever day it is. Raises BadShift, NothingToMove,
    TooMany.
    """
    if not days or abs(days) > MOST_DAYS or unit not in (Unit.DAYS, Unit.WORKDAYS):
        raise BadShift()
    rows, settled = _held(viewer, chosen)
    calendar = viewer.workspace.workdays
    moves: dict[int, tuple[Any, Any]] = {}
    for task in rows:
        if task.due_on is not None:
            moves[task.pk] = (task.due_on.isoformat(), moved(task.due_on, days, unit, calendar).isoformat())
    if not moves:
        raise NothingToMove()
    return Proposal(DUE, moves, {"days": days, "unit": str(unit)}, settled, len(rows) - len(moves))


def moved(day: date, days: int, unit: str, calendar: workdays.AnyCalendar) -> date:
    """The day so many days, or working days, later."""
    return workdays.add(day, days, calendar) if unit == Unit.WORKDAYS else day + timedelta(days=days)


def _held(viewer: Member, chosen: QuerySet[Task]) -> tuple[list[Task], int]:
    """The chosen tasks that are not settled and that the viewer sees, and how many of the chosen are settled."""
    seen = access.tasks(viewer).filter(pk__in=chosen.order_by().values("pk"))
    count = seen.count()
    if count > MOST:
        raise TooMany(n=count, most=MOST)
    rows = list(seen.filter(state__in=UNSETTLED).select_related("account").order_by("due_on", "pk"))
    return rows, count - len(rows)


def _spread(viewer: Member, rows: Iterable[Task], to: Sequence[Member]) -> dict[int, int]:
    known, tasks = rule(viewer.workspace), list(rows)
    weight = {task.pk: known.of(task.kind, task.account.tier) for task in tasks}
    due = [row[1:] for row in _due_rows(viewer, [member.pk for member in to], ()) if row[0] not in weight]
    held = loads.of_rows(viewer, list(to), due)
    filled = {load.member.pk: load.points for load in held}
    able = {load.member.pk: load.capacity for load in held}
    if not any(able.values()):
        able = dict.fromkeys(able, 1.0)
    given: dict[int, int] = {}
    takers = [pk for pk in filled if able[pk]]
    for task in sorted(tasks, key=lambda task: (-weight[task.pk], task.due_on or date.max, task.pk)):
        best = min(takers, key=lambda pk: ((filled[pk] + weight[task.pk]) / able[pk], filled[pk]))
        filled[best] += weight[task.pk]
        given[task.pk] = best
    return given


Row = tuple[int, int | None, date | None, str, str]


def _due_rows(viewer: Member, members: Iterable[int], tasks: Iterable[int]) -> list[Row]:
    """(task, owner, due, kind, tier) of what counts for the load of members, and of ``tasks`` whoever has them."""
    todo = lists.todo(viewer, "all").select_related(None).order_by()
    parts = ("pk", "owner_id", "due_on", "kind", "account__tier")
    of_members = todo.filter(owner__in=list(members)).values_list(*parts)
    found = {row[0]: row for row in of_members}
    chosen = list(tasks)
    for start in range(0, len(chosen), 500):
        found |= {row[0]: row for row in todo.filter(pk__in=chosen[start : start + 500]).values_list(*parts)}
    return list(found.values())


def effects(viewer: Member, proposal: Proposal) -> list[Effect]:
    """Whom the proposal concerns, and their load before and after; most loaded afterwards first.

    What falls to somebody who is away goes to whoever stands in, as all new work does.
    """
    gone = absences.away(viewer.workspace)
    owners = dict(Task.objects.filter(pk__in=list(proposal.moves)).values_list("pk", "owner_id"))
    new = {pk: move[1] if proposal.kind == OWNER else owners.get(pk) for pk, move in proposal.moves.items()}
    concerned = {pk for pk in (*owners.values(), *new.values()) if pk}
    members = list(Member.objects.filter(pk__in=concerned, left_at=None).select_related("user", "workspace"))
    before = _due_rows(viewer, [member.pk for member in members], proposal.moves)
    after = [_changed(row, proposal) for row in before]
    then = loads.of_rows(viewer, members, [row[1:] for row in before])
    now = loads.of_rows(viewer, members, [row[1:] for row in after])
    found = []
    for old, fresh in zip(then, now, strict=True):
        pk = fresh.member.pk
        comes = sum(new[task] == pk for task in proposal.moves if proposal.kind == DUE or owners.get(task) != pk)
        goes = sum(owner == pk and new[task] != pk for task, owner in owners.items())
        away = gone.get(pk)
        stand_in = absences.stand_in(fresh.member, gone) if away else None
        found.append(Effect(old, fresh, comes, goes, away, stand_in))
    return sorted(found, key=lambda one: (-(one.after.share or 0), str(one.member)))


def _changed(row: Row, proposal: Proposal) -> Row:
    task, owner, due_on, kind, tier = row
    if task not in proposal.moves:
        return row
    to = proposal.moves[task][1]
    if proposal.kind == OWNER:
        return (task, to, due_on, kind, tier)
    return (task, owner, date.fromisoformat(to), kind, tier)
