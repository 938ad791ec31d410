"""Segments for pages and the API: the list with sizes and changes, members a page at a time, curves of size."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from django.db.models import Prefetch, Q, QuerySet
from django.http import Http404
from django.utils.translation import get_language

from evergrow import warehouse
from evergrow.customers import access
from evergrow.customers.models import Account, Affiliation, Person, Segment, SegmentVersion
from evergrow.customers.number_set import among
from evergrow.customers.privacy.masking import Mask
from evergrow.customers.segments import canon, membership
from evergrow.workspaces.models import Member, Workspace

CURVE_DAYS, SPARK_DAYS = 90, 30
PLACES: str = "places"
States = SegmentVersion.State


def segment_or_404(member: Member, key: str) -> Segment:
    """The segment of the member's workspace with this key."""
    found = Segment.objects.select_related("workspace", "owner__user").filter(workspace=member.workspace, key=key)
    segment = found.first()
    if segment is None:
        raise Http404
    segment.workspace = member.workspace
    return segment


@dataclass(slots=True)
class Row:
    """A segment as the list shows it; ``change`` is against seven days ago, None where it is younger."""

    segment: Segment
    published: SegmentVersion | None
    draft: SegmentVersion | None
    change: int | None = None
    curve: Sequence[float | None] = ()

    @property
    def state(self) -> str:
        if self.segment.is_retired:
            return "retired"
        return "published" if self.published or self.segment.is_list else "draft"


def rows(workspace: Workspace) -> list[Row]:
    """Every segment of the workspace, with what changed in seven days and a curve of thirty."""
    segments = list(Segment.objects.filter(workspace=workspace).select_related("owner__user"))
    versions: dict[int, dict[str, SegmentVersion]] = {}
    for version in SegmentVersion.objects.filter(segment__in=segments).exclude(state=States.REPLACED):
        versions.setdefault(version.segment_id, {})[version.state] = version
    found = []
    for segment in segments:
        own = versions.get(segment.pk, {})
        found.append(Row(segment, own.get(States.PUBLISHED), own.get(States.DRAFT)))
    with suppress(warehouse.StoreUnavailable):  # the list is useful without curves
        _add_sizes(workspace, found)
    return found


def _add_sizes(workspace: Workspace, found: list[Row]) -> None:
    today, keys = workspace.today(), [row.segment.pk for row in found]
    if not keys:
        return
    week = today - timedelta(days=7)
    before = {
        int(key): int(size)
        for key, size in warehouse.rows(
            warehouse.statement("customers", "segment_sizes_before"), workspace_id=workspace.pk, segments=keys, day=week
        )
    }
    curves = sizes(workspace, keys, today - timedelta(days=SPARK_DAYS - 1), today)
    for row in found:
        if row.segment.pk in before:
            row.change = row.segment.size - before[row.segment.pk]
        row.curve = [size for _, size in curves[row.segment.pk]]


def sizes(
    workspace: Workspace, keys: Sequence[int], first: date, last: date
) -> dict[int, list[tuple[date, int | None]]]:
    """The size of each segment at the end of each day; a day without a refresh keeps the size before it."""
    asked = {"workspace_id": workspace.pk, "segments": list(keys)}
    told = warehouse.rows(warehouse.statement("customers", "segment_sizes"), **asked, since=first)
    ahead = warehouse.rows(
        warehouse.statement("customers", "segment_sizes_before"), **asked, day=first - timedelta(days=1)
    )
    known: dict[int, dict[date, int]] = {}
    for key, day, size in told:
        known.setdefault(int(key), {})[day] = int(size)
    begun = {int(key): int(size) for key, size in ahead}
    days = [first + timedelta(days=place) for place in range((last - first).days + 1)]
    found: dict[int, list[tuple[date, int | None]]] = {}
    for key in keys:
        size = begun.get(key)
        curve = []
        for day in days:
            size = known.get(key, {}).get(day, size)
            curve.append((day, size))
        found[key] = curve
    return found


def moves_by_day(segment: Segment, first: date) -> dict[date, tuple[int, int]]:
    """How many came and left, by day of the workspace's zone, without the first filling."""
    since = datetime(first.year, first.month, first.day, tzinfo=segment.workspace.tz)
    found = warehouse.rows(
        warehouse.statement("customers", "segment_moves_by_day"),
        workspace_id=segment.workspace_id,
        segment=segment.pk,
        zone=segment.workspace.zone,
        since=since,
    )
    return {day: (int(entered), int(gone)) for day, entered, gone in found}


def members(member: Member, segment: Segment, words: str = "") -> "QuerySet[Account] | QuerySet[Person]":
    """The members of a segment that this colleague may see, those whose name, address or id has all words."""
    numbers = membership.current(segment.workspace, segment)
    return visible(member, segment.kind, among(numbers), words)


def visible(member: Member, kind: str, which: Q, words: str = "") -> "QuerySet[Account] | QuerySet[Person]":
    """Accounts or people under the member's rights, with what a list of them shows."""
    if kind == "account":
        accounts = access.accounts(member).filter(which)
        for word in words.split()[:8]:
            named = Q(name__icontains=word) | Q(other_name__icontains=word)
            accounts = accounts.filter(named | Q(external_id__icontains=word) | Q(domain__icontains=word))
        return accounts.order_by("-mrr", "number")
    people, mask = access.people(member).filter(which), Mask(member)
    for word in words.split()[:8]:
        people = people.filter(mask.named(word) | Q(title__icontains=word))
    places = Affiliation.objects.filter(access.visible(member, "account__"), ended_on=None).select_related("account")
    return people.order_by("name", "number").prefetch_related(Prefetch("affiliations", places, PLACES))


def since(segment: Segment, numbers: Iterable[int]) -> dict[int, datetime]:
    """When each of these members last came in."""
    asked = list(numbers)
    if not asked:
        return {}
    merges = canon.read(segment.workspace_id, segment.kind)
    every = [old for number in asked for old in merges.behind(number)]
    found = warehouse.rows(
        warehouse.statement("customers", "segment_since"),
        workspace_id=segment.workspace_id,
        segment=segment.pk,
        subjects=every,
    )
    if not found:
        return {}
    now = merges.each(np.array([subject for subject, _ in found], np.uint32))
    entered: dict[int, datetime] = {}
    for number, (_, at) in zip(now.tolist(), found, strict=True):
        entered[number] = max(at, entered.get(number, at))
    return entered


def named(member: Member, kind: str, numbers: Iterable[int]) -> Mapping[int, Any]:
    """Accounts or people by number; those whom the member may not see are left out."""
    which = among(np.array(sorted(set(numbers)), np.uint32))
    return {each.number: each for each in visible(member, kind, which)}


def called(subject: Account | Person, mask: Mask) -> str:
    """The subject's name for the reader; a person as they may see them."""
    return subject.called(get_language() or "en") if isinstance(subject, Account) else mask.called(subject)
