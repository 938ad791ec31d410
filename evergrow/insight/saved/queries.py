"""Saved questions for pages, the palette and the API: which there are, and what each says now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from evergrow import warehouse
from evergrow.insight import event_names, kinds
from evergrow.insight.errors import BadQuestion
from evergrow.insight.kind import Kind
from evergrow.insight.saved import access
from evergrow.insight.saved.models import SavedQuestion, Star
from evergrow.workspaces.models import Member

SEARCHED = ("name_zh", "name_en", "description_zh", "description_en", "folder")
MOST_WORDS = 8


@dataclass(frozen=True, slots=True)
class Read:
    """A saved question as it can be read now: its kind and the question itself, or what is wrong with it."""

    saved: SavedQuestion
    kind: Kind | None = None
    question: Any = None
    wrong: BadQuestion | None = None

    @property
    def form(self) -> Any:
        """The form as its kind writes it today; the kept one where it cannot be read."""
        return self.kind.data(self.question) if self.kind and self.wrong is None else self.saved.form


@dataclass(frozen=True, slots=True)
class Now:
    """What a saved question says now, as of when; or the sentence why it says nothing, and the part to mend."""

    reading: SafeString | None = None
    as_of: datetime | None = None
    problem: str = ""
    part: str = ""


def searched(member: Member, text: str) -> QuerySet[SavedQuestion]:
    """Those in use whose names, descriptions or folder hold every word."""
    rows = access.visible(member).filter(archived_at=None)
    for word in text.split()[:MOST_WORDS]:
        somewhere = Q()
        for field in SEARCHED:
            somewhere |= Q(**{f"{field}__icontains": word})
        rows = rows.filter(somewhere)
    return rows


def folders(member: Member) -> list[str]:
    """The folders that the questions a member may see lie in."""
    rows = access.visible(member).filter(archived_at=None).exclude(folder="")
    return sorted(set(rows.values_list("folder", flat=True)), key=str.lower)


def starred(member: Member, rows: Sequence[SavedQuestion]) -> set[int]:
    """Which of the questions the member has starred, by row key."""
    return set(Star.objects.filter(member=member, question__in=rows).values_list("question_id", flat=True))


def read(saved: SavedQuestion) -> Read:
    """Read the kept form through its kind again. What is wrong is said at its part, never raised."""
    kind = None
    try:
        kind = kinds.get(saved.kind)
        return Read(saved, kind, kind.read(saved.form))
    except BadQuestion as wrong:
        return Read(saved, kind, wrong=wrong)


def now(member: Member, saved: SavedQuestion, language: str) -> Now:
    """Ask it for a member, over the accounts that the member may see, and say the answer in a sentence or two."""
    found = read(saved)
    try:
        if found.kind is None or found.wrong is not None:
            raise found.wrong or BadQuestion("kind", saved.kind)
        answer = found.kind.answer(member, found.question)
    except BadQuestion as wrong:
        return Now(problem=wrong.sentence, part=wrong.part)
    except warehouse.StoreUnavailable as down:
        return Now(problem=str(down))
    names = event_names.of(member.workspace)
    return Now(found.kind.reading(answer, names, language), answer.as_of)


def answered(member: Member, kind: Kind, question: Any) -> dict[str, Any]:
    """The answer to a question as the API tells it, with its sentence. Raises BadQuestion."""
    language, names = get_language() or "en", event_names.of(member.workspace)
    answer = kind.answer(member, question)
    return {
        "kind": kind.key,
        "reading": str(kind.reading(answer, names, language)),
        "as_of": answer.as_of,
        "answer": kind.told(answer),
    }
