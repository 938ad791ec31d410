"""Saved questions: the list with what each says now, opening one, its details and history."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language

from evergrow.insight import event_names, kinds
from evergrow.insight.saved import access, bar, queries, shelf, wording
from evergrow.insight.saved.models import Sharing
from evergrow.workspaces.access import GatedRequest, gate, may
from evergrow.workspaces.models import Member

PER_PAGE = 25


@gate("view")
def questions(request: GatedRequest) -> HttpResponse:
    """What is kept, by folder and kind, pinned and starred ones first; each says its answer as it comes into view."""
    member, state = request.member, shelf.parse(request.GET)
    found = shelf.shelf(member, state)
    undo = request.GET.get("archived", "")
    context = {
        "shelf": found,
        "state": state,
        "page": Paginator(found.rows, PER_PAGE).get_page(request.GET.get("page")),
        "kinds": [(kind, kinds_page(request, kind.page)) for kind in kinds.KINDS],
        "may_work": may(member, "work"),
        "may_manage": may(member, "manage"),
        "undo": access.get(member, int(undo)) if undo.isdecimal() and len(undo) < 10 else None,
        "here": request.get_full_path(),
    }
    return render(request, "insight/saved/questions.html", context)


@gate("view")
def question(request: GatedRequest, number: int) -> HttpResponse:
    """Open it at the page of its kind; one that can no longer be read says which part is wrong."""
    read = queries.read(access.get(request.member, number))
    if read.wrong is None:
        return redirect(bar.address(request.workspace.slug, read))
    return render(request, "insight/saved/broken.html", _about(request, read), status=422)


@gate("view")
def question_reading(request: GatedRequest, number: int) -> HttpResponse:
    """What it says now, for the list."""
    saved = access.get(request.member, number)
    now = queries.now(request.member, saved, get_language() or "en")
    return render(request, "insight/saved/_reading.html", {"now": now, "saved": saved})


@gate("view")
def question_details(request: GatedRequest, number: int) -> HttpResponse:
    """What is asked in words, the texts and rights to change, every version with what it changed."""
    return render(
        request, "insight/saved/details.html", _about(request, queries.read(access.get(request.member, number)))
    )


def kinds_page(request: GatedRequest, name: str) -> str:
    """The page where a kind of question is asked."""
    return reverse(name, kwargs={"workspace": request.workspace.slug})


def _about(request: GatedRequest, read: queries.Read) -> dict[str, Any]:
    member, saved, language = request.member, read.saved, get_language() or "en"
    names, today = event_names.of(request.workspace), request.workspace.today()
    versions = list(saved.versions.select_related("by__user"))
    return {
        "saved": saved,
        "read": read,
        "kind": read.kind,
        "url": bar.address(request.workspace.slug, read) if read.wrong is None else "",
        "parts": wording.parts(saved.form, names, language, today),
        "history": wording.history(versions, names, language, today),
        "may_edit": access.may_edit(member, saved) and not saved.is_archived,
        "may_bring_back": access.may_edit(member, saved) and saved.is_archived,
        "may_own": access.owns(member, saved),
        "may_work": may(member, "work"),
        "may_manage": may(member, "manage"),
        "is_starred": bool(queries.starred(member, [saved])),
        "folders": queries.folders(member),
        "sharings": Sharing.choices,
        "colleagues": Member.objects.filter(workspace=request.workspace, left_at=None).select_related("user"),
        "here": request.get_full_path(),
    }
