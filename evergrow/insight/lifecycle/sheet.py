"""A lifecycle as a table: what the page shows under the chart and what an export holds."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from evergrow.insight.lifecycle import words
from evergrow.insight.lifecycle.question import State
from evergrow.insight.lifecycle.result import LifecycleResult
from evergrow.lib.sheets import Cell


def heads() -> list[str]:
    """The head of an exported table. The dormant are counted, not subtracted: the numbers are of subjects."""
    return [
        pgettext("trend", "From"),
        pgettext("trend", "To"),
        _("Full period"),
        *(str(words.STATES[state]) for state in State),
        pgettext("lifecycle", "Active"),
        _("Quick ratio"),
    ]


def rows(result: LifecycleResult) -> Iterator[list[Cell]]:
    """The exported rows in order of time."""
    for bucket, moves in zip(result.buckets, result.moves, strict=True):
        counts: list[Cell] = [moves.of(state) for state in State]
        ratio = None if moves.quick_ratio is None else round(moves.quick_ratio, 4)
        yield [bucket.first, bucket.last, bucket.is_complete, *counts, moves.active, ratio]
