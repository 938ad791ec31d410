"""What this room lets be found by its words: the notes of tasks, and signals."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from evergrow.customers.search.sources import Entry, Source, register
from evergrow.success.models import Signal, Task


def _task(row: Task) -> Entry:
    names = row.name.values() if isinstance(row.name, dict) else [row.name]
    title, *other = [str(name) for name in names if name] or [""]
    body = "\n".join(filter(None, [*other, row.note, row.evidence, row.reason]))
    return Entry(row.workspace_id, title, body, row.created_at, account=row.account_id, author=row.created_by_id)


def _signal(row: Signal) -> Entry | None:
    if row.account_id is None:
        return None
    said = [text for line in row.evidence for text in line.values()] if isinstance(row.evidence, list) else []
    title, *other = [str(text) for text in row.reason.values()] or [""]
    body = "\n".join(filter(None, [*other, *map(str, said), row.end_reason]))
    return Entry(row.workspace_id, title, body, row.first_seen_at, account=row.account_id)


register(
    Source(
        "task",
        _("Tasks"),
        "checkbox",
        "success.Task",
        ("name", "note", "evidence", "reason", "account_id"),
        _task,
        lambda slug, _number, key: reverse("success:task", args=[slug, key]),
        called=str,
    )
)
register(
    Source(
        "signal",
        _("Signals"),
        "bell",
        "success.Signal",
        ("reason", "evidence", "end_reason", "account_id"),
        _signal,
        lambda slug, _number, key: reverse("success:signal", args=[slug, key]),
        called=str,
    )
)
