"""The lists behind the figures: exactly the tasks and runs that were counted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from evergrow.lib.digits import row_id
from evergrow.success.manager.asking import Ask, midnight
from evergrow.success.models import Run, RunState, Task, TaskState
from evergrow.success.models.runs import OPEN_RUN_STATES
from evergrow.success.models.tasks import OPEN

BROKEN_OFF = [RunState.CANCELLED, RunState.SUPERSEDED]
AGES = ((1, 3), (4, 7), (8, 14), (15, 30), (31, None))
"""Spans of days overdue, both ends included; the last has no end."""
Words = str | Promise
Narrow = Callable[[Ask, "Wish"], Q]


@dataclass(frozen=True, slots=True)
class Wish:
    """What a list is asked for besides the ask: which figure (``show``), a week by its first day, a span of ``AGES``,
    a step's key, a version's number."""

    show: str
    week: date | None = None
    age: int | None = None
    step: str = ""
    version: int | None = None
    kind: str = ""


def _within(field: str, ask: Ask, wish: Wish) -> Q:
    since, until = ask.since, ask.until
    if wish.week is not None:
        since, until = (midnight(ask.viewer, wish.week + timedelta(days=7 * n)) for n in (0, 1))
    return Q(**{f"{field}__gte": since, f"{field}__lt": until})


def _settled(state: TaskState) -> Narrow:
    return lambda ask, wish: _within("ended_at", ask, wish) & Q(state=state, ready_at__isnull=False)


def _came(states: list[TaskState] | None = None) -> Narrow:
    is_in = Q(state__in=states) if states else Q()
    return lambda ask, wish: _within("ready_at", ask, wish) & is_in


def at_work(ask: Ask, wish: Wish) -> Q:
    """Open work that calls for a person: not of runs that are paused."""
    return Q(state__in=OPEN) & (Q(run=None) | Q(run__state=RunState.ACTIVE))


def _late(ask: Ask, wish: Wish) -> Q:
    today = ask.viewer.workspace.today()
    low, high = (1, None) if wish.age is None else AGES[wish.age]
    found = Q(due_on__lte=today - timedelta(days=low))
    return at_work(ask, wish) & (found & Q(due_on__gte=today - timedelta(days=high)) if high else found)


TASKS: dict[str, tuple[Words, Narrow]] = {
    "open": (_("Open tasks"), at_work),
    "overdue": (_("Overdue now"), _late),
    "opened": (_("Became to do in the period"), _came()),
    "done": (_("Done in the period"), _settled(TaskState.DONE)),
    "skipped": (_("Left out in the period"), _settled(TaskState.SKIPPED)),
    "cancelled": (_("Cancelled in the period"), _settled(TaskState.CANCELLED)),
    "came_done": (_("Became to do in the period, and done since"), _came([TaskState.DONE])),
    "came_open": (_("Became to do in the period, and still open"), _came(list(OPEN))),
    "came_left": (
        _("Became to do in the period, and left out or cancelled since"),
        _came([TaskState.SKIPPED, TaskState.CANCELLED]),
    ),
}
RUNS: dict[str, tuple[Words, Callable[[Ask], Q]]] = {
    "started": (pgettext_lazy("list of runs", "Started in the period"), lambda _a: Q()),
    "open": (
        pgettext_lazy("list of runs", "Started in the period, still open"),
        lambda _a: Q(state__in=OPEN_RUN_STATES),
    ),
    "completed": (
        pgettext_lazy("list of runs", "Started in the period, completed since"),
        lambda _a: Q(state=RunState.COMPLETED),
    ),
    "broken_off": (
        pgettext_lazy("list of runs", "Started in the period, broken off since"),
        lambda _a: Q(state__in=BROKEN_OFF),
    ),
    "finished": (
        pgettext_lazy("list of runs", "Completed in the period"),
        lambda ask: Q(state=RunState.COMPLETED, ended_at__gte=ask.since, ended_at__lt=ask.until),
    ),
}


def open_work(ask: Ask) -> QuerySet[Task]:
    """The open work that is asked for."""
    return ask.tasks().filter(at_work(ask, Wish("open")))


def tasks_behind(ask: Ask, wish: Wish) -> QuerySet[Task]:
    """The tasks of a figure, first due first."""
    rows = ask.tasks().filter(TASKS[wish.show][1](ask, wish))
    if wish.step:
        rows = rows.filter(step__key=wish.step)
    if wish.kind:
        rows = rows.filter(kind=wish.kind)
    if wish.version is not None:
        rows = rows.filter(run__version__number=wish.version)
    related = ("account__health_state", "run__playbook", "run__version", "owner__user", "step")
    return rows.select_related(*related).order_by(F("due_on").asc(nulls_last=True), "pk")


def runs_started(ask: Ask) -> QuerySet[Run]:
    """The runs that began in the period."""
    return ask.runs().filter(started_at__gte=ask.since, started_at__lt=ask.until)


def runs_behind(ask: Ask, wish: Wish) -> QuerySet[Run]:
    """The runs of a figure, latest first; with a step, those that were broken off there."""
    rows = ask.runs() if wish.show == "finished" else runs_started(ask)
    rows = rows.filter(RUNS[wish.show][1](ask))
    if wish.version is not None:
        rows = rows.filter(version__number=wish.version)
    if wish.step:
        rows = rows.filter(Exists(where_stopped().filter(run=OuterRef("pk"), step__key=wish.step)))
    return rows.select_related("account__health_state", "playbook", "version", "owner__user").order_by("-started_at")


def where_stopped() -> QuerySet[Task]:
    """Of each run that was broken off, the first step that was at hand then."""
    at_hand = Task.objects.filter(run__state__in=BROKEN_OFF, state=TaskState.CANCELLED, ready_at__isnull=False)
    before = Task.objects.filter(
        run=OuterRef("run"), state=TaskState.CANCELLED, ready_at__isnull=False, position__lt=OuterRef("position")
    )
    return at_hand.exclude(Exists(before))


def read_wish(query: Mapping[str, Any], known: Mapping[str, Any], usual: str) -> Wish:
    """The wish in an address; what cannot be read counts as not said."""
    show, age, version = query.get("show", ""), query.get("age", ""), query.get("version", "")
    try:
        week = date.fromisoformat(query.get("week", ""))
    except ValueError:
        week = None
    return Wish(
        show=show if show in known else usual,
        week=week,
        age=int(age) if age in map(str, range(len(AGES))) else None,
        step=str(query.get("step", "")).replace("\x00", "")[:60],
        version=row_id(version) or None,
        kind=str(query.get("kind", "")).replace("\x00", "")[:10],
    )
