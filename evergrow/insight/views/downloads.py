"""Tables as downloads: CSV that streams, or an Excel file."""

import tempfile
from collections.abc import Iterable, Sequence
from datetime import tzinfo

from django.http import FileResponse, Http404, HttpResponseBase, StreamingHttpResponse

from evergrow.lib import sheets
from evergrow.lib.sheets import Cell, Notes


def table(
    form: str,
    name: str,
    heads: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    zone: tzinfo,
    notes: Notes | None = None,
) -> HttpResponseBase:
    """The table as a file ``name.csv`` or ``name.xlsx``; any other form is not found.

    ``notes`` are a second sheet of Excel: its title, and rows of a name and what it says.
    """
    if form == "csv":
        lines = sheets.csv_lines(heads, rows, zone=zone)
        response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
        return response
    if form != "xlsx":
        raise Http404
    out = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    sheets.write_xlsx(out, heads, rows, zone=zone, title=name, notes=notes)
    out.seek(0)
    return FileResponse(out, as_attachment=True, filename=f"{name}.xlsx")
