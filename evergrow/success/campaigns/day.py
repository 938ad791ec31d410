"""Campaigns in the list of the day, where one waits for its start, and on the calendar: their first and last day."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evergrow.success.campaigns import access
from evergrow.success.campaigns.models import Campaign, CampaignState
from evergrow.success.day import sources
from evergrow.success.day.rank import Fact
from evergrow.success.day.sources import Ask, Entry, Row, Source
from evergrow.workspaces import prepared
from evergrow.workspaces.models import Member

ICON, MEDIUM, MOST = "speakerphone", 2, 200


def waiting(member: Member, whose: Any, today: date) -> QuerySet[Campaign]:
    """Drafts whose first day has come and that nothing but a colleague will start."""
    rows = access.campaigns(member).filter(state=CampaignState.DRAFT, starts_on__lte=today)
    mine = Q(owner=member)
    if whose == "all":
        mine = Q()
    elif whose == "team" and member.team:
        mine = Q(owner__team=member.team)
    return rows.filter(mine, Q(starts_by_itself=False) | Q(segment=None) | Q(ends_on__lt=today))


@prepared.rows
def _waiting(member: Member, whose: Any, today: date) -> QuerySet[Campaign, tuple[Any, ...]]:
    return waiting(member, whose, today).order_by("starts_on", "pk").values_list("pk", "starts_on")[:MOST]


def _facts(ask: Ask) -> Iterable[Fact]:
    for pk, starts_on in _waiting(ask.member, prepared.Word(ask.whose), ask.today):
        yield Fact(f"campaign:{pk}", starts_on, severity=MEDIUM)


def _rows(ask: Ask, keys: Sequence[int]) -> Mapping[int, Row]:
    rows = access.campaigns(ask.member).filter(pk__in=keys).select_related("workspace", "owner__user")
    return {row.pk: _row(row, ask.today) for row in rows}


def _row(row: Campaign, today: date) -> Row:
    why = _("its first day has come: start it, or give it other days")
    if row.ends_on < today:
        why = _("its days have passed without a start")
    elif row.segment_id is None:
        why = _("its first day has come, and it has no segment to start with")
    return Row(row, str(row), access.page_of(row), ICON, None, row.owner, why=[why])


def _entries(ask: Ask, start: date, end: date) -> Iterable[Entry]:
    """The first and the last day of the campaigns that are the member's, or concern them."""
    rows = access.campaigns(ask.member).exclude(state=CampaignState.CANCELLED)
    if ask.whose == "team" and ask.member.team:
        rows = rows.filter(owner__team=ask.member.team)
    elif ask.whose != "all":
        concerned = Campaign.concerned.through.objects.filter(member=ask.member).values("campaign")
        rows = rows.filter(Q(owner=ask.member) | Q(pk__in=concerned))
    inside = Q(starts_on__range=(start, end)) | Q(ends_on__range=(start, end))
    for row in rows.filter(inside).select_related("workspace", "owner__user").order_by("starts_on", "pk"):
        yield from (entry for entry in _ends(row) if start <= entry.on <= end)


def _ends(row: Campaign) -> Iterable[Entry]:
    url, owner = access.page_of(row), str(row.owner or "")
    if row.starts_on == row.ends_on:
        return [Entry(f"campaign:{row.pk}", row.starts_on, str(row), url, ICON, _("Campaign"), owner)]
    return [
        Entry(f"campaign:{row.pk}", row.starts_on, str(row), url, ICON, _("first day of the campaign"), owner),
        Entry(f"campaign:{row.pk}:end", row.ends_on, str(row), url, ICON, _("last day of the campaign"), owner),
    ]


def register() -> None:
    """Put campaigns into the list of the day and on the calendar."""
    detail, acts = "success/day/details/empty.html", "success/campaigns/day_acts.html"
    label = gettext_lazy("Campaigns")
    sources.register(Source("campaign", label, ICON, _facts, _rows, detail, acts, 28, between=_entries))
