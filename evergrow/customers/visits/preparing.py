"""What has to be ready before a planned meeting, and what that says about its day."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from evergrow.customers.models import Preparation, Visit, VisitState
from evergrow.customers.visits import writing
from evergrow.customers.visits.errors import EmptyWords, WrongState
from evergrow.customers.visits.guests import check_colleague
from evergrow.lib import clock
from evergrow.workspaces import audit
from evergrow.workspaces.models import Member


@dataclass(frozen=True, slots=True)
class Readiness:
    """How far the preparation is. ``earliest`` is the first day on which everything required can be ready: the
    latest day among what is still open; None where nothing open has a day."""

    total: int
    done: int
    earliest: date | None
    is_late: bool

    @property
    def is_ready(self) -> bool:
        return self.done == self.total


def readiness(visit: Visit) -> Readiness:
    """Over the required preparations of an activity."""
    required = [each for each in visit.preparations.all() if each.is_required]
    missing = [each for each in required if each.done_at is None]
    earliest = max((each.due_on for each in missing if each.due_on), default=None)
    is_late = visit.state == VisitState.PLANNED and earliest is not None and earliest > visit.happened_on
    return Readiness(len(required), len(required) - len(missing), earliest, is_late)


@transaction.atomic
def add(
    *,
    visit: Visit,
    by: Member,
    words: str,
    owner: Member | None = None,
    due_on: date | None = None,
    is_required: bool = True,
) -> Preparation:
    """Name something to be ready. Raises EmptyWords, NotAColleague, WrongState."""
    writing.require_hand(visit, by)
    if visit.state not in (VisitState.PLANNED, VisitState.DRAFT):
        raise WrongState(_("It is over. Preparations belong to what is planned."))
    if not words.strip():
        raise EmptyWords({"words": _("Write what has to be ready.")})
    if owner is not None:
        check_colleague(visit, owner)
    made = Preparation.objects.create(
        visit=visit, words=words.strip()[:300], owner=owner, due_on=due_on, is_required=is_required
    )
    audit.record(visit.account.workspace, "visit.preparing", visit.account, by=by, data={"visit": visit.pk})
    return made


@transaction.atomic
def tick(*, preparation: Preparation, by: Member, is_done: bool) -> Preparation:
    """Say that it is ready, or that it is not after all."""
    writing.require_hand(preparation.visit, by)
    preparation.done_at, preparation.done_by = (clock.now(), by) if is_done else (None, None)
    preparation.save(update_fields=["done_at", "done_by"])
    return preparation


@transaction.atomic
def remove(*, preparation: Preparation, by: Member) -> None:
    """It is not needed."""
    writing.require_hand(preparation.visit, by)
    preparation.delete()


@transaction.atomic
def follow_preparation(*, visit: Visit, by: Member) -> Visit:
    """Move a planned meeting to the first day on which everything can be ready, at its time of day.

    Raises WrongState where nothing asks for another day.
    """
    ready = readiness(visit)
    if not ready.is_late or ready.earliest is None or visit.starts_at is None:
        raise WrongState(_("Everything can be ready by then; the day stays."))
    local: datetime = visit.starts_at.astimezone(visit.account.workspace.tz)
    moved = local + timedelta(days=(ready.earliest - local.date()).days)
    return writing.edit(visit=visit, by=by, starts_at=moved)
