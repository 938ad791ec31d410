"""What a member finds: only what they may see, newest knowledge included, with the words they asked for set off."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from evergrow.customers import access
from evergrow.customers.models import Person, SearchEntry
from evergrow.customers.privacy.masking import Mask
from evergrow.customers.search import index, store, words
from evergrow.customers.search.sources import Source, sources
from evergrow.customers.visits.access import shown_to
from evergrow.lib.digits import row_id, small
from evergrow.workspaces.models import Member

FRESH = 2_000
PER_PAGE = 20
AROUND = 90


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found, ready to be shown; ``title`` and ``words`` are safe HTML, ``plain`` is the title as text."""

    source: Source
    url: str
    plain: str
    title: SafeString
    words: SafeString
    account: str
    entry: SearchEntry


def seen(member: Member) -> QuerySet[SearchEntry]:
    """The entries that a member may read."""
    found = SearchEntry.objects.filter(workspace_id=member.workspace_id)
    people = Q(kind="person", object_id__in=access.people(member).values("pk"))
    if not Mask(member).searchable("name"):
        people = Q(pk__in=[])
    of_account = Q(account__isnull=False) & access.visible(member, "account__") & shown_to(member)
    others = Q()
    for source in sources().values():
        if source.readable is not None:
            others |= Q(kind=source.kind, account=None, object_id__in=source.readable(member).values("pk"))
    return found.filter(people | of_account | others)


def found(member: Member, text: str) -> QuerySet[SearchEntry]:
    """The entries with every word of a text, the best first; none where there is nothing to look for."""
    asked = words.asked(text)
    if not asked:
        return SearchEntry.objects.none()
    index.refresh(FRESH)
    return store.matching(seen(member), asked)


def narrowed(rows: QuerySet[SearchEntry], member: Member, asked: Mapping[str, str]) -> QuerySet[SearchEntry]:
    """By ``kind``, ``account`` (its number), ``author`` (key of a member), days ``since`` and ``until``."""
    if asked.get("kind") in sources():
        rows = rows.filter(kind=asked["kind"])
    if number := small(asked.get("account", "")):
        rows = rows.filter(account__number=number)
    if author := row_id(asked.get("author", "")):
        rows = rows.filter(author=author)
    zone = member.workspace.tz
    if (since := _day(asked.get("since", ""))) is not None:
        rows = rows.filter(at__gte=datetime.combine(since, time(), zone))
    if (until := _day(asked.get("until", ""))) is not None:
        rows = rows.filter(at__lt=datetime.combine(until + timedelta(days=1), time(), zone))
    return rows


def page(member: Member, asked: Mapping[str, str]) -> dict[str, Any]:
    """What the page of the search shows."""
    text = asked.get("q", "").strip()[:200]
    everything = found(member, text)
    without_kind = narrowed(everything, member, {**asked, "kind": ""})
    counts = {row["kind"]: row["n"] for row in without_kind.order_by().values("kind").annotate(n=Count("pk"))}
    shown = Paginator(narrowed(everything, member, asked), PER_PAGE).get_page(asked.get("page"))
    return {
        "q": text,
        # Whoever asks has so many notes read first; only what is left after that is missing.
        "is_reading": index.is_reading() if words.asked(text) else index.is_reading(FRESH),
        "asked": asked,
        "shown": shown,
        "hits": hits(member, list(shown.object_list), text),
        "kinds": [(each.kind, each.label, counts[each.kind]) for each in sources().values() if counts.get(each.kind)],
        "authors": Member.objects.filter(pk__in=everything.order_by().values("author")).select_related("user"),
    }


def hits(member: Member, rows: Sequence[SearchEntry], text: str) -> list[Hit]:
    """Entries as they are shown. Accounts are read once, people's names as the member may see them."""
    language, slug, mark = get_language() or "en", member.workspace.slug, _marker(text)
    keys = [row.account_id for row in rows if row.account_id]
    accounts = {each.pk: each for each in access.accounts(member).filter(pk__in=keys)}
    here = [row.object_id for row in rows if row.kind == "person"]
    numbers = dict(Person.objects.filter(pk__in=here).values_list("pk", "number"))
    called = _called(rows)
    made = []
    for row in rows:
        source = sources().get(row.kind)
        account = accounts.get(row.account_id) if row.account_id else None
        number = account.number if account else numbers.get(row.object_id) if row.kind == "person" else None
        if source is None or (number is None and (row.account_id or row.kind == "person")):
            continue
        name = account.called(language) if account else ""
        title = called.get((row.kind, row.object_id)) or row.title or _start(row.body)
        url = source.url(slug, number, row.object_id)
        made.append(Hit(source, url, title, mark(title), mark(_around(row.body, text)), name, row))
    return made


def _called(rows: Sequence[SearchEntry]) -> dict[tuple[str, int], str]:
    """What bilingual rows are called in the reader's language; the index keeps one of the two as the title."""
    keys: dict[str, list[int]] = {}
    for row in rows:
        keys.setdefault(row.kind, []).append(row.object_id)
    names: dict[tuple[str, int], str] = {}
    for source in sources().values():
        if source.called is not None and source.kind in keys:
            names |= {(source.kind, each.pk): source.called(each) for each in source.rows(keys[source.kind])}
    return names


def _start(body: str) -> str:
    first = body.strip().splitlines()[0] if body.strip() else ""
    return first if len(first) <= 80 else f"{first[:79]}…"


def _pattern(text: str) -> re.Pattern[str] | None:
    asked = sorted({word.text for word in words.asked(text)}, key=len, reverse=True)
    return re.compile("|".join(re.escape(each) for each in asked), re.IGNORECASE) if asked else None


def _around(body: str, text: str) -> str:
    """The stretch of a text around the first word that was asked for."""
    flat, pattern = " ".join(body.split()), _pattern(text)
    place = pattern.search(words.folded(flat)) if pattern else None
    begin = max(0, (place.start() if place else 0) - AROUND // 2)
    piece = flat[begin : begin + 2 * AROUND]
    return f"{'…' if begin else ''}{piece}{'…' if begin + 2 * AROUND < len(flat) else ''}"


def _marker(text: str) -> "Any":
    """A function that escapes a text and sets off what was asked for."""
    pattern = _pattern(text)

    def mark(said: str) -> SafeString:
        if pattern is None:
            return SafeString(escape(said))
        told, at = "", 0
        for place in pattern.finditer(said):
            told += f"{escape(said[at : place.start()])}<mark>{escape(place[0])}</mark>"
            at = place.end()
        return mark_safe(told + escape(said[at:]))  # noqa: S308 (every piece is escaped)

    return mark


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1970 <= day.year <= 2999 else None
