"""The two kinds of bulk changes of tasks, as ``customers.bulk`` makes and takes them back: owners, and dates.

What each task gets stands in the change's arguments from the start, so that a job does what was shown. A task that
somebody settled, gave away or moved meanwhile stays as it is.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from evergrow.customers.bulk import kinds, subjects
from evergrow.customers.models import BulkChange
from evergrow.lib import clock, local_time, moments
from evergrow.lib.numerals import signed
from evergrow.success.engine import going
from evergrow.success.manager import telling
from evergrow.success.manager.planning import DUE, OWNER
from evergrow.success.models import Run, StandIn, Task, Unit
from evergrow.success.models.tasks import SETTLED, UNSETTLED
from evergrow.success.standing_in import acts as standing_in
from evergrow.workspaces import audit
from evergrow.workspaces.models import Member

Values = dict[str, Any]


def register() -> None:
    """Teach ``customers.bulk`` both kinds and their rows."""
    subjects.register("task", subjects.Subject(Task, gettext_lazy("Tasks"), _everybody, _url))
    new_owner, new_date = gettext_lazy("Given to others"), gettext_lazy("Due dates moved")
    kinds.register(
        kinds.Kind(
            OWNER, "manage", _read_owner, _write_owner, _put_back_owner, told_owner, _words_owner, _differs_owner,
            new_owner, _facts, _lock, telling.given, telling.taken_back, ("to",),
        )
    )  # fmt: skip
    kinds.register(
        kinds.Kind(
            DUE, "manage", _read_due, _write_due, _put_back_due, told_due, _words_due, _differs_due,
            new_date, _facts, _lock, telling.shifted, telling.taken_back, ("days", "unit"),
        )
    )  # fmt: skip


def _everybody() -> QuerySet[Task]:
    return Task.objects.all()


def _url(slug: str, task: Task) -> str:
    return reverse("success:task", args=[slug, task.pk])


def _facts(change: BulkChange) -> Values:
    """What the audit trail keeps: not the whole plan."""
    return {name: value for name, value in change.args.items() if name not in ("plan", "members")}


def _lock(change: BulkChange, keys: Sequence[int]) -> None:
    """First the runs, as everything does that moves their steps, then the tasks, each in one order."""
    if connection.features.has_select_for_update:
        runs = Task.objects.filter(pk__in=keys, run__isnull=False).values("run")
        list(Run.objects.filter(pk__in=runs).order_by("pk").select_for_update().values_list("pk"))
        list(Task.objects.filter(pk__in=keys).order_by("pk").select_for_update().values_list("pk"))


def _wanted(change: BulkChange, rows: Sequence[Task]) -> dict[tuple[Any, Any], list[int]]:
    """The keys of the rows by what they have and what they get."""
    found: dict[tuple[Any, Any], list[int]] = defaultdict(list)
    for row in rows:
        if move := change.args["plan"].get(str(row.pk)):
            found[move[0], move[1]].append(row.pk)
    return found


def _guarded(keys: Sequence[int], now: Values, then: Values) -> list[int]:
    """Change those that are still as planned; their keys."""
    able = list(Task.objects.filter(pk__in=keys, state__in=UNSETTLED, **now).values_list("pk", flat=True))
    Task.objects.filter(pk__in=able, state__in=UNSETTLED, **now).update(**then)
    return able


def _read_owner(change: BulkChange, rows: Sequence[Task]) -> Mapping[int, Values]:
    found = Task.objects.filter(pk__in=[row.pk for row in rows]).values_list("pk", "owner_id", "state")
    return {pk: {"task": pk, "owner": owner, "is_over": state in SETTLED} for pk, owner, state in found}


def _write_owner(change: BulkChange, rows: Sequence[Task]) -> None:
    here = set(Member.objects.filter(workspace_id=change.workspace_id, left_at=None).values_list("pk", flat=True))
    given: dict[int, Any] = {}
    for (old, new), keys in _wanted(change, rows).items():
        if new in here:
            given |= dict.fromkeys(_guarded(keys, {"owner": old}, {"owner": new}), old)
    fresh = _fresh(given)
    standing_in.redirect([task for task in fresh if task.is_open])
    names = _names(change, list(given.values()))
    told = [(task, {"from": names.get(given[task.pk], ""), "to": str(task.owner or "")}) for task in fresh]
    audit.record_many(change.workspace, "task.reassigned", told, by=change.by)


def _put_back_owner(change: BulkChange, values: Mapping[int, Values]) -> None:
    """To whoever had it; a task whose owner left meanwhile is nobody's then."""
    here = set(Member.objects.filter(workspace_id=change.workspace_id, left_at=None).values_list("pk", flat=True))
    StandIn.objects.filter(task__in=list(values), returned_at=None).update(returned_at=clock.now())
    for owner, keys in _by(values, "owner"):
        Task.objects.filter(pk__in=keys, state__in=UNSETTLED).update(owner=owner if owner in here else None)


def _differs_owner(change: BulkChange, before: Values) -> bool:
    move = change.args["plan"].get(str(before["task"]))
    return bool(move) and before["owner"] == move[0] != move[1]


def told_owner(change: BulkChange) -> str:
    """To whom."""
    names = change.args.get("to", [])
    if len(names) == 1:
        return _("Owner → %(name)s") % {"name": names[0]}
    return _("Spread over %(names)s") % {"names": _(", ").join(names)}


def _words_owner(change: BulkChange, values: Values) -> str:
    member = Member.objects.filter(pk=values.get("owner") or 0).select_related("user").first()
    return _maybe_over(str(member or _("nobody")), values)


def _read_due(change: BulkChange, rows: Sequence[Task]) -> Mapping[int, Values]:
    found = Task.objects.filter(pk__in=[row.pk for row in rows])
    return {
        pk: {
            "task": pk,
            "due_on": day and day.isoformat(),
            "is_fixed": fixed,
            "due_at": at and at.isoformat(),
            "is_over": state in SETTLED,
        }
        for pk, day, fixed, at, state in found.values_list("pk", "due_on", "due_is_fixed", "due_at", "state")
    }


def _write_due(change: BulkChange, rows: Sequence[Task]) -> None:
    before: dict[int, str] = {}
    for (old, new), keys in _wanted(change, rows).items():
        then = {"due_on": date.fromisoformat(new), "due_is_fixed": True}
        before |= dict.fromkeys(_guarded(keys, {"due_on": date.fromisoformat(old)}, then), old)
    zone, fresh = change.workspace.tz, _fresh(before)
    timed = [task for task in fresh if task.due_at and task.due_on]
    for task in timed:
        if task.due_at and task.due_on:
            task.due_at = local_time.moment(task.due_on, task.due_at.astimezone(zone).time(), zone)
    Task.objects.bulk_update(timed, ["due_at"], batch_size=500)
    going.reschedule(change.workspace, {task.run_id for task in fresh if task.run_id})
    told = [(task, {"from": before[task.pk], "to": str(task.due_on)}) for task in fresh]
    audit.record_many(change.workspace, "task.due_moved", told, by=change.by)


def _put_back_due(change: BulkChange, values: Mapping[int, Values]) -> None:
    rows = list(Task.objects.filter(pk__in=list(values), state__in=UNSETTLED))
    for task in rows:
        before = values[task.pk]
        task.due_on = date.fromisoformat(before["due_on"]) if before["due_on"] else None
        task.due_is_fixed = before["is_fixed"]
        task.due_at = datetime.fromisoformat(before["due_at"]) if before["due_at"] else None
    Task.objects.bulk_update(rows, ["due_on", "due_is_fixed", "due_at"], batch_size=500)
    going.reschedule(change.workspace, {task.run_id for task in rows if task.run_id})


def _differs_due(change: BulkChange, before: Values) -> bool:
    move = change.args["plan"].get(str(before["task"]))
    return bool(move) and before["due_on"] == move[0]


def told_due(change: BulkChange) -> str:
    """By how much."""
    days = change.args["days"]
    said = signed(days)
    if change.args["unit"] == Unit.WORKDAYS:
        return ngettext("Due dates %(n)s working day", "Due dates %(n)s working days", abs(days)) % {"n": said}
    return ngettext("Due dates %(n)s day", "Due dates %(n)s days", abs(days)) % {"n": said}


def _words_due(change: BulkChange, values: Values) -> str:
    day = values.get("due_on")
    text = moments.day_text(date.fromisoformat(day), change.workspace.today(), get_language() or "en") if day else "—"
    return _maybe_over(text, values)


def _maybe_over(text: str, values: Values) -> str:
    """What a row holds, with a word where the task was settled since."""
    return _("%(day)s · settled") % {"day": text} if values.get("is_over") else text


def _fresh(keys: Iterable[int]) -> list[Task]:
    related = ("owner__user", "owner__workspace", "account", "workspace")
    return list(Task.objects.filter(pk__in=list(keys)).select_related(*related).order_by("pk"))


def _names(change: BulkChange, keys: Sequence[Any]) -> dict[Any, str]:
    found = Member.objects.filter(pk__in={key for key in keys if key}, workspace_id=change.workspace_id)
    return {member.pk: str(member) for member in found.select_related("user")}


def _by(values: Mapping[int, Values], name: str) -> list[tuple[Any, list[int]]]:
    order = sorted(values, key=lambda pk: (str(values[pk][name]), pk))
    return [(value, list(keys)) for value, keys in groupby(order, key=lambda pk: values[pk][name])]
