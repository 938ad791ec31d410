"""What is done with saved questions from pages: each posts a form and leads back to where it came from."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from evergrow.insight import statement
from evergrow.insight.errors import BadQuestion
from evergrow.insight.saved import access, actions
from evergrow.insight.saved.models import WORDS, SavedQuestion
from evergrow.lib.digits import row_id
from evergrow.workspaces.access import GatedRequest, gate
from evergrow.workspaces.errors import BadChoice, Refused
from evergrow.workspaces.models import Member
from evergrow.workspaces.returning import ours

LARGEST_FORM = 100_000


def telling(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponseBase]:
    """Say why something cannot be done, and go back to where it was tried."""

    @wraps(view)
    def told(request: GatedRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except Refused as refused:
            messages.error(request, str(refused))
            return redirect(_back(request, request.headers.get("referer", ""), kwargs.get("number")))

    return told


def page(request: GatedRequest, name: str, **arguments: Any) -> str:
    """The address of a page of saved questions."""
    return reverse(f"insight:{name}", kwargs={"workspace": request.workspace.slug, **arguments})


@gate("work")
@require_POST
@telling
def question_new(request: GatedRequest) -> HttpResponse:
    """Save the question of a page under a name."""
    facts: dict[str, Any] = {field: request.POST.get(field, "") for field in (*WORDS, "folder", "sharing")}
    saved = actions.save(workspace=request.workspace, form=_form(request), by=request.member, **facts)
    messages.success(request, _("Saved as “%(name)s”.") % {"name": saved})
    return redirect(page(request, "question", number=saved.number))


@gate("work")
@require_POST
@telling
def question_save(request: GatedRequest, number: int) -> HttpResponse:
    """Save over a question, as its next version."""
    saved = access.get(request.member, number)
    base = request.POST.get("base", "")
    saved = actions.save_again(question=saved, form=_form(request), by=request.member, base=row_id(base) or None)
    messages.success(request, _("Saved as version %(version)s.") % {"version": saved.version})
    return redirect(page(request, "question", number=number))


@gate("work")
@require_POST
@telling
def question_describe(request: GatedRequest, number: int) -> HttpResponse:
    """Change texts, folder, and for owners and managers who sees it and whose it is."""
    saved, posted = access.get(request.member, number), request.POST
    facts: dict[str, Any] = {field: posted[field] for field in (*WORDS, "folder", "sharing") if field in posted}
    if "owner" in posted:
        facts["owner"] = _colleague(request, posted["owner"])
    actions.describe(question=saved, by=request.member, **facts)
    messages.success(request, _("Saved."))
    return redirect(page(request, "question_details", number=number))


@gate("work")
@require_POST
@telling
def question_restore(request: GatedRequest, number: int, version: int) -> HttpResponse:
    """Make an earlier version the newest."""
    saved = access.get(request.member, number)
    saved = actions.restore_version(question=saved, number=version, by=request.member)
    messages.success(
        request, _("Version %(old)s is back, as version %(new)s.") % {"old": version, "new": saved.version}
    )
    return redirect(page(request, "question_details", number=number))


@gate("work")
@require_POST
@telling
def question_copy(request: GatedRequest, number: int) -> HttpResponse:
    """The same question again, one's own."""
    made = actions.duplicate(question=access.get(request.member, number), by=request.member)
    messages.success(request, _("Copied. The copy is yours alone until you share it."))
    return redirect(page(request, "question_details", number=made.number))


@gate("work")
@require_POST
def question_archive(request: GatedRequest, number: int) -> HttpResponse:
    """Put it away; the list offers to take that back."""
    actions.archive(question=access.get(request.member, number), by=request.member)
    return redirect(f"{page(request, 'questions')}?archived={number}")


@gate("work")
@require_POST
def question_bring_back(request: GatedRequest, number: int) -> HttpResponse:
    """Take it out of the archive."""
    saved = access.get(request.member, number)
    actions.bring_back(question=saved, by=request.member)
    messages.success(request, _("“%(name)s” is back.") % {"name": saved})
    return redirect(page(request, "question_details", number=number))


@gate("view")
@require_POST
def question_star(request: GatedRequest, number: int) -> HttpResponse:
    """Star it for oneself, or take the star away."""
    saved = access.get(request.member, number)
    actions.star(question=saved, by=request.member, is_on="on" in request.POST)
    return redirect(_back(request, request.POST.get("next", "")))


@gate("manage")
@require_POST
@telling
def question_pin(request: GatedRequest, number: int) -> HttpResponse:
    """Keep it on top of everybody's list, or no longer."""
    saved: SavedQuestion = access.get(request.member, number)
    actions.pin(question=saved, by=request.member, is_on="on" in request.POST)
    return redirect(_back(request, request.POST.get("next", "")))


@gate("view")
@require_POST
def refresh(request: GatedRequest) -> HttpResponse:
    """Ask the event store again, whatever is remembered of this workspace."""
    statement.memory.forget(request.workspace.pk)
    return redirect(_back(request, request.POST.get("next", "")))


def _form(request: GatedRequest) -> Any:
    """The question's JSON form as posted. Raises BadQuestion where it is none."""
    text = request.POST.get("form", "")
    try:
        if len(text) <= LARGEST_FORM:
            return json.loads(text)
    except (ValueError, RecursionError):
        pass
    raise BadQuestion("question", _("A question is an object with named parts."))


def _colleague(request: GatedRequest, text: str) -> Member:
    rows = Member.objects.filter(workspace=request.workspace, left_at=None)
    found = rows.filter(pk=int(text)).first() if text.isdecimal() and len(text) < 18 else None
    if found is None:
        raise BadChoice("owner", _("The owner is no colleague here."))
    return found


def _back(request: GatedRequest, asked: str, number: int | None = None) -> str:
    """Where the reader came from, if that is here; else the question's details, else the list."""
    return ours(
        request, asked, page(request, "question_details", number=number) if number else page(request, "questions")
    )
