"""What the pages of lifecycle, stickiness and engagement have in common: the form and the answer."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from evergrow.insight import event_names, queries
from evergrow.insight.event_names import EventNames
from evergrow.insight.kind import Kind
from evergrow.insight.presence import words
from evergrow.insight.presence.source import Subject
from evergrow.insight.views import asking, presence_form
from evergrow.insight.views.behind import address
from evergrow.insight.views.form_parts import Choices
from evergrow.workspaces import access
from evergrow.workspaces.access import GatedRequest

Answered = Callable[[GatedRequest, Any, EventNames, str], dict[str, Any]]


def page(
    request: GatedRequest, kind: Kind, default: Any, choices: dict[str, Choices], answered: Answered
) -> HttpResponse:
    """The form and the answer; what cannot be asked is said at its field. ``default`` is the question of no address."""
    language, names = get_language() or "en", event_names.of(request.workspace)
    asked = asking.ask(request, kind)
    built = presence_form.build(
        request.member, request.GET, kind.address(asked.question or default), asked.wrong, names, choices
    )
    shown: dict[str, Any] = {
        "kind": kind,
        "form": built,
        "wrong": asked.wrong,
        "question": asked.question,
        "has_events": bool(queries.events_seen(request.workspace)),
        "may_define": access.may(request.member, "manage"),
        "answer": None,
    }
    if asked.result is not None:
        shown["answer"] = told(request, kind, asked.result, names, language) | answered(
            request, asked.result, names, language
        )
    status = 422 if asked.wrong and not request.htmx else 200
    response = render(request, f"insight/{kind.key}.html", shown, status=status)
    return asking.pushed(request, response, kind, asked, is_pending=built.is_pending)


def told(request: GatedRequest, kind: Kind, result: Any, names: EventNames, language: str) -> dict[str, Any]:
    """What every answer's templates show."""
    question = result.question
    return {
        "result": result,
        "question": question,
        "title": kind.title(question, names, language),
        "reading": kind.reading(result, names, language),
        "range": words.range_words(question.range, result.today, language),
        "days": words.span(result.days.first, result.days.last, result.today, language),
        "filters": [words.condition(condition) for condition in question.filters],
        "query": kind.address(question),
        "table": words.TABLES[result.table],
        "is_people": question.subject is Subject.PERSON,
        "subjects": words.SUBJECTS[question.subject],
        "shows_sql": access.may(request.member, "manage"),
    }


def mark(request: GatedRequest, kind: Kind, question: Any, **point: str) -> str:
    """Where the list behind a mark is; empty values of the point are left out."""
    said = "&".join(f"{name}={value}" for name, value in point.items() if value)
    return address(request.workspace.slug, kind.key, f"{kind.address(question)}&{said}")
