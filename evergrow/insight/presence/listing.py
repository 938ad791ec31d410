"""The list behind a mark, asked and put together; the same for every question about who was there when."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from evergrow import warehouse
from evergrow.insight.behind import Behind, Row
from evergrow.insight.errors import BadQuestion
from evergrow.insight.period import Between
from evergrow.insight.presence.source import Source, Subject
from evergrow.insight.statement import Statement, run


def ask(source: Source, days: Between, statement: Statement) -> Behind:
    """The rows of ``compile.listed``; ``days`` are those in which they are told how often and when last."""
    found: list[tuple[Any, ...]] = run(statement, warehouse.version(source.workspace.pk))
    return Behind(
        subject="person" if source.subject is Subject.PERSON else "account",
        days=days,
        rows=tuple(Row(int(number), int(times), last_day) for number, times, last_day, _total in found),
        total=int(found[0][3]) if found else 0,
        statement=statement,
    )


def read_day(text: Any, part: str) -> date:
    """A day of an address. Raises BadQuestion at ``part``."""
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        raise BadQuestion(part, _("Use a day like 2026-03-25.")) from None
