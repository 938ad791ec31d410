"""Asking the index that the database holds: FTS5 on SQLite, a tsvector on PostgreSQL."""

from collections.abc import Sequence

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from evergrow.customers.models import SearchEntry
from evergrow.customers.search.triggers import ENTRIES, TERMS
from evergrow.customers.search.words import Word


def matching(found: QuerySet[SearchEntry], asked: Sequence[Word]) -> QuerySet[SearchEntry]:
    """The entries with every word, the best first (``rank``, larger is better), then the newest."""
    if connection.vendor == "postgresql":
        text = " & ".join(f"'{word.text}':*" if word.is_beginning else f"'{word.text}'" for word in asked)
        document, query = f"to_tsvector('simple', {ENTRIES}.terms)", "to_tsquery('simple', %s)"
        hits = RawSQL(f"SELECT id FROM {ENTRIES} WHERE {document} @@ {query}", [text])  # noqa: S611, S608
        rank = RawSQL(f"ts_rank({document}, {query})", [text])  # noqa: S611
        return found.filter(pk__in=hits).annotate(rank=rank).order_by("-rank", "-at", "-pk")
    text = " AND ".join(f'"{word.text}"*' if word.is_beginning else f'"{word.text}"' for word in asked)
    hits = RawSQL(f"SELECT rowid FROM {TERMS} WHERE {TERMS} MATCH %s", [text])  # noqa: S611, S608
    score = f"SELECT -bm25({TERMS}) FROM {TERMS} WHERE {TERMS} MATCH %s AND rowid = {ENTRIES}.id"  # noqa: S608
    return found.filter(pk__in=hits).annotate(rank=RawSQL(score, [text])).order_by("-rank", "-at", "-pk")  # noqa: S611
