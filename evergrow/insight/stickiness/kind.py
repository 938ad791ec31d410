"""Stickiness as a kind of question."""

from collections.abc import Iterable, Sequence

from django.utils.translation import pgettext_lazy

from evergrow.insight.access import limit
from evergrow.insight.event_names import EventNames
from evergrow.insight.kind import Kind
from evergrow.insight.presence.words import INTERVALS
from evergrow.insight.stickiness import ask, behind, parse, sheet, telling, words
from evergrow.insight.stickiness.question import KIND, StickinessQuestion
from evergrow.insight.stickiness.reading import reading
from evergrow.insight.stickiness.result import StickinessResult
from evergrow.lib.sheets import Cell
from evergrow.workspaces.models import Member


def answer(member: Member, question: StickinessQuestion) -> StickinessResult:
    """Ask over the accounts that a member may see. Errors as in ``ask.ask``."""
    return ask.ask(question, member.workspace, visible=limit(member))


def title(question: StickinessQuestion, names: EventNames, language: str) -> str:
    """``Power users · People · Log in``."""
    parts = [words.VIEWS[question.view], words.SUBJECTS[question.subject], names.shown(question.event, language)]
    return " · ".join(map(str, parts))


def table(result: StickinessResult, names: EventNames, language: str) -> tuple[Sequence[str], Iterable[list[Cell]]]:
    """The head and the rows of the exported table."""
    return sheet.heads(result), sheet.rows(result)


KIND_OF_QUESTION = Kind(
    key=KIND,
    label=pgettext_lazy("kind of question", "Stickiness"),
    icon="chart-histogram",
    page="insight:stickiness",
    read=parse.from_data,
    data=parse.as_data,
    address=parse.as_query,
    answer=answer,
    title=title,
    reading=reading,
    sheet=table,
    told=telling.told,
    marks=behind.MARKS,
    words={"subject": words.SUBJECTS, "interval": INTERVALS, "view": words.VIEWS},
)
