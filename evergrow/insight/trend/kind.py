"""The trend as a kind of question."""

from collections.abc import Iterable, Sequence

from django.utils.translation import pgettext_lazy

from evergrow.insight.access import limit
from evergrow.insight.event_names import EventNames
from evergrow.insight.kind import Kind
from evergrow.insight.trend import ask, parse, sheet, telling, words
from evergrow.insight.trend.behind import MARKS
from evergrow.insight.trend.question import KIND, TrendQuestion
from evergrow.insight.trend.reading import reading
from evergrow.insight.trend.result import TrendResult
from evergrow.lib.sheets import Cell
from evergrow.workspaces.models import Member


def answer(member: Member, question: TrendQuestion) -> TrendResult:
    """Ask over the accounts that a member may see. Errors as in ``ask.ask``."""
    return ask.ask(question, member.workspace, visible=limit(member))


def title(question: TrendQuestion, names: EventNames, language: str) -> str:
    """``Accounts · Log in``."""
    return f"{words.MEASURES[question.measure]} · {names.shown(question.event, language)}"


def table(result: TrendResult, names: EventNames, language: str) -> tuple[Sequence[str], Iterable[list[Cell]]]:
    """The head and the rows of the exported table."""
    return sheet.heads(result, names, language), sheet.rows(result)


KIND_OF_QUESTION = Kind(
    key=KIND,
    label=pgettext_lazy("kind of question", "Trend"),
    icon="chart-line",
    page="insight:trends",
    read=parse.from_data,
    data=parse.as_data,
    address=parse.as_query,
    answer=answer,
    title=title,
    reading=reading,
    sheet=table,
    told=telling.told,
    marks=MARKS,
)
