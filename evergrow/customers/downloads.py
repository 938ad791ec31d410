"""A table as a file for the browser: CSV that streams, or an Excel sheet."""

import tempfile
from collections.abc import Iterable, Sequence
from typing import Literal
from urllib.parse import quote

from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse

from evergrow.lib import sheets
from evergrow.workspaces.models import Workspace

Format = Literal["csv", "xlsx"]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def download(
    workspace: Workspace,
    name: str,
    heads: Sequence[str],
    rows: Iterable[Sequence[sheets.Cell]],
    format: Format,
) -> HttpResponseBase:
    """Send a table as ``<name>.<format>``; the name may be Chinese. Moments are in the workspace's zone.

    Raises sheets.TooManyRows for an Excel sheet that is too long.
    """
    file = f"attachment; filename*=UTF-8''{quote(f'{name}.{format}')}"
    if format == "csv":
        lines = sheets.csv_lines(heads, rows, zone=workspace.tz)
        return StreamingHttpResponse(
            lines, content_type="text/csv; charset=utf-8", headers={"Content-Disposition": file}
        )
    out = tempfile.TemporaryFile()  # noqa: SIM115 (the response closes it)
    sheets.write_xlsx(out, heads, rows, zone=workspace.tz, title=name)
    out.seek(0)
    return FileResponse(out, content_type=XLSX, headers={"Content-Disposition": file})
