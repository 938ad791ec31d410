"""A copy of everything we hold about a person: a ZIP with JSON for machines and HTML and CSV for people."""

import html
import json
import tempfile
import zipfile
from collections.abc import Iterable
from typing import IO, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext as _

from evergrow.customers.models import Person
from evergrow.customers.privacy import registry
from evergrow.customers.privacy.consent import consents
from evergrow.customers.privacy.subject import Subject, subject_of
from evergrow.lib import clock, sheets

Part = tuple[str, str, list[dict[str, Any]]]
SHOWN = 200


def copy_of(person: Person) -> IO[bytes]:
    """Write the ZIP into a temporary file and give it, ready to be read; nothing is kept on disk once it is closed."""
    subject = subject_of(person)
    parts = list(collect(person, subject))
    out = tempfile.TemporaryFile()  # noqa: SIM115 (the response closes it)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        about = {"made_at": clock.now(), "workspace": person.workspace.name, "number": person.number}
        whole = {"about": about, **{key: rows for key, _label, rows in parts}}
        archive.writestr("data.json", json.dumps(whole, ensure_ascii=False, indent=1, cls=DjangoJSONEncoder))
        archive.writestr("index.html", page(person, parts))
        for key, _label, rows in parts:
            if rows:
                heads = list(dict.fromkeys(name for row in rows for name in row))
                lines = sheets.csv_lines(heads, ([flat(row.get(name)) for name in heads] for row in rows))
                archive.writestr(f"{key}.csv", b"".join(lines))
    out.seek(0)
    return out


def collect(person: Person, subject: Subject) -> Iterable[Part]:
    """What each holder has, as (key, label, rows)."""
    for holder in registry.holders():
        yield holder.key.replace("customers.", "").lower(), str(holder.label), list(holder.rows(subject))
    standing = [
        {"purpose": str(each.purpose), "channel": each.channel, "state": each.state, "allows": each.allows}
        for each in consents(person)
    ]
    yield "consent_now", _("Consent as it stands"), standing


def flat(value: Any) -> str | int | float | None:
    """A value for one cell."""
    if value is None or isinstance(value, str | int | float):
        return value
    return json.dumps(value, ensure_ascii=False, cls=DjangoJSONEncoder).strip('"')


def page(person: Person, parts: list[Part]) -> str:
    """All parts as one page without anything from elsewhere; long tables end with a word where the rest is."""
    title = _("What %(workspace)s holds about you") % {"workspace": person.workspace.name}
    body = [f"<h1>{html.escape(title)}</h1>", f"<p>{html.escape(str(clock.now().date()))} · #{person.number}</p>"]
    for key, label, rows in parts:
        body.append(f"<h2>{html.escape(label)} ({len(rows)})</h2>")
        body.append(_table(rows) if rows else f"<p>{html.escape(_('Nothing.'))}</p>")
        if len(rows) > SHOWN:
            more = _("The first %(n)d rows; all of them are in %(file)s.") % {"n": SHOWN, "file": f"{key}.csv"}
            body.append(f"<p>{html.escape(more)}</p>")
    style = "body{font:15px/1.6 system-ui;margin:2rem auto;max-width:72rem;padding:0 1rem;color:#1f2937}"
    style += "table{border-collapse:collapse;font-size:13px}td,th{border:1px solid #d8dee6;padding:4px 8px;"
    style += "text-align:left;vertical-align:top}h2{margin-top:2rem;font-size:1.1rem}"
    head = f'<meta charset="utf-8"><title>{html.escape(title)}</title><style>{style}</style>'
    return f"<!doctype html><html><head>{head}</head><body>{''.join(body)}</body></html>"


def _table(rows: list[dict[str, Any]]) -> str:
    heads = list(dict.fromkeys(name for row in rows[:SHOWN] for name in row))
    top = "".join(f"<th>{html.escape(name)}</th>" for name in heads)
    lines = [
        "<tr>" + "".join(f"<td>{html.escape(str(flat(row.get(name)) or ''))}</td>" for name in heads) + "</tr>"
        for row in rows[:SHOWN]
    ]
    return f"<table><tr>{top}</tr>{''.join(lines)}</table>"
