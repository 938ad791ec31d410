"""The import pages: list, upload, columns with preview, progress and result, undo."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from evergrow.intake import access
from evergrow.intake.columns import KEEP, Mapping
from evergrow.intake.files import UnusableFile
from evergrow.intake.imports import drafts, engine, told, undo
from evergrow.intake.imports.preview import preview
from evergrow.intake.imports.reasons import reasons
from evergrow.intake.kinds import KINDS
from evergrow.intake.models import Import, ImportState
from evergrow.intake.sample.notice import sample_notice
from evergrow.lib import sheets
from evergrow.workspaces.access import GatedRequest, gate
from evergrow.workspaces.models import Job, JobState

PAGE_SIZE = 50


@gate("manage")
@require_GET
def imports(request: GatedRequest) -> HttpResponse:
    rows = access.imports(request.member)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    facts = {"page": page, "kinds": KINDS, "notice": sample_notice(request.workspace)}
    return render(request, "intake/imports.html", facts)


@gate("manage")
@require_http_methods(["GET", "POST"])
def new_import(request: GatedRequest) -> HttpResponse:
    facts: dict[str, Any] = {"kinds": KINDS, "limit": settings.UPLOAD_LIMIT_MIB, "kind": request.GET.get("kind", "")}
    if request.method == "GET":
        return render(request, "intake/new.html", facts)
    file, facts["kind"] = request.FILES.get("file"), request.POST.get("kind", "")
    if file is None:
        facts["error"] = _("No file was chosen. Choose one, then upload it.")
        return render(request, "intake/new.html", facts, status=422)
    try:
        source = drafts.receive(
            workspace=request.workspace,
            file_name=file.name or "",
            pieces=file.chunks(1 << 20),
            by=request.member,
            kind=facts["kind"],
        )
    except (UnusableFile, drafts.UnknownKind) as error:
        facts |= {"error": str(error), "file_name": file.name}
        return render(request, "intake/new.html", facts, status=422)
    return redirect(address(source))


@gate("manage")
@require_GET
def example(request: GatedRequest, kind: str) -> HttpResponse:
    """A small file of a kind, to fill in or to try."""
    if kind not in KINDS:
        raise Http404
    head, *rows = KINDS[kind].example
    response = HttpResponse(b"".join(sheets.csv_lines(head, rows)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="evergrow-{kind}-example.csv"'
    return response


@gate("manage")
@require_GET
def one_import(request: GatedRequest, pk: int) -> HttpResponse:
    """A draft's columns, a run's progress, or what came of it."""
    source = access.import_or_404(request.member, pk)
    if source.state == ImportState.DRAFT:
        return render(request, "intake/columns.html", about_draft(source))
    facts = about_run(source)
    if request.htmx and source.is_open:
        return render(request, "intake/_run.html", facts)
    response = render(request, "intake/_run.html" if request.htmx else "intake/import.html", facts)
    if request.htmx:
        response["HX-Refresh"] = "true"
    return response


def about_draft(source: Import) -> dict[str, Any]:
    kind, mapping = KINDS[source.kind], Mapping.from_json(source.mapping)
    samples = drafts.first_rows(source, 20)
    return {
        "source": source,
        "kind": kind,
        "kinds": KINDS,
        "keep": KEEP,
        "date_order": mapping.date_order,
        "columns": [
            {
                "number": place,
                "name": column,
                "field": mapping.columns.get(column, ""),
                "samples": list(dict.fromkeys(row[place] for row in samples if row[place].strip()))[:3],
            }
            for place, column in enumerate(source.layout["columns"])
        ],
        "problems": mapping.problems(kind),
        "preview": preview(source),
        "twin": drafts.twin(source),
    }


def about_run(source: Import) -> dict[str, Any]:
    seconds = source.seconds or 0
    rate = source.rows_done / seconds if seconds >= 0.5 and source.rows_done else None
    left = (source.rows_total - source.rows_done) / rate if rate and source.is_open else None
    return {
        "source": source,
        "kind": KINDS[source.kind],
        "rate": rate,
        "left": max(left, 0) if left is not None else None,
        "share": source.rows_done / source.rows_total if source.rows_total else None,
        "reasons": [] if source.is_open else reasons(source, get_language() or "en"),
        **next_list(source),
        "is_waiting": source.state == ImportState.READY,
        "is_behind": source.state == ImportState.READY and Job.objects.filter(state=JobState.RUNNING).exists(),
        "is_undoing": source.state == ImportState.UNDOING and not source.is_stuck,
        "can_resume": source.state in (ImportState.FAILED, ImportState.CANCELLED),
    }


LISTS = {
    "people": ("customers:people", gettext_lazy("people")),
    "events": ("insight:trends", gettext_lazy("trends")),
}


def next_list(source: Import) -> dict[str, Any]:
    """Where the imported records can be seen."""
    name, label = LISTS.get(source.kind, ("customers:accounts", gettext_lazy("accounts")))
    return {"list_url": reverse(name, kwargs={"workspace": source.workspace.slug}), "list_label": label}


@gate("manage")
@require_POST
def kind(request: GatedRequest, pk: int) -> HttpResponse:
    """Read a draft as another kind."""
    source = access.import_or_404(request.member, pk)
    try:
        drafts.change_kind(source=source, kind=request.POST.get("kind", ""), by=request.member)
    except (drafts.NotADraft, drafts.UnknownKind) as error:
        messages.error(request, str(error))
    return redirect(address(source))


@gate("manage")
@require_POST
def columns(request: GatedRequest, pk: int) -> HttpResponse:
    """Say what the columns mean; the answer is the preview."""
    source = access.import_or_404(request.member, pk)
    try:
        save_columns(request, source)
    except drafts.NotADraft as error:
        messages.error(request, str(error))
        return redirect(address(source))
    if request.htmx:
        return render(request, "intake/_columns.html", about_draft(source))
    return redirect(address(source))


def save_columns(request: GatedRequest, source: Import) -> None:
    chosen = {
        column: request.POST[f"column-{place}"]
        for place, column in enumerate(source.layout.get("columns", []))
        if f"column-{place}" in request.POST
    }
    kept = Mapping.from_json(source.mapping)
    wanted = {
        "columns": kept.columns | chosen,
        "date_order": request.POST.get("date_order", kept.date_order),
    }
    drafts.set_mapping(source=source, wanted=wanted, by=request.member)


@gate("manage")
@require_POST
def start(request: GatedRequest, pk: int) -> HttpResponse:
    """Import a draft with the columns as the form has them."""
    source = access.import_or_404(request.member, pk)
    try:
        save_columns(request, source)
        engine.start(source=drafts.make_ready(source=source, by=request.member), by=request.member)
    except (drafts.NotADraft, drafts.MappingIncomplete) as error:
        messages.error(request, str(error))
    return redirect(address(source))


@gate("manage")
@require_POST
def discard(request: GatedRequest, pk: int) -> HttpResponse:
    source = access.import_or_404(request.member, pk)
    try:
        drafts.discard(source=source, by=request.member)
    except drafts.NotADraft as error:
        messages.error(request, str(error))
        return redirect(address(source))
    messages.success(request, _("%(file)s was thrown away. Nothing was imported.") % {"file": source.file_name})
    return redirect("intake:imports", workspace=request.workspace.slug)


@gate("manage")
@require_POST
def cancel(request: GatedRequest, pk: int) -> HttpResponse:
    source = access.import_or_404(request.member, pk)
    try:
        engine.cancel(source=source, by=request.member)
    except engine.NotRunning as error:
        messages.error(request, str(error))
    return redirect(address(source))


@gate("manage")
@require_POST
def resume(request: GatedRequest, pk: int) -> HttpResponse:
    source = access.import_or_404(request.member, pk)
    try:
        engine.resume(source=source, by=request.member)
    except engine.NotRunning as error:
        messages.error(request, str(error))
    return redirect(address(source))


@gate("manage")
@require_http_methods(["GET", "POST"])
def undo_import(request: GatedRequest, pk: int) -> HttpResponse:
    """What an undo would do, and the undo itself."""
    source = access.import_or_404(request.member, pk)
    if request.method == "POST":
        try:
            undo.start(source=source, by=request.member)
        except undo.CannotUndo as error:
            messages.error(request, str(error))
        return redirect(address(source))
    if not source.can_be_undone:
        raise Http404
    plan = undo.plan(source)
    return render(request, "intake/undo.html", {"source": source, "plan": plan, **told.in_words(plan)})


@gate("manage")
@require_GET
def bad_rows(request: GatedRequest, pk: int) -> HttpResponseBase:
    """The bad rows of an import with their reasons, as a CSV file."""
    source = access.import_or_404(request.member, pk)
    if not source.bad or not source.rejected_path.exists():
        raise Http404
    name = f"{source.file_name.split('.')[0]}-bad-rows.csv"
    return FileResponse(source.rejected_path.open("rb"), as_attachment=True, filename=name, content_type="text/csv")


def address(source: Import) -> str:
    return reverse("intake:import", kwargs={"workspace": source.workspace.slug, "pk": source.pk})
