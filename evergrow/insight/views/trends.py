"""The trend page: the form, the chart with its sentence, the numbers, exports. Its address holds all of it."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language

from evergrow.insight import event_names, queries
from evergrow.insight.errors import BadQuestion
from evergrow.insight.event_names import EventNames
from evergrow.insight.saved import bar
from evergrow.insight.trend import chart, parse, sheet, words
from evergrow.insight.trend.question import TrendQuestion
from evergrow.insight.trend.reading import reading
from evergrow.insight.trend.result import Part, TrendResult
from evergrow.insight.views import downloads, form
from evergrow.workspaces import access
from evergrow.workspaces.access import GatedRequest, gate


@dataclass(frozen=True, slots=True)
class Head:
    """A column of the table of numbers, with the list behind its total."""

    name: str
    total: int
    url: str
    compared_total: int | None


@gate("view")
def trends(request: GatedRequest) -> HttpResponse:
    """Build a trend and see its answer; what cannot be asked is said at its field."""
    language = get_language() or "en"
    names = event_names.of(request.workspace)
    question, wrong = read(request)
    result = None
    if question is not None:
        try:
            result = queries.answer(request.member, question)
        except BadQuestion as error:
            wrong = error
    built = form.build(request.member, request.GET, question, wrong, names, language)
    shown = {
        "form": built,
        "wrong": wrong,
        "has_events": bool(queries.events_seen(request.workspace)),
        "question": question,
        "answer": answered(request, result, names, language) if result else None,
    }
    response = render(request, "insight/trends.html", shown, status=422 if wrong and not request.htmx else 200)
    if request.htmx and question is not None and not any(row.is_pending for row in built.rows):
        response["HX-Push-Url"] = f"?{parse.as_query(question, **bar.carried(request))}"
    return response


@gate("view")
def trend_export(request: GatedRequest, form: str) -> HttpResponseBase:
    """The numbers as CSV or Excel; a question that cannot be asked leads back to its page, which says why."""
    question, wrong = read(request)
    if question is None:
        return HttpResponse(wrong.sentence if wrong else "", status=422, content_type="text/plain; charset=utf-8")
    language = get_language() or "en"
    try:
        result = queries.answer(request.member, question)
    except BadQuestion as error:
        return HttpResponse(error.sentence, status=422, content_type="text/plain; charset=utf-8")
    heads = sheet.heads(result, event_names.of(request.workspace), language)
    return downloads.table(form, f"trend-{result.today}", heads, sheet.rows(result), zone=request.workspace.tz)


def read(request: GatedRequest) -> tuple[TrendQuestion | None, BadQuestion | None]:
    """The question in the address, or what is wrong with it."""
    try:
        return parse.from_query(request.GET), None
    except BadQuestion as error:
        return None, error


def answered(request: GatedRequest, result: TrendResult, names: EventNames, language: str) -> dict[str, Any]:
    """Everything the answer's templates show."""
    question = result.question

    def address(bucket: date | None, part: Part, is_compared: bool = False) -> str:
        return behind_address(request, question, bucket, part, is_compared)

    return {
        "result": result,
        "event": names.shown(question.event, language),
        "event_raw": question.event,
        "measure": words.MEASURES[question.measure],
        "range": words.range_words(question.range, result.today, language),
        "days": words.span(result.days.first, result.days.last, result.today, language),
        "filters": [words.condition(condition) for condition in question.filters],
        "split": words.topic(question.split.by) if question.split else "",
        "reading": reading(result, names, language),
        "options": chart.options(result, names, language, address),
        "heads": [
            Head(
                name=words.part(series.part, result, names, language),
                total=series.total,
                url=address(None, series.part),
                compared_total=series.compared_total if series.compared else None,
            )
            for series in result.series
        ],
        "lines": [
            {
                "line": line,
                "url": address(line.bucket.first, Part("whole")),
                "cells": [
                    {"value": value, "compared": compared, "url": address(line.bucket.first, series.part)}
                    for series, value, compared in line.values
                ],
            }
            for line in sheet.lines(result, language)
        ],
        "total_words": sheet.total_words(question.measure),
        "compared_words": words.COMPARISONS[question.compare],
        "latest": latest(result, language),
        "whole_url": address(None, Part("whole")),
        "query": parse.as_query(question),
        "shows_sql": access.may(request.member, "manage"),
    }


def latest(result: TrendResult, language: str) -> dict[str, str] | None:
    """The last full period and its value in words, for the definition."""
    if not result.complete:
        return None
    place = result.complete[-1]
    return {
        "when": words.bucket_words(result.buckets[place], result.question.interval, result.today, language),
        "value": words.amount(result.question.measure, result.whole.values[place], language),
    }


def behind_address(
    request: GatedRequest, question: TrendQuestion, bucket: date | None, part: Part, is_compared: bool
) -> str:
    """Where the list behind a point is."""
    point = {"bucket": bucket.isoformat() if bucket else "", "part": part.code, "compared": "1" if is_compared else ""}
    page = reverse("insight:trend_behind", kwargs={"workspace": request.workspace.slug})
    return f"{page}?{parse.as_query(question)}&{urlencode({name: value for name, value in point.items() if value})}"
