"""The audit page: who changed what, when."""

import json
from collections.abc import Iterator
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from evergrow.lib import sheets
from evergrow.workspaces import audit_filter, queries
from evergrow.workspaces.access import GatedRequest, gate
from evergrow.workspaces.audit_words import field, value, words
from evergrow.workspaces.models import AuditEntry

PAGE = 50


@gate("administer")
@require_safe
def audit(request: GatedRequest) -> HttpResponse:
    """The trail, newest first, filtered by the address."""
    chosen = audit_filter.read(request.GET)
    page = Paginator(chosen.entries(request.member), PAGE).get_page(request.GET.get("page"))
    verbs = queries.audit_entries(request.member).order_by("verb").values_list("verb", flat=True).distinct()
    context = {
        "page": page,
        "rows": [{"entry": entry, "words": words(entry.verb), "details": details(entry)} for entry in page],
        "chosen": chosen,
        "whos": queries.members(request.member),
        "whats": [(verb, words(verb)) for verb in verbs],
        "query": request.GET.urlencode(),
        "is_filtered": chosen != audit_filter.AuditFilter(),
    }
    return render(request, "workspaces/audit.html", context)


@gate("administer")
@require_safe
def export(request: GatedRequest) -> StreamingHttpResponse:
    """The same entries as CSV, times in the workspace's zone."""
    entries = audit_filter.read(request.GET).entries(request.member)
    heads = [_("Time"), _("Who"), _("Verb"), _("What"), _("Kind"), _("Number"), _("Details")]
    lines = sheets.csv_lines(heads, _cells(entries), zone=request.workspace.tz)
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    day = request.workspace.today().isoformat()
    response["Content-Disposition"] = f'attachment; filename="audit-{request.workspace.slug}-{day}.csv"'
    return response


def _cells(entries: Any) -> Iterator[list[sheets.Cell]]:
    for entry in entries.iterator(chunk_size=2000):
        data = json.dumps(entry.data, ensure_ascii=False) if entry.data else ""
        yield [entry.at, entry.by_name, entry.verb, entry.target_name, entry.target_kind, entry.target_id, data]


def details(entry: AuditEntry) -> list[dict[str, str]]:
    """The recorded data as rows of name, before and after; one value where there is no before."""
    found = []
    for name, kept in entry.data.items():
        before, after = kept if isinstance(kept, list) and len(kept) == 2 else (None, kept)
        found.append({"name": field(name), "before": _text(value(name, before)), "after": _text(value(name, after))})
    return found


def _text(value: Any) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 120 else f"{text[:119]}…"
