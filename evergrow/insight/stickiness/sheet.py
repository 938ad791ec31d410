"""An answer about stickiness as a table for files."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from evergrow.insight.stickiness import words
from evergrow.insight.stickiness.question import View
from evergrow.insight.stickiness.result import Ratio, StickinessResult
from evergrow.lib.sheets import Cell


def heads(result: StickinessResult) -> list[str]:
    """The head of an exported table."""
    if result.question.view is View.RATIO:
        return [
            _("Day"),
            _("On the day"),
            _("In 7 days"),
            _("In 30 days"),
            pgettext("share of active subjects", "DAU/WAU"),
            pgettext("share of active subjects", "DAU/MAU"),
            pgettext("share of active subjects", "WAU/MAU"),
        ]
    counted = _("At least so many intervals") if result.question.is_cumulative else _("Intervals")
    before = [_("The window before")] if result.question.view is View.POWER else []
    return [counted, str(words.SUBJECTS[result.question.subject]), _("Share"), *before]


def rows(result: StickinessResult) -> Iterator[list[Cell]]:
    """The exported rows in order of days or of intervals."""
    for ratio in result.ratios:
        yield _ratio(ratio)
    for place, count in enumerate(result.shown, start=1):
        before: list[Cell] = [result.shown_before[place - 1]] if result.shown_before else []
        share = round(count / result.total, 6) if result.total else None
        yield [place, count, share, *before]


def _ratio(ratio: Ratio) -> list[Cell]:
    shares: list[Cell] = [
        None if share is None else round(share, 6) for share in (ratio.of_week, ratio.of_month, ratio.week_of_month)
    ]
    return [ratio.day, ratio.daily, ratio.weekly, ratio.monthly, *shares]
