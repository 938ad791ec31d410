"""Retention as a kind of question."""

from collections.abc import Iterable, Sequence

from django.utils.translation import pgettext_lazy

from evergrow.insight.access import limit
from evergrow.insight.event_names import EventNames
from evergrow.insight.kind import Kind
from evergrow.insight.retention import ask, parse, sheet, telling, words
from evergrow.insight.retention.behind import MARKS
from evergrow.insight.retention.question import KIND, RetentionQuestion
from evergrow.insight.retention.reading import reading
from evergrow.insight.retention.result import RetentionResult
from evergrow.lib.sheets import Cell
from evergrow.workspaces.models import Member


def answer(member: Member, question: RetentionQuestion) -> RetentionResult:
    """Ask over the accounts that a member may see. Errors as in ``ask.ask``."""
    return ask.ask(question, member.workspace, visible=limit(member))


def title(question: RetentionQuestion, names: EventNames, language: str) -> str:
    """``Accounts · Log in → Create project``."""
    return f"{words.SUBJECTS[question.subject]} · {words.title(question, names, language)}"


def table(result: RetentionResult, names: EventNames, language: str) -> tuple[Sequence[str], Iterable[list[Cell]]]:
    """The head and the rows of the exported table."""
    return sheet.heads(result, language), sheet.rows(result, language)


KIND_OF_QUESTION = Kind(
    key=KIND,
    label=pgettext_lazy("kind of question", "Retention"),
    icon="calendar-repeat",
    page="insight:retention",
    read=parse.from_data,
    data=parse.as_data,
    address=parse.as_query,
    answer=answer,
    title=title,
    reading=reading,
    sheet=table,
    told=telling.told,
    marks=MARKS,
    words={
        "subject": words.SUBJECTS,
        "cohorts": words.COHORTS,
        "clock": words.CLOCKS,
        "interval": words.INTERVAL_WORDS,
        "returning": words.RETURNING,
    },
)
