"""How long steps and whole runs take, with those that are not done yet (Kaplan and Meier), per playbook and step.

Asked of what became to do, or began, in the period. An open one counts as “at least as long as until now”, one that was
left out or broken off as “at least as long as until then”: they are never dropped, which would flatter the figures.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, DateTimeField, F, Value
from django.db.models.functions import Coalesce
from django.utils.translation import get_language

from evergrow.lib import bilingual, clock
from evergrow.lib.survival import Curve, of_counts
from evergrow.success.manager.asking import NONE, Ask
from evergrow.success.manager.lists import runs_started
from evergrow.success.manager.sql_parts import HoursBetween
from evergrow.success.models import Playbook, RunState, Step, StepKind, TaskState
from evergrow.success.models.runs import OPEN_RUN_STATES
from evergrow.success.models.tasks import OPEN

HOURS_A_DAY = 24
DONE, STILL, LEFT = "done", "open", "left"


@dataclass
class Times:
    """How long: ``n`` in all, of these ``done``, still ``open``, and ``left`` (left out, cancelled or broken off).

    Quantiles are in days (24 hours each), None where the curve does not come so far: too many are not done.
    """

    key: str = ""
    name: str = ""
    curve: Curve = field(default_factory=lambda: of_counts({}, {}))
    open: int = 0
    left: int = 0
    longest_open: float | None = None

    @property
    def n(self) -> int:
        return self.curve.n

    @property
    def done(self) -> int:
        return self.curve.left

    @property
    def median(self) -> float | None:
        return self._days(0.5)

    @property
    def p75(self) -> float | None:
        return self._days(0.75)

    @property
    def p90(self) -> float | None:
        return self._days(0.9)

    def _days(self, share: float) -> float | None:
        hours = self.curve.quantile(share)
        return None if hours is None else hours / HOURS_A_DAY


@dataclass
class Book:
    """A playbook: how long its runs take, and each of its steps in their order. Tasks made by hand go by their kind."""

    runs: Times | None
    steps: list[Times]
    key: str = ""
    name: str = ""


@dataclass
class _Hours:
    """Hours as counted: how many of how long, by what became of them."""

    counts: dict[str, Counter[int]] = field(
        default_factory=lambda: {DONE: Counter(), STILL: Counter(), LEFT: Counter()}
    )

    def times(self, key: str = "", name: str = "") -> Times:
        done, still, left = (self.counts[way] for way in (DONE, STILL, LEFT))
        longest = max(still) / HOURS_A_DAY if still else None
        return Times(key, name, of_counts(done, still + left), still.total(), left.total(), longest)


def cycle(ask: Ask) -> list[Book]:
    """Playbooks with runs or steps in the period, most tasks first; two grouped statements."""
    steps: dict[int | None, dict[str, _Hours]] = defaultdict(lambda: defaultdict(_Hours))
    for book, step, kind, state, hours, n in _step_hours(ask):
        way = DONE if state == TaskState.DONE else STILL if state in OPEN else LEFT
        steps[book][step or kind].counts[way][hours] += n
    runs: dict[int, _Hours] = defaultdict(_Hours)
    for playbook, state, hours, n in _run_hours(ask):
        way = DONE if state == RunState.COMPLETED else STILL if state in OPEN_RUN_STATES else LEFT
        runs[playbook].counts[way][hours] += n
    return _books(ask, steps, runs)


def _until_now() -> Coalesce:
    return Coalesce(F("ended_at"), Value(clock.now(), output_field=DateTimeField()))


def _step_hours(ask: Ask) -> Iterable[Any]:
    came = ask.tasks().filter(ready_at__gte=ask.since, ready_at__lt=ask.until)
    came = came.annotate(hours=HoursBetween("ready_at", _until_now()))
    parts = ("run__playbook_id", "step__key", "kind", "state", "hours")
    found: Iterable[Any] = came.values(*parts).annotate(n=Count("pk")).values_list(*parts, "n")
    return found


def _run_hours(ask: Ask) -> Iterable[Any]:
    began = runs_started(ask).annotate(hours=HoursBetween("started_at", _until_now()))
    parts = ("playbook_id", "state", "hours")
    found: Iterable[Any] = began.values(*parts).annotate(n=Count("pk")).values_list(*parts, "n")
    return found


def _books(ask: Ask, steps: dict[int | None, dict[str, _Hours]], runs: dict[int, _Hours]) -> list[Book]:
    keys = {pk for pk in (*steps, *runs) if pk}
    known = {book.pk: book for book in Playbook.objects.filter(workspace_id=ask.viewer.workspace_id, pk__in=keys)}
    named, found = _step_names(list(known)), []
    for pk, book in known.items():
        order = named.get(pk, {})
        mine = [hours.times(key, order.get(key, (0, key))[1]) for key, hours in steps[pk].items()]
        mine.sort(key=lambda times: order.get(times.key, (0, ""))[0])
        found.append(Book(runs[pk].times() if pk in runs else None, mine, book.key, str(book)))
    if None in steps:
        kinds = dict(StepKind.choices)
        by_hand = [hours.times(kind, str(kinds.get(kind, kind))) for kind, hours in steps[None].items()]
        found.append(Book(None, sorted(by_hand, key=lambda times: -times.n), NONE))
    return sorted(found, key=lambda book: (book.key == NONE, -sum(times.n for times in book.steps)))


def _step_names(playbooks: list[int]) -> dict[int, dict[str, tuple[int, str]]]:
    """Place and name of each step by its key, as the latest version with it has them."""
    rows = Step.objects.filter(version__playbook__in=playbooks).order_by("version__number")
    found: dict[int, dict[str, tuple[int, str]]] = defaultdict(dict)
    language = get_language() or "en"
    for playbook, key, position, name in rows.values_list("version__playbook_id", "key", "position", "name"):
        found[playbook][key] = (position, bilingual.pick(name, language))
    return found
