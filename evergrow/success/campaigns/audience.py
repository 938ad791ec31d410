"""Who comes into the audience of a campaign, and who is taken out of it again.

Members of a segment are numbers of the event store; one statement turns them into rows. Nobody is ever taken out but by
a colleague, with a reason.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
from django.db import connection, models, transaction
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Value

from evergrow import warehouse
from evergrow.customers.models import Account, Affiliation, Person, TimelineEntry, Trashed
from evergrow.customers.number_set import among
from evergrow.customers.segments import membership
from evergrow.lib import clock
from evergrow.success.campaigns import access, errors
from evergrow.success.campaigns.models import AudienceRow, Came, Campaign, CampaignState
from evergrow.success.errors import ReasonNeeded
from evergrow.workspaces import audit
from evergrow.workspaces.models import Member

Numbers = np.ndarray[Any, Any] | Sequence[int]
JOINED = "campaign.joined"
AT_ONCE = 500


def members_of(campaign: Campaign) -> Numbers:
    """The numbers of those in its segment as of the last refresh. Raises SegmentNotFilled, StoreAway."""
    segment = campaign.segment
    assert segment is not None
    if segment.as_of is None:
        raise errors.SegmentNotFilled(segment=segment)
    try:
        return membership.current(campaign.workspace, segment)
    except warehouse.StoreUnavailable:
        raise errors.StoreAway() from None


def freeze(campaign: Campaign, members: Numbers, *, at: datetime, by: Member | None) -> int:
    """Put these into the audience at the start; how many. Call it inside the transaction that starts the campaign."""
    return _put_in(campaign, members, Came.START, at=at, by=by)


@transaction.atomic
def take_in(campaign: Campaign, members: Numbers) -> int:
    """Add newcomers of the segment, while the campaign runs and takes them in; how many came.

    Who is there already, or was taken out, stays as they are. Doing it again changes nothing.
    """
    rows = Campaign.objects.select_for_update(of=("self",)).select_related("workspace").filter(pk=campaign.pk)
    running = rows.filter(state=CampaignState.RUNNING, takes_newcomers=True).first()
    if running is None:
        return 0
    count = _put_in(running, members, Came.NEWCOMER, at=clock.now(), by=None)
    if count:
        audit.record(running.workspace, "campaign.newcomers", running, by=None, data={"count": count})
    return count


@transaction.atomic
def add(*, campaign: Campaign, numbers: Numbers, by: Member) -> int:
    """Add accounts or people by hand, also who was taken out; how many. Raises CampaignNotThere."""
    access.require_run(by, campaign)
    _require_running(campaign)
    out = campaign.audience.filter(among_subjects(campaign, numbers), out_at__isnull=False)
    back = out.update(out_at=None, out_by=None, out_reason="")
    count = back + _put_in(campaign, numbers, Came.HAND, at=clock.now(), by=by)
    if count:
        audit.record(campaign.workspace, "campaign.added", campaign, by=by, data={"count": count})
    return count


@transaction.atomic
def take_out(*, campaign: Campaign, numbers: Numbers, reason: str, by: Member) -> int:
    """Take accounts or people out and say why; how many rows. Raises CampaignNotThere, ReasonNeeded."""
    access.require_run(by, campaign)
    _require_running(campaign)
    if not reason.strip():
        raise ReasonNeeded()
    rows = campaign.audience.filter(among_subjects(campaign, numbers), out_at=None)
    count = rows.update(out_at=clock.now(), out_by=by, out_reason=reason.strip()[:300])
    if count:
        data = {"count": count, "reason": reason.strip()[:300]}
        audit.record(campaign.workspace, "campaign.taken_out", campaign, by=by, data=data)
    return count


def among_subjects(campaign: Campaign, numbers: Numbers) -> Q:
    """Rows of the accounts or people with these numbers, also of those who were merged into them."""
    numbers = np.asarray(numbers, np.uint32)
    if not campaign.is_of_people:
        return Q(account__in=Account.objects.filter(among(numbers), workspace_id=campaign.workspace_id).values("pk"))
    people = Person.objects.filter(workspace_id=campaign.workspace_id)
    kept = people.filter(among(numbers)).values("pk")
    merged = people.filter(among(numbers, "merged_into__number")).values("pk")
    return Q(person__in=kept) | Q(person__in=merged)


def _require_running(campaign: Campaign) -> None:
    """Hold the row: nobody ends the campaign meanwhile. Raises CampaignNotThere."""
    rows = Campaign.objects.select_for_update().filter(pk=campaign.pk, state=CampaignState.RUNNING)
    if not rows.exists():
        campaign.refresh_from_db(fields=["state"])
        raise errors.CampaignNotThere(state=campaign.get_state_display())


def _put_in(campaign: Campaign, numbers: Numbers, came: Came, *, at: datetime, by: Member | None) -> int:
    """Rows for those with these numbers who have none yet, and a line in the story of their accounts."""
    if not len(numbers):
        return 0
    source = (_people if campaign.is_of_people else _accounts)(campaign, np.asarray(numbers, np.uint32))
    fixed: dict[str, Any] = {
        "campaign_id": Value(campaign.pk, models.BigIntegerField()),
        "kind": Value(campaign.audience_kind, models.CharField()),
        "came": Value(came.value, models.CharField()),
        "came_at": Value(at, models.DateTimeField()),
        "out_reason": Value("", models.CharField()),
        "part_how": Value("", models.CharField()),
    }
    if by is not None:
        fixed["came_by_id"] = Value(by.pk, models.BigIntegerField())
    count = _insert_select(source, fixed)
    _tell_stories(campaign, at, by)
    return count


def _accounts(campaign: Campaign, numbers: np.ndarray[Any, Any]) -> QuerySet[Any]:
    found = Account.objects.filter(among(numbers), workspace_id=campaign.workspace_id)
    return found.annotate(row_account_id=models.F("pk"))


def _people(campaign: Campaign, numbers: np.ndarray[Any, Any]) -> QuerySet[Any]:
    """With the account where each is now, the one where they are a key person first. Who was merged into somebody
    with a row does not come in again under the other number."""
    known = campaign.audience.filter(person__merged_into__isnull=False).values("person__merged_into")
    deleted = Trashed.objects.filter(workspace_id=campaign.workspace_id, person__isnull=False).values("person")
    found = Person.objects.filter(among(numbers), workspace_id=campaign.workspace_id, merged_into=None)
    there = Affiliation.objects.filter(person=OuterRef("pk"), ended_on=None, account__merged_into=None)
    account = Subquery(there.order_by("-is_key", "pk").values("account")[:1])
    return (
        found.exclude(pk__in=known)
        .exclude(pk__in=deleted)
        .annotate(row_person_id=models.F("pk"), row_account_id=account)
    )


def _insert_select(source: QuerySet[Any], fixed: Mapping[str, Any]) -> int:
    """Write a row for each of ``source`` with one statement; who has one already is passed over."""
    annotated = source.order_by().annotate(**{f"row_{name}": value for name, value in fixed.items()})
    names = [name for name in annotated.query.annotations if name.startswith("row_")]
    sql, params = annotated.values_list(*names).query.sql_with_params()
    columns = ", ".join(connection.ops.quote_name(name.removeprefix("row_")) for name in names)
    table = connection.ops.quote_name(AudienceRow._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({columns}) {sql} ON CONFLICT DO NOTHING", params)
        return int(cursor.rowcount)


def _tell_stories(campaign: Campaign, at: datetime, by: Member | None) -> None:
    """A line for each account that came in now, itself or with its first people."""
    earlier = campaign.audience.filter(came_at__lt=at, account__isnull=False).values("account")
    rows = campaign.audience.filter(came_at=at, account__isnull=False).exclude(account__in=earlier)
    entries = [
        TimelineEntry(
            account_id=account,
            kind=JOINED,
            at=at,
            by=by,
            data={
                "campaign": campaign.number,
                "name": campaign.name,
                **({"people": people} if campaign.is_of_people else {}),
            },
        )
        for account, people in rows.values_list("account").annotate(people=Count("pk")).order_by("account")
    ]
    TimelineEntry.objects.bulk_create(entries, batch_size=AT_ONCE)
