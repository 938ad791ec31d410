"""A funnel as a table: a row for each step, of everybody and of each part; what an export holds."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from evergrow.insight.event_names import EventNames
from evergrow.insight.funnel import words
from evergrow.insight.funnel.result import Branch, FunnelResult
from evergrow.lib.sheets import Cell


def heads(result: FunnelResult) -> Sequence[str]:
    """The head of the exported table."""
    return [
        _("Group"),
        _("Step"),
        _("Event"),
        _("Came there"),
        _("Lost before it"),
        _("Share of the step before"),
        _("Share of all who entered"),
        _("Median time, seconds"),
        _("90% within, seconds"),
        pgettext("funnel", "Window passed for all"),
    ]


def rows(result: FunnelResult, names: EventNames, language: str) -> Iterator[list[Cell]]:
    """The exported rows: every step of everybody, of each part, of the group to compare with, and of each period."""
    yield from _steps(words.part(result.whole.part, result, language), result.whole, result, names, language)
    for branch in result.parts:
        yield from _steps(words.part(branch.part, result, language), branch, result, names, language)
    if result.against:
        yield from _steps(_("Group to compare with"), result.against, result, names, language)
    for each in (result.versus.one, result.versus.other) if result.versus else ():
        if each.part is None:
            yield from _steps(words.compared(each, result, language), each.branch, result, names, language)
    for period in result.periods:
        label = f"{period.bucket.first} – {period.bucket.last}"
        branch = Branch(result.whole.part, period.counts)
        for row in _steps(label, branch, result, names, language):
            yield [*row[:-1], not period.is_open]


def _steps(label: str, branch: Branch, result: FunnelResult, names: EventNames, language: str) -> Iterator[list[Cell]]:
    for place, count in enumerate(branch.counts):
        before = branch.counts[result.before(place)]
        waits = branch.waits[place] if branch.waits else None
        yield [
            label,
            place + 1,
            words.step(result.question, place, names, language),
            count,
            result.lost(branch, place) if place else None,
            count / before if place and before else None,
            count / branch.entered if branch.entered else None,
            waits.median if waits else None,
            waits.p90 if waits else None,
            not result.is_open,
        ]
