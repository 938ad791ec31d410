"""The lifecycle page: the form, the chart with its sentence, the numbers, exports. Its address holds all of it."""

from datetime import date
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from evergrow.insight import annotations
from evergrow.insight.event_names import EventNames
from evergrow.insight.lifecycle import chart, words
from evergrow.insight.lifecycle.kind import KIND_OF_QUESTION as KIND
from evergrow.insight.lifecycle.question import LifecycleQuestion, State
from evergrow.insight.lifecycle.result import LifecycleResult, Moves
from evergrow.insight.period import Bucket, Interval
from evergrow.insight.views import asking, presence_page
from evergrow.insight.views.presence_page import mark
from evergrow.lib import numerals
from evergrow.workspaces.access import GatedRequest, gate


@gate("view")
def lifecycle(request: GatedRequest) -> HttpResponse:
    """Ask who is new, returns, comes back, stays away, and see the answer."""
    return presence_page.page(request, KIND, LifecycleQuestion(), {}, answered)


@gate("view")
def lifecycle_export(request: GatedRequest, form: str) -> HttpResponseBase:
    """The numbers as CSV or Excel."""
    return asking.export(request, KIND, form)


def answered(request: GatedRequest, result: LifecycleResult, names: EventNames, language: str) -> dict[str, Any]:
    """Everything that only this answer's templates show."""

    def address(bucket: date, state: State) -> str:
        return mark(request, KIND, result.question, bucket=bucket.isoformat(), state=str(state))

    latest = result.complete[-1] if result.complete else None
    return {
        "event": names.shown(result.question.event, language),
        "event_raw": result.question.event,
        "options": annotations.shown(
            request.workspace, chart.options(result, language, address), result.buckets, language
        ),
        **annotations.editor(request.member, result.buckets),
        "is_week": result.question.interval is Interval.WEEK,
        "states": [(state, words.STATES[state], words.MEANINGS[state]) for state in State],
        "lines": [
            {
                "label": _when(result, bucket, language),
                "note": words.short_words(bucket),
                "cells": [(moves.of(state), address(bucket.first, state)) for state in State],
                "active": moves.active,
                "ratio": ratio(moves, language) if bucket.is_complete else numerals.UNKNOWN,
            }
            for bucket, moves in reversed(list(zip(result.buckets, result.moves, strict=True)))
        ],
        "latest": _when(result, result.buckets[latest], language) if latest is not None else "",
        "latest_moves": result.moves[latest] if latest is not None else None,
        "latest_ratio": ratio(result.moves[latest], language) if latest is not None else "",
        "figures": figures(result, language) if latest is not None else [],
    }


def _when(result: LifecycleResult, bucket: Bucket, language: str) -> str:
    return words.bucket_words(bucket, result.question.interval, result.today, language)


def ratio(moves: Moves, language: str) -> str:
    """The quick ratio with two decimals; — where nobody was lost."""
    return numerals.number(moves.quick_ratio, language, 2)


def figures(result: LifecycleResult, language: str) -> list[tuple[str, str, str]]:
    """The last full period at a glance: name, value, a line of context."""
    moves = result.moves[result.complete[-1]]
    when = _when(result, result.buckets[result.complete[-1]], language)
    before = moves.returning + moves.dormant
    kept = numerals.percent(moves.returning / before, language, 1) if before else numerals.UNKNOWN

    def shown(value: int) -> str:
        return numerals.number(value, language)

    return [
        (pgettext("lifecycle", "Active"), shown(moves.active), when),
        (
            pgettext("lifecycle", "Gained"),
            shown(moves.new + moves.resurrecting),
            _("{new} new, {back} back").format(new=shown(moves.new), back=shown(moves.resurrecting)),
        ),
        (pgettext("lifecycle", "Lost"), shown(moves.dormant), _("of {before} before").format(before=shown(before))),
        (pgettext("lifecycle", "Came again"), kept, _("of those before")),
        (_("Quick ratio"), ratio(moves, language), _("gained ÷ lost")),
    ]
