"""Whom a campaign reaches: counts, and its list as far as a member sees those accounts and people.

People who were merged are counted and listed once, under the one that they are now.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, F, Q, QuerySet, When
from django.db.models.functions import Coalesce

from evergrow.customers.models import Account, SegmentKind
from evergrow.customers.queries import segments
from evergrow.success.campaigns.models import AudienceRow, Came, Campaign
from evergrow.workspaces import prepared
from evergrow.workspaces.models import Member

SUBJECT = Case(
    When(kind=SegmentKind.PERSON, then=Coalesce("person__merged_into", "person", -F("pk"))),
    default=Coalesce("account", -F("pk")),
)
IN, PART, NOT_PART, OUT = "in", "part", "not", "out"
SHOWN = (IN, PART, NOT_PART, OUT)
STANDING = Q(out_at=None)


@dataclass(frozen=True, slots=True)
class Counts:
    """``now``: in the audience; of these came ``newcomers`` from the segment later, and ``by_hand`` by a colleague.

    ``out``: taken out and not there under another number. ``took_part``: of those in it now.
    """

    now: int = 0
    newcomers: int = 0
    by_hand: int = 0
    out: int = 0
    took_part: int = 0

    @property
    def share(self) -> float | None:
        """The share of the audience that took part; None while nobody is in it."""
        return self.took_part / self.now if self.now else None


def counts(campaigns: Iterable[Campaign]) -> dict[int, Counts]:
    """The counts of each campaign by its row key, with one question."""
    asked = [campaign.pk for campaign in campaigns]
    segment = STANDING & ~Q(came=Came.HAND)
    rows = AudienceRow.objects.filter(campaign__in=asked).values("campaign").order_by()
    found = rows.annotate(
        all=_each(Q()),
        now=_each(STANDING),
        start=_each(STANDING & Q(came=Came.START)),
        segment=_each(segment),
        part=_each(STANDING & Q(part_at__isnull=False)),
    )
    known = {
        row["campaign"]: Counts(
            now=row["now"],
            newcomers=row["segment"] - row["start"],
            by_hand=row["now"] - row["segment"],
            out=row["all"] - row["now"],
            took_part=row["part"],
        )
        for row in found
    }
    return {pk: known.get(pk, Counts()) for pk in asked}


def count(campaign: Campaign) -> Counts:
    return counts([campaign])[campaign.pk]


def _each(which: Q) -> Count:
    return Count(SUBJECT, distinct=True, filter=which) if which else Count(SUBJECT, distinct=True)


def listed(member: Member, campaign: Campaign, show: str = IN, words: str = "") -> QuerySet[Any]:
    """The accounts or people of the audience that the member sees: those in it, those of them who took part or did
    not, or those who were taken out."""
    standing = _subjects(campaign, STANDING)
    part = _subjects(campaign, STANDING & Q(part_at__isnull=False))
    which = {
        IN: standing,
        PART: part,
        NOT_PART: standing & ~part,
        OUT: _subjects(campaign, Q(out_at__isnull=False)) & ~standing,
    }[show]
    return segments.visible(member, campaign.audience_kind, which, words)


def _subjects(campaign: Campaign, which: Q) -> Q:
    rows = campaign.audience.filter(which)
    if not campaign.is_of_people:
        return Q(pk__in=rows.filter(account__isnull=False).values("account"))
    merged = rows.filter(person__merged_into__isnull=False).values("person__merged_into")
    return Q(pk__in=rows.filter(person__isnull=False).values("person")) | Q(pk__in=merged)


@dataclass(frozen=True, slots=True)
class Standing:
    """How one of the audience stands in it: a row that counts, and the moment they took part, if they did."""

    row: AudienceRow
    part: AudienceRow | None

    @property
    def took_part_at(self) -> datetime | None:
        return self.part.part_at if self.part else None


def standings(campaign: Campaign, subjects: Sequence[Any]) -> dict[int, Standing]:
    """How each of these accounts or people stands, by row key."""
    keys = [each.pk for each in subjects]
    rows = campaign.audience.select_related("out_by__user", "part_by__user", "came_by__user")
    if campaign.is_of_people:
        rows = rows.filter(Q(person__in=keys) | Q(person__merged_into__in=keys))
        named = rows.annotate(subject=Coalesce("person__merged_into", "person"))
    else:
        named = rows.filter(account__in=keys).annotate(subject=F("account"))
    found: dict[int, list[AudienceRow]] = {}
    for row in named.order_by("pk"):
        found.setdefault(vars(row)["subject"], []).append(row)
    return {key: _standing(mine) for key, mine in found.items()}


def _standing(rows: list[AudienceRow]) -> Standing:
    there = [row for row in rows if row.out_at is None]
    return Standing((there or rows)[0], next((row for row in there if row.part_at is not None), None))


def accounts_of(campaign: Campaign) -> QuerySet[Account]:
    """The accounts of the audience; of people those where they were when they came in."""
    rows = campaign.audience.filter(STANDING, account__isnull=False).values("account")
    return Account.objects.filter(workspace_id=campaign.workspace_id, pk__in=rows)


def of_account(account: Account) -> list[tuple[Campaign, Mapping[str, Any]]]:
    """The campaigns that an account is in, or some of its people, the newest first; with how many and who took part."""
    found = {row["campaign"]: row for row in _rows_of(account)}
    if not found:
        return []
    campaigns = Campaign.objects.filter(pk__in=found).order_by("-starts_on", "-pk")
    return [(campaign, found[campaign.pk]) for campaign in campaigns]


@prepared.rows
def _rows_of(account: Account) -> QuerySet[Any, Any]:
    rows = AudienceRow.objects.filter(STANDING, account=account).values("campaign").order_by()
    return rows.annotate(n=_each(Q()), part=_each(Q(part_at__isnull=False)))
