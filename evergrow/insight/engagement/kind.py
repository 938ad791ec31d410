"""Engagement groups as a kind of question."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from evergrow.insight.access import limit
from evergrow.insight.engagement import ask, behind, parse, sheet, telling, words
from evergrow.insight.engagement.question import KIND, EngagementQuestion
from evergrow.insight.engagement.reading import reading
from evergrow.insight.engagement.result import EngagementResult
from evergrow.insight.event_names import EventNames
from evergrow.insight.kind import Kind
from evergrow.lib.sheets import Cell
from evergrow.workspaces.models import Member


def answer(member: Member, question: EngagementQuestion) -> EngagementResult:
    """Ask over the accounts that a member may see. Errors as in ``ask.ask``."""
    return ask.ask(question, member.workspace, visible=limit(member))


def title(question: EngagementQuestion, names: EventNames, language: str) -> str:
    """``Engagement groups · People``."""
    return " · ".join([_("Engagement groups"), str(words.SUBJECTS[question.subject])])


def table(result: EngagementResult, names: EventNames, language: str) -> tuple[Sequence[str], Iterable[list[Cell]]]:
    """The head and the rows of the exported table."""
    return sheet.heads(result, language), sheet.rows(result, language)


KIND_OF_QUESTION = Kind(
    key=KIND,
    label=pgettext_lazy("kind of question", "Engagement"),
    icon="stairs-up",
    page="insight:engagement",
    read=parse.from_data,
    data=parse.as_data,
    address=parse.as_query,
    answer=answer,
    title=title,
    reading=reading,
    sheet=table,
    told=telling.told,
    marks=behind.MARKS,
    words={"subject": words.SUBJECTS},
)
