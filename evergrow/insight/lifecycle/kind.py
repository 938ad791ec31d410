"""The lifecycle as a kind of question."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from evergrow.insight.access import limit
from evergrow.insight.event_names import EventNames
from evergrow.insight.kind import Kind
from evergrow.insight.lifecycle import ask, behind, parse, sheet, telling
from evergrow.insight.lifecycle.question import KIND, LifecycleQuestion
from evergrow.insight.lifecycle.reading import reading
from evergrow.insight.lifecycle.result import LifecycleResult
from evergrow.insight.presence.words import INTERVALS, SUBJECTS
from evergrow.lib.sheets import Cell
from evergrow.workspaces.models import Member


def answer(member: Member, question: LifecycleQuestion) -> LifecycleResult:
    """Ask over the accounts that a member may see. Errors as in ``ask.ask``."""
    return ask.ask(question, member.workspace, visible=limit(member))


def title(question: LifecycleQuestion, names: EventNames, language: str) -> str:
    """``Lifecycle · Accounts · Log in``."""
    return " · ".join([_("Lifecycle"), str(SUBJECTS[question.subject]), names.shown(question.event, language)])


def table(result: LifecycleResult, names: EventNames, language: str) -> tuple[Sequence[str], Iterable[list[Cell]]]:
    """The head and the rows of the exported table."""
    return sheet.heads(), sheet.rows(result)


KIND_OF_QUESTION = Kind(
    key=KIND,
    label=pgettext_lazy("kind of question", "Lifecycle"),
    icon="arrows-exchange",
    page="insight:lifecycle",
    read=parse.from_data,
    data=parse.as_data,
    address=parse.as_query,
    answer=answer,
    title=title,
    reading=reading,
    sheet=table,
    told=telling.told,
    marks=behind.MARKS,
    words={"subject": SUBJECTS, "interval": INTERVALS},
)
