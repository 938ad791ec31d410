"""Each table of the manager's view as rows for a file."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from evergrow.lib.sheets import Cell
from evergrow.success.manager.asking import Ask
from evergrow.success.manager.charts import way_names
from evergrow.success.manager.cycle import cycle
from evergrow.success.manager.fairness import fairness
from evergrow.success.manager.lists import AGES
from evergrow.success.manager.outcomes import Share, outcomes
from evergrow.success.manager.overdue import overdue
from evergrow.success.manager.stopping import courses
from evergrow.success.manager.throughput import WAYS, Counts, throughput

STEP_COUNTS = ("asked", "reached", "done", "skipped", "open", "stopped")
Sheet = tuple[list[str], Iterable[Sequence[Cell]]]


def _throughput(ask: Ask) -> Sheet:
    found, names = throughput(ask), way_names()
    head = [_("By"), _("Name"), *(names[way] for way in WAYS)]
    weeks = zip(ask.days, found.weeks, strict=False)
    groups: list[tuple[str, list[tuple[Any, Counts]]]] = [
        (_("Week"), list(weeks)),
        (_("Colleague"), [(row.name or _("nobody"), row) for row in found.members]),
        (_("Team"), [(row.name, row) for row in found.teams]),
        (_("Playbook"), [(row.name or _("made by hand"), row) for row in found.playbooks]),
    ]
    return head, ([by, name, *(getattr(row, way) for way in WAYS)] for by, rows in groups for name, row in rows)


def _overdue(ask: Ask) -> Sheet:
    spans = [f"{low}–{high}" if high else f"> {low - 1}" for low, high in AGES]
    head = [_("Colleague"), _("Overdue"), *(_("%(days)s days") % {"days": span} for span in spans)]
    rows = overdue(ask).members
    body = ([row.name or _("nobody"), row.count, *row.ages, row.oldest, row.mean] for row in rows)
    return [*head, _("Oldest, days"), _("Mean, days")], body


def _times(ask: Ask) -> Sheet:
    head = [_("Playbook"), _("Step"), "n", pgettext("work", "Done"), pgettext("work", "Open")]
    head += [_("Left out or broken off"), _("Median, days"), _("75th percentile, days"), _("90th percentile, days")]

    def rows() -> Iterable[Sequence[Cell]]:
        for book in cycle(ask):
            whole = [(_("the whole run"), book.runs)] if book.runs else []
            for name, times in [*whole, *((times.name, times) for times in book.steps)]:
                counts: list[Cell] = [times.n, times.done, times.open, times.left]
                yield [book.name or _("made by hand"), name, *counts, times.median, times.p75, times.p90]

    return head, rows()


def _stops(ask: Ask) -> Sheet:
    head = [_("Playbook"), _("Version"), _("Step"), _("Runs"), _("Asked of"), _("Reached"), pgettext("work", "Done")]
    head += [pgettext("work", "Left out"), pgettext("work", "Open"), _("Broken off here")]
    return head, (
        (course.name, course.number, step.name, course.runs, *(getattr(step, name) for name in STEP_COUNTS))
        for course in courses(ask)
        for step in course.steps
    )


def _outcomes(ask: Ask) -> Sheet:
    head = [_("Playbook"), _("Version"), _("Completed runs"), _("Score change, median")]
    low, high = pgettext("of an interval", "95% from"), pgettext("of an interval", "95% to")
    for name in (_("Score rose"), _("Still paid"), _("Renewed")):
        head += [name, f"{name}: n", f"{name}: {low}", f"{name}: {high}"]

    def shares(*all_of: Share) -> list[Cell]:
        return [cell for one in all_of for cell in (one.hits, one.n, *(one.interval if one.n else (None, None)))]

    return head, (
        [row.name, row.number, row.runs, row.median_change, *shares(row.rose, row.kept, row.renewed)]
        for _book, versions in outcomes(ask)
        for row in versions
    )


def _load(ask: Ask) -> Sheet:
    head = [_("Colleague"), _("Points"), _("Capacity"), _("Load"), _("Share of the points"), _("Share of the capacity")]
    return head, (
        [str(part.load.member), part.load.points, part.load.capacity, part.load.share, part.of_points, part.of_capacity]
        for part in fairness(ask).parts
    )


SHEETS: dict[str, Callable[[Ask], Sheet]] = {
    "throughput": _throughput,
    "overdue": _overdue,
    "times": _times,
    "stops": _stops,
    "outcomes": _outcomes,
    "load": _load,
}
