"""Engagement groups as a table for files: their sizes period by period, then the moves."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from evergrow.insight.engagement import words
from evergrow.insight.engagement.question import AWAY
from evergrow.insight.engagement.result import EngagementResult
from evergrow.lib.sheets import Cell


def heads(result: EngagementResult, language: str) -> list[str]:
    """The head of an exported table: where from, the period, and every level."""
    levels = [words.level(result.definition, level, language) for level in (*reversed(result.levels), AWAY)]
    return [_("Came from"), pgettext("trend", "From"), pgettext("trend", "To"), _("Full period"), *levels]


def rows(result: EngagementResult, language: str) -> Iterator[list[Cell]]:
    """A row for each period with everybody on each level; then those of the last move by where they came from."""
    for bucket, sizes in zip(result.buckets, result.sizes, strict=True):
        yield [_("anywhere"), bucket.first, bucket.last, bucket.is_complete, *reversed(sizes), None]
    until = result.until
    for was in sorted({was for was, _now in result.moves}, reverse=True):
        moved: list[Cell] = [result.moves.get((was, now), 0) for now in (*reversed(result.levels), AWAY)]
        yield [words.level(result.definition, was, language), until.first, until.last, until.is_complete, *moved]
