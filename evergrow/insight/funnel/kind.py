"""The funnel as a kind of question."""

from collections.abc import Iterable, Sequence

from django.utils.translation import pgettext_lazy

from evergrow.insight.access import limit
from evergrow.insight.event_names import EventNames
from evergrow.insight.funnel import address, ask, parse, sheet, telling, words
from evergrow.insight.funnel.behind import MARKS
from evergrow.insight.funnel.question import KIND, FunnelQuestion
from evergrow.insight.funnel.reading import reading
from evergrow.insight.funnel.result import FunnelResult
from evergrow.insight.kind import Kind
from evergrow.insight.trend.words import INTERVALS
from evergrow.lib.sheets import Cell
from evergrow.workspaces.models import Member


def answer(member: Member, question: FunnelQuestion) -> FunnelResult:
    """Ask over the accounts that a member may see. Errors as in ``ask.ask``."""
    return ask.ask(question, member.workspace, visible=limit(member))


def title(question: FunnelQuestion, names: EventNames, language: str) -> str:
    """``People · Create workspace → Convert to paid``."""
    return f"{words.SUBJECTS[question.subject]} · {words.title(question, names, language)}"


def table(result: FunnelResult, names: EventNames, language: str) -> tuple[Sequence[str], Iterable[list[Cell]]]:
    """The head and the rows of the exported table."""
    return sheet.heads(result), sheet.rows(result, names, language)


KIND_OF_QUESTION = Kind(
    key=KIND,
    label=pgettext_lazy("kind of question", "Funnel"),
    icon="filter",
    page="insight:funnels",
    read=parse.from_data,
    data=parse.as_data,
    address=address.as_query,
    answer=answer,
    title=title,
    reading=reading,
    sheet=table,
    told=telling.told,
    marks=MARKS,
    words={
        "subject": words.SUBJECTS,
        "order": words.ORDERS,
        "start": words.STARTS,
        "counting": words.COUNTINGS,
        "unit": words.UNITS,
        "over": INTERVALS,
        "attribution": words.ATTRIBUTIONS,
    },
)
