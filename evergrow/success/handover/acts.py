"""The moves of a hand-over. Each is a guarded update, so that two who try at once end with one."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from evergrow.customers.models import Account, TeamRole, TeamSeat
from evergrow.lib import clock
from evergrow.success.handover import checklist, errors
from evergrow.success.handover.models import CustomerWord, HandOver, HandOverAccount, HandOverItem, HandOverState, Take
from evergrow.workspaces import audit, notices
from evergrow.workspaces.access import may, require
from evergrow.workspaces.models import Member, Workspace

OFFERED, ANSWERED, EFFECTIVE, REFUSED = "handover.offered", "handover.answered", "handover.effective", "handover.no"
UNDONE, NEEDED = "handover.undone", "handover.needed"
State = HandOverState


@transaction.atomic
def prepare(
    *,
    workspace: Workspace,
    accounts: Iterable[Account],
    from_member: Member,
    to_member: Member,
    role: str,
    on: date,
    take: str = Take.OLD,
    note: str = "",
    by: Member,
) -> HandOver:
    """Prepare a hand-over of the accounts that ``from_member`` (who may have left) holds in the role.

    Raises SuccessorUnfit, DayOver, NothingHeld.
    """
    require(by, "manage")
    _check_successor(workspace, to_member, from_member)
    if on < workspace.today():
        raise errors.DayOver()
    wanted = [account.pk for account in accounts]
    seats = TeamSeat.objects.filter(account__in=wanted, role=TeamRole(role), member=from_member, ended_on=None)
    held = list(seats.order_by("account__number").values_list("account", flat=True))
    if not held:
        raise errors.NothingHeld(who=from_member, role=TeamRole(role).label)
    made = HandOver.objects.create(
        workspace=workspace,
        from_member=from_member,
        to_member=to_member,
        role=TeamRole(role),
        on=on,
        take=Take(take),
        note=note.strip(),
        created_by=by,
    )
    HandOverAccount.objects.bulk_create(HandOverAccount(hand_over=made, account_id=pk) for pk in held)
    HandOverItem.objects.bulk_create(
        HandOverItem(hand_over=made, key=item["key"], name=item["name"], position=place)
        for place, item in enumerate(checklist.of(workspace), start=1)
    )
    _audit(made, "prepared", by, accounts=len(held))
    return made


@transaction.atomic
def offer(*, hand_over: HandOver, by: Member, to: Member | None = None) -> HandOver:
    """Offer it to the successor; one who refused can be replaced by ``to``. Raises NotNow, SuccessorUnfit."""
    require(by, "manage")
    successor = to or hand_over.to_member
    _check_successor(hand_over.workspace, successor, hand_over.from_member)
    _turn(hand_over, [State.PREPARED, State.REFUSED], state=State.OFFERED, to_member=successor, reason="")
    _audit(hand_over, "offered", by)
    tell(hand_over, successor, OFFERED, by)
    return hand_over


@transaction.atomic
def accept(*, hand_over: HandOver, by: Member) -> HandOver:
    """The successor takes it; from its day on it is in effect, at once where that day has come. Raises NotNow."""
    _require_successor(hand_over, by)
    _turn(hand_over, [State.OFFERED], state=State.ACCEPTED, answered_at=clock.now())
    _audit(hand_over, "accepted", by)
    tell(hand_over, hand_over.created_by, ANSWERED, by, accepted=True)
    if hand_over.on <= hand_over.workspace.today():
        take_effect(hand_over=hand_over)
    return hand_over


@transaction.atomic
def refuse(*, hand_over: HandOver, by: Member, reason: str) -> HandOver:
    """The successor says no, and why. Raises NotNow, HandOverReasonMissing."""
    _require_successor(hand_over, by)
    if not reason.strip():
        raise errors.HandOverReasonMissing()
    _turn(hand_over, [State.OFFERED], state=State.REFUSED, answered_at=clock.now(), reason=reason.strip()[:300])
    _audit(hand_over, "refused", by, reason=hand_over.reason)
    tell(hand_over, hand_over.created_by, ANSWERED, by, accepted=False, reason=hand_over.reason)
    return hand_over


@transaction.atomic
def take_effect(*, hand_over: HandOver) -> bool:
    """Move seats and work on the day; whether it was this call that did. Accounts that changed hands stay out."""
    from evergrow.success.handover import effects

    changed = HandOver.objects.filter(pk=hand_over.pk, state=State.ACCEPTED)
    if not changed.update(state=State.EFFECTIVE, effective_at=clock.now()):
        return False
    hand_over.refresh_from_db()
    moved = effects.apply(hand_over)
    _audit(hand_over, "effective", None, **moved)
    for who in (hand_over.to_member, hand_over.from_member):
        tell(hand_over, who, EFFECTIVE, None, **moved)
    close_if_done(hand_over)
    return True


def take_effect_due(workspace: Workspace) -> int:
    """Put accepted hand-overs into effect whose day has come; how many. It may run twice."""
    due = HandOver.objects.filter(workspace=workspace, state=State.ACCEPTED, on__lte=workspace.today())
    related = due.select_related("workspace", "from_member__user", "to_member__user", "to_member__workspace")
    return sum(take_effect(hand_over=hand_over) for hand_over in related)


@transaction.atomic
def check(*, item: HandOverItem, by: Member, is_done: bool) -> HandOverItem:
    """Tick a line of the checklist, or take the tick back. Raises NotNow once it is closed."""
    hand_over = item.hand_over
    _require_party(hand_over, by)
    if hand_over.state in (State.CLOSED, State.UNDONE):
        raise errors.NotNow(state=hand_over.get_state_display())
    rows = HandOverItem.objects.filter(pk=item.pk, done_at__isnull=is_done)
    if rows.update(done_at=clock.now() if is_done else None, done_by=by if is_done else None):
        _audit(hand_over, "checked" if is_done else "unchecked", by, line=item.name)
    item.refresh_from_db()
    close_if_done(hand_over)
    return item


def close_if_done(hand_over: HandOver) -> None:
    """An effective hand-over whose checklist is done is closed."""
    if hand_over.items.filter(done_at=None).exists():
        return
    effective = HandOver.objects.filter(pk=hand_over.pk, state=State.EFFECTIVE)
    if effective.update(state=State.CLOSED, ended_at=clock.now()):
        _audit(hand_over, "closed", None)
    hand_over.refresh_from_db()


@transaction.atomic
def customer_said(*, row: HandOverAccount, word: str, note: str = "", by: Member) -> HandOverAccount:
    """Write down that the customer was told, or refuses the successor; then whoever prepared it hears of it."""
    _require_party(row.hand_over, by)
    if word == CustomerWord.REFUSED and not note.strip():
        raise errors.HandOverReasonMissing()
    row.customer, row.customer_note, row.customer_at = CustomerWord(word), note.strip()[:300], clock.now()
    row.save(update_fields=["customer", "customer_note", "customer_at"])
    data = {"account": row.account.number, "word": word, "reason": row.customer_note}
    audit.record(row.hand_over.workspace, "handover.customer", row.account, by=by, data=data)
    if word == CustomerWord.REFUSED:
        tell(row.hand_over, row.hand_over.created_by, REFUSED, by, account=row.account.name, reason=row.customer_note)
    return row


def _turn(hand_over: HandOver, states: list[HandOverState], **fields: Any) -> None:
    if not HandOver.objects.filter(pk=hand_over.pk, state__in=states).update(**fields):
        hand_over.refresh_from_db()
        raise errors.NotNow(state=hand_over.get_state_display())
    hand_over.refresh_from_db()


def _check_successor(workspace: Workspace, successor: Member, before: Member) -> None:
    is_here = successor.left_at is None and successor.workspace_id == workspace.pk
    if not is_here or not may(successor, "work") or successor.pk == before.pk:
        raise errors.SuccessorUnfit()


def _require_successor(hand_over: HandOver, by: Member) -> None:
    require(by, "work")
    if by.pk != hand_over.to_member_id:
        raise PermissionDenied(_("Only the successor answers."))


def _require_party(hand_over: HandOver, by: Member) -> None:
    require(by, "work")
    if by.pk not in (hand_over.to_member_id, hand_over.from_member_id) and not may(by, "manage"):
        raise PermissionDenied(_("Only those who hand over, take over, or manage may do this."))


def _audit(hand_over: HandOver, verb: str, by: Member | None, **data: Any) -> None:
    audit.record(hand_over.workspace, f"handover.{verb}", hand_over, by=by, data=data)


def tell(hand_over: HandOver, member: Member | None, kind: str, by: Member | None, **data: Any) -> None:
    if member is None:
        return
    url = reverse("success:hand_over", args=[hand_over.workspace.slug, hand_over.pk])
    facts = {"from": str(hand_over.from_member), "to": str(hand_over.to_member), "on": hand_over.on.isoformat()}
    notices.tell(member, kind, url=url, data={**facts, "count": hand_over.accounts.count(), **data}, by=by)
