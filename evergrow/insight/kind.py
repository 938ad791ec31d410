"""What a kind of question must be able to do, so that pages, API, exports and saved questions need not know it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString

from evergrow.insight.behind import Marks
from evergrow.insight.event_names import EventNames
from evergrow.insight.statement import Statement
from evergrow.lib.sheets import Cell
from evergrow.workspaces.models import Member

Words = str | Promise


class Answer(Protocol):
    """The answer to a question of any kind: what was asked, as of when, on which version of the data, from where."""

    @property
    def question(self) -> Any: ...
    @property
    def as_of(self) -> datetime: ...
    @property
    def version(self) -> str: ...
    @property
    def table(self) -> str: ...
    @property
    def statements(self) -> tuple[Statement, ...]: ...


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of question by its parts; ``question`` and ``answer`` are the kind's own frozen classes.

    ``read`` understands the JSON form and raises BadQuestion at the part that is wrong; ``data`` gives it back, with
    ``kind`` and ``version``; ``address`` is the query string of the kind's ``page`` (the name of a URL that takes a
    workspace). ``answer`` asks for a member, over the accounts that the member may see. ``title`` names a question in
    few words, ``reading`` says an answer in a sentence or two, both in the language that is active and given;
    ``sheet`` lays the answer out as the head and the rows of a table; ``told`` is the answer as the API tells it.
    ``marks`` says how the list behind each mark of the answer opens (``insight/behind.py``).
    """

    key: str
    label: Words
    icon: str
    page: str
    read: Callable[[Mapping[str, Any]], Any]
    data: Callable[[Any], dict[str, Any]]
    address: Callable[[Any], str]
    answer: Callable[[Member, Any], Any]
    title: Callable[[Any, EventNames, str], str]
    reading: Callable[[Any, EventNames, str], SafeString]
    sheet: Callable[[Any, EventNames, str], tuple[Sequence[str], Iterable[list[Cell]]]]
    told: Callable[[Any], dict[str, Any]]
    marks: Marks | None = None

    def url(self, slug: str, question: Any) -> str:
        """The page of a question in a workspace."""
        return f"{reverse(self.page, kwargs={'workspace': slug})}?{self.address(question)}"
