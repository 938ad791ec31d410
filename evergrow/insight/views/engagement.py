"""The page of engagement groups: their sizes, the flow between them, the matrix, exports; and the definition."""

from datetime import date
from typing import Any

from django.http import HttpResponse, HttpResponseBase

from evergrow.insight import annotations
from evergrow.insight.engagement import chart, parse, reading, words
from evergrow.insight.engagement.definition import Definition
from evergrow.insight.engagement.kind import KIND_OF_QUESTION as KIND
from evergrow.insight.engagement.question import AWAY, BELOW, NEW, EngagementQuestion
from evergrow.insight.engagement.result import EngagementResult
from evergrow.insight.event_names import EventNames
from evergrow.insight.period import Bucket, Interval
from evergrow.insight.views import asking, presence_page
from evergrow.insight.views.presence_page import mark
from evergrow.lib import bilingual, numerals
from evergrow.workspaces.access import GatedRequest, gate


@gate("view")
def engagement(request: GatedRequest) -> HttpResponse:
    """Ask who is in which group and who moved, and see the answer."""
    return presence_page.page(request, KIND, EngagementQuestion(), {}, answered)


@gate("view")
def engagement_export(request: GatedRequest, form: str) -> HttpResponseBase:
    """Sizes and moves as CSV or Excel."""
    return asking.export(request, KIND, form)


def answered(request: GatedRequest, result: EngagementResult, names: EventNames, language: str) -> dict[str, Any]:
    """Everything that only this answer's templates show."""

    def address(at: date, was: int | None, now: int | None) -> str:
        levels = {name: "" if level is None else str(level) for name, level in (("was", was), ("now", now))}
        return mark(request, KIND, result.question, into=at.isoformat(), **levels)

    since = Bucket(result.since.first, result.since.last)
    return {
        "sizes": annotations.shown(request.workspace, chart.sizes(result, language, address), result.buckets, language),
        **annotations.editor(request.member, result.buckets),
        "flow": chart.flow(result, language, address),
        "reading_sizes": reading.sizes(result, language),
        "reading_moves": reading.moves(result, language),
        "since": _when(result, since, language),
        "until": _when(result, result.until, language),
        "is_running": not result.until.is_complete,
        "periods": [
            (
                _when(result, bucket, language),
                f"?{parse.as_query(result.question, at=bucket.first.isoformat())}",
                bucket == result.until,
            )
            for bucket in reversed(result.buckets)
        ],
        "groups": described(result.definition, names, language),
        "definition": result.definition,
        "is_week": result.definition.period is Interval.WEEK,
        "activity": words.activity(result.definition, names, language),
        "key_events": words.key_events(result.definition, names, language),
        "figures": figures(result, language, address),
        "levels": [words.level(result.definition, level, language) for level in reversed(result.levels)],
        "lines": _lines(result, language, address),
        **_matrix(result, language, address),
    }


def _when(result: EngagementResult, bucket: Bucket, language: str) -> str:
    return words.bucket_words(bucket, result.definition.period, result.today, language)


def described(definition: Definition, names: EventNames, language: str) -> list[tuple[str, str]]:
    """The groups, the narrowest first, with what they ask for."""
    return [(bilingual.pick(group.name, language), words.criteria(group)) for group in reversed(definition.groups)]


def figures(result: EngagementResult, language: str, address: chart.Address) -> list[dict[str, Any]]:
    """The groups at a glance, narrower ones counted in wider ones too, with their change since the period before."""
    place = result.buckets.index(result.until)
    everybody = sum(result.sizes[place])
    found = []
    for level in reversed(result.levels[1:]):
        now = result.within(place, level)
        before = sum(result.was(each) for each in result.levels if each >= level)
        found.append(
            {
                "label": words.level(result.definition, level, language),
                "value": now,
                "share": numerals.percent(now / everybody, language, 1) if everybody else numerals.UNKNOWN,
                "change": now - before,
            }
        )
    return found


def _lines(result: EngagementResult, language: str, address: chart.Address) -> list[dict[str, Any]]:
    """The rows of the sizes, the latest period first."""
    return [
        {
            "label": _when(result, bucket, language),
            "note": words.short_words(bucket),
            "cells": [(sizes[level], address(bucket.first, None, level)) for level in reversed(result.levels)],
            "total": sum(sizes),
            "url": f"?{parse.as_query(result.question, at=bucket.first.isoformat())}",
        }
        for bucket, sizes in reversed(list(zip(result.buckets, result.sizes, strict=True)))
    ]


def _matrix(result: EngagementResult, language: str, address: chart.Address) -> dict[str, Any]:
    """Where everybody came from, row by row, and went to, column by column; each with its list."""
    at, columns = result.until.first, [*reversed(result.levels), AWAY]
    return {
        "matrix_heads": [words.level(result.definition, now, language) for now in columns],
        "matrix": [
            {
                "label": words.level(result.definition, was, language),
                "cells": [
                    {
                        "value": result.moves.get((was, now), 0),
                        "url": address(at, was, now),
                        "tone": _tone(was, now),
                    }
                    for now in columns
                ],
                "total": result.was(was),
                "url": address(at, was, None),
            }
            for was in (*reversed(result.levels), AWAY, NEW)
        ],
        "matrix_totals": [(result.now(now), address(at, None, now)) for now in columns],
        "net": [(_net(result, now), "down" if now == BELOW else "up") for now in columns],
    }


def _tone(was: int, now: int) -> str:
    """Whether a cell is a rise or a fall; those who came or went away are neither."""
    if was == now or AWAY in (was, now) or was == NEW:  # noqa: SIM109 - two different reasons
        return ""
    return "rose" if now > was else "fell"


def _net(result: EngagementResult, level: int) -> int | None:
    """Arrivals at a level less departures from it: by how much it grew. None for those away, who are not a group."""
    return None if level == AWAY else result.now(level) - result.was(level)
