"""Bringing the index up to date with what the triggers noted."""

import time
from collections.abc import Iterable

from django.db import connection, transaction

from evergrow.customers.models import SearchEntry, SearchStale
from evergrow.customers.search import triggers, words
from evergrow.customers.search.sources import Entry, Source, sources

BATCH = 500
LONGEST = 200_000
TURN = 0.12


def refresh(most: int | None = None) -> int:
    """Read again what changed, at most about ``most`` notes; how many notes were taken away.

    A note goes in the transaction that writes its entry, so that a crash loses none.
    """
    done = 0
    while most is None or done < most:
        if not (count := _batch()):
            break
        done += count
        if most is None and count == BATCH:
            _give_way()
    return done


def is_reading(beyond: int = 0) -> bool:
    """Whether more than so many notes still wait: what they are about is not found yet, or by its earlier words."""
    return SearchStale.objects.order_by("pk")[beyond : beyond + 1].exists()


def _give_way() -> None:
    """Let other writers of SQLite in: they look every tenth of a second only whether it is their turn."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        time.sleep(TURN)


@transaction.atomic
def _batch() -> int:
    found = SearchStale.objects.order_by("pk")
    if connection.features.has_select_for_update_skip_locked:
        found = found.select_for_update(skip_locked=True)
    notes = list(found[:BATCH])
    by_kind: dict[str, set[int]] = {}
    for note in notes:
        by_kind.setdefault(note.kind, set()).add(note.object_id)
    # First let go of the notes: what changes from here on is noted anew.
    SearchStale.objects.filter(pk__in=[note.pk for note in notes]).delete()
    for kind, keys in sorted(by_kind.items()):
        if (source := sources().get(kind)) is None:
            SearchEntry.objects.filter(kind=kind, object_id__in=keys).delete()
        else:
            _write(source, keys)
    return len(notes)


def _write(source: Source, keys: Iterable[int]) -> None:
    entries = {row.pk: source.entry(row) for row in source.rows(sorted(keys))}
    kept = {key: entry for key, entry in entries.items() if entry is not None}
    SearchEntry.objects.filter(kind=source.kind, object_id__in=set(keys) - kept.keys()).delete()
    SearchEntry.objects.bulk_create(
        [_row(source.kind, key, entry) for key, entry in kept.items()],
        update_conflicts=True,
        unique_fields=["kind", "object_id"],
        update_fields=["account", "author", "visibility", "at", "title", "body", "terms"],
    )


def _row(kind: str, key: int, entry: Entry) -> SearchEntry:
    body = entry.body.replace("\x00", "")[:LONGEST]
    return SearchEntry(
        workspace_id=entry.workspace,
        kind=kind,
        object_id=key,
        account_id=entry.account,
        author_id=entry.author,
        visibility=entry.visibility,
        at=entry.at,
        title=entry.title[:200],
        body=body,
        terms=words.kept(f"{entry.title}\n{body}"),
    )


def rebuild() -> int:
    """Forget the index and read everything again; how many entries there are then."""
    with transaction.atomic():
        SearchStale.objects.all().delete()
        SearchEntry.objects.all().delete()
        for source in sources().values():
            triggers.note_all(connection, source)
    refresh()
    return SearchEntry.objects.count()
