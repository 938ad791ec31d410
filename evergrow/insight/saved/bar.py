"""What stands in the head of every question page: as of when, under which name, changed or not, what can be done."""

import json
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language

from evergrow.insight import kinds
from evergrow.insight.saved import access, queries
from evergrow.insight.saved.models import SavedQuestion, Sharing
from evergrow.workspaces.access import GatedRequest, may

PARAMETER = "saved"


def opened(request: GatedRequest) -> SavedQuestion | None:
    """The saved question that the page was opened from; None where there is none, or none that the member may see."""
    text = request.GET.get(PARAMETER, "")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        return None
    return access.visible(request.member).filter(number=int(text), archived_at=None).first()


def carried(request: GatedRequest) -> dict[str, str]:
    """What an address that a page pushes must carry on, so that the saved question stays known."""
    saved = opened(request)
    return {PARAMETER: str(saved.number)} if saved else {}


def address(slug: str, read: queries.Read) -> str:
    """The page of a saved question that can be read."""
    if read.kind is None:
        raise ValueError("A question of no known kind has no page.")
    return f"{read.kind.url(slug, read.question)}&{PARAMETER}={read.saved.number}"


def shown(request: GatedRequest, kind: str, question: Any, answer: Any) -> dict[str, Any]:
    """The parts of the bar."""
    member, saved = request.member, opened(request)
    form = kinds.get(kind).data(question) if question is not None else None
    is_changed = bool(saved and form is not None and queries.read(saved).form != form)
    is_chinese = (get_language() or "en").startswith("zh")
    return {
        "saved": saved,
        "form": json.dumps(form, ensure_ascii=False) if form is not None else "",
        "is_changed": is_changed,
        "may_work": may(member, "work") and form is not None,
        "may_edit": bool(saved and access.may_edit(member, saved)),
        "may_own": bool(saved and access.owns(member, saved)),
        "is_starred": bool(saved and queries.starred(member, [saved])),
        "as_of": getattr(answer, "as_of", None),
        "here": request.get_full_path(),
        "is_swapped": bool(request.htmx),
        "folders": queries.folders(member),
        "sharings": Sharing.choices,
        "languages": ("zh", "en") if is_chinese else ("en", "zh"),
        "details_url": _details(request, saved) if saved else "",
    }


def _details(request: GatedRequest, saved: SavedQuestion) -> str:
    arguments = {"workspace": request.workspace.slug, "number": saved.number}
    return reverse("insight:question_details", kwargs=arguments)
