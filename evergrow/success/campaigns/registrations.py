"""How campaigns join in elsewhere: plans, the bell, the hourly round, search, stories, the account list."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from evergrow.customers import registry, timeline
from evergrow.customers.account_merges import registry as merges
from evergrow.customers.account_merges.record import Record
from evergrow.customers.models import Account, SegmentKind, TimelineEntry
from evergrow.customers.privacy import registry as privacy
from evergrow.customers.registry import Filter, Panel
from evergrow.customers.search.sources import Entry as Found
from evergrow.customers.search.sources import Source as Searched
from evergrow.customers.search.sources import register as make_searchable
from evergrow.customers.segments import on_moves
from evergrow.lib import bilingual
from evergrow.lib.digits import small
from evergrow.lib.numerals import number
from evergrow.success.campaigns import access, acts, audience, day, reached, told, turning
from evergrow.success.campaigns.models import AudienceRow, Campaign, CampaignState
from evergrow.success.plans import subjects
from evergrow.workspaces import jobs, ticks
from evergrow.workspaces.access import GatedRequest
from evergrow.workspaces.models import Job, Member, Workspace

JOB, ICON = "success.campaigns", "speakerphone"
SHOWN = 30


def register() -> None:
    """Teach the bell, the story of accounts, and the list of the day; let plans be about campaigns."""
    told.register()
    day.register()
    timeline.register(audience.JOINED, ICON, _joined)
    timeline.name_topic("campaign", gettext_lazy("Campaigns"))
    subjects.register(subjects.Subject(acts.KIND, gettext_lazy("Campaigns"), ICON, _choices, _find))
    on_moves(turning.follow_segment)


@jobs.register(JOB)
def turn(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """Start and end what is due, take in newcomers, look who took part."""
    return asdict(turning.turn(job.workspace))


ticks.often(JOB, timedelta(hours=1))


def _choices(member: Member) -> list[tuple[str, str]]:
    rows = access.campaigns(member).exclude(state=CampaignState.CANCELLED).order_by("-starts_on", "-pk")
    return [(str(row.number), str(row)) for row in rows]


def _find(workspace: Workspace, key: str) -> subjects.Found | None:
    row = Campaign.objects.filter(workspace=workspace, number=small(key)).first()
    return subjects.Found(str(row), reverse("success:campaign", args=[workspace.slug, row.number])) if row else None


def _joined(entry: TimelineEntry) -> str:
    language = get_language() or "en"
    people = int(entry.data.get("people") or 0)
    facts = {"name": bilingual.pick(entry.data.get("name"), language), "n": number(people, language)}
    if not people:
        return _("Came into the campaign “%(name)s”") % facts
    return (
        ngettext(
            "%(n)s person came into the campaign “%(name)s”", "%(n)s people came into the campaign “%(name)s”", people
        )
        % facts
    )


def _entry(row: Campaign) -> Found:
    names = [str(text) for text in row.name.values() if text]
    body = "\n".join(str(text) for text in (*names[1:], *row.purpose.values(), row.end_note) if text)
    return Found(row.workspace_id, names[0] if names else "", body, row.created_at, author=row.created_by_id)


def _url(slug: str, _number: int | None, key: int) -> str:
    return reverse("success:campaign", args=[slug, Campaign.objects.values_list("number", flat=True).get(pk=key)])


make_searchable(
    Searched(
        "campaign",
        gettext_lazy("Campaigns"),
        ICON,
        "success.Campaign",
        ("name", "purpose", "end_note"),
        _entry,
        _url,
        readable=access.campaigns,
        called=str,
    )
)


def _card(request: GatedRequest, account: Account) -> dict[str, Any] | None:
    found = reached.of_account(account)
    return {"campaigns": found[:SHOWN]} if found else None


def _in_campaigns(member: Member, values: list[str]) -> Q:
    """Accounts in the audience of any of the campaigns with these numbers. Raises ValueError for an unknown one."""
    found = Q(pk__in=[])
    for value in values:
        campaign = access.campaigns(member).filter(number=small(value)).first()
        if campaign is None:
            raise ValueError(_("There is no campaign %(number)s here. Choose one from the list.") % {"number": value})
        found |= Q(pk__in=reached.accounts_of(campaign).values("pk"))
    return found


def _offered(workspace: Workspace) -> list[tuple[str, registry.Words]]:
    rows = Campaign.objects.filter(workspace=workspace, started_at__isnull=False).order_by("-starts_on", "-pk")
    return [(str(row.number), str(row)) for row in rows]


registry.add(
    Panel("campaigns", "success/campaigns/panel.html", _card, "rail", position=75),
    Filter("campaign", gettext_lazy("Campaign"), _in_campaigns, _offered, position=95),
)


def _settle(kept: Account, merged: Account, record: Record) -> None:
    """Where both are in one audience, the row of the account that is kept stays, with what is known of either."""
    rows = AudienceRow.objects.filter(kind=SegmentKind.ACCOUNT)
    stays = {row.campaign_id: row for row in rows.filter(account=kept)}
    for row in rows.filter(account=merged, campaign__in=stays):
        _join(stays[row.campaign_id], row, record)
        record.drop(row)


def _join(stays: AudienceRow, other: AudienceRow, record: Record) -> None:
    if stays.out_at is not None and other.out_at is None:
        record.change(stays, out_at=None, out_reason="")
    if stays.part_at is None and other.part_at is not None:
        record.change(stays, part_at=other.part_at, part_how=other.part_how, part_by=other.part_by)


merges.add("success.AudienceRow", gettext_lazy("Audiences of campaigns"), _settle, 67)
privacy.rows(
    "success.AudienceRow",
    gettext_lazy("Audiences of campaigns"),
    act="clear",
    clear={"person": None, "out_reason": ""},
    hidden=("kind",),
)
