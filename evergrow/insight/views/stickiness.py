"""The stickiness page: regularity, DAU/MAU, power users, each with its sentence, numbers and exports."""

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from evergrow.insight import annotations
from evergrow.insight.event_names import EventNames
from evergrow.insight.period import Bucket
from evergrow.insight.stickiness import chart, parse, plan, words
from evergrow.insight.stickiness.behind import Point, Regular, There
from evergrow.insight.stickiness.kind import KIND_OF_QUESTION as KIND
from evergrow.insight.stickiness.question import WINDOWS, StickinessQuestion, View
from evergrow.insight.stickiness.result import Ratio, StickinessResult
from evergrow.insight.views import asking, presence_page
from evergrow.insight.views.presence_page import mark
from evergrow.lib import numerals
from evergrow.workspaces.access import GatedRequest, gate


@gate("view")
def stickiness(request: GatedRequest) -> HttpResponse:
    """Ask how regularly each comes, and see the answer."""
    windows = [(str(days), _("the last %(n)s days") % {"n": days}) for days in WINDOWS]
    counting = [("0", _("exactly")), ("1", _("at least"))]
    return presence_page.page(request, KIND, StickinessQuestion(), {"windows": windows, "counting": counting}, answered)


@gate("view")
def stickiness_export(request: GatedRequest, form: str) -> HttpResponseBase:
    """The numbers as CSV or Excel."""
    return asking.export(request, KIND, form)


def answered(request: GatedRequest, result: StickinessResult, names: EventNames, language: str) -> dict[str, Any]:
    """Everything that only this answer's templates show."""
    question = result.question

    def address(point: Point) -> str:
        return mark(request, KIND, question, **pairs(point))

    days = [Bucket(ratio.day, ratio.day) for ratio in result.ratios]
    return {
        "event": names.shown(question.event, language),
        "event_raw": question.event,
        "options": annotations.shown(request.workspace, chart.options(result, language, address), days, language),
        **annotations.editor(request.member, days),
        "view": words.VIEWS[question.view],
        "views": [
            (label, f"?{parse.as_query(question, view=str(view))}", view is question.view)
            for view, label in words.VIEWS.items()
        ],
        "is_ratio": question.view is View.RATIO,
        "is_power": question.view is View.POWER,
        "least": words.least_notes(question),
        "lines": _lines(result, address),
        "days_of_ratio": [_day(ratio, result, language, address) for ratio in reversed(result.ratios)],
        "last": result.ratios[-1] if result.ratios else None,
        "mean": numerals.number(round(result.mean, 2), language) if result.mean is not None else "",
        "total": words.amount(question.subject, result.total, language),
        "amounts": _weighted(result),
    }


def pairs(point: Point) -> dict[str, str]:
    """A point as ``behind.read`` finds it in an address."""
    if isinstance(point, There):
        return {"day": point.day.isoformat(), "width": str(point.width)}
    flags = {"more": "1" if point.or_more else "", "before": "1" if point.is_before else ""}
    return {"count": str(point.count), **flags}


def _lines(result: StickinessResult, address: Any) -> list[dict[str, Any]]:
    """The rows of the table: so many intervals, how many subjects with the list of them, their share."""
    or_more = result.question.is_cumulative
    interval = plan.interval_of(result.question)
    return [
        {
            "label": words.so_many(interval, place, or_more=or_more),
            "count": count,
            "url": address(Regular(place, or_more=or_more)),
            "share": count / result.total if result.total else None,
            "before": result.shown_before[place - 1] if result.shown_before else None,
            "before_url": address(Regular(place, or_more=or_more, is_before=True)),
        }
        for place, count in enumerate(result.shown, start=1)
    ]


def _day(ratio: Ratio, result: StickinessResult, language: str, address: Any) -> dict[str, Any]:
    return {
        "label": words.span(ratio.day, ratio.day, result.today, language),
        "cells": [
            (count, address(There(ratio.day, width)))
            for count, width in ((ratio.daily, 1), (ratio.weekly, 7), (ratio.monthly, 30))
        ],
        "shares": [ratio.of_week, ratio.of_month, ratio.week_of_month],
    }


def _weighted(result: StickinessResult) -> int:
    """Intervals of all subjects added up: what the mean divides."""
    return sum(place * count for place, count in enumerate(result.counts, start=1))
