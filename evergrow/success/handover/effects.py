"""What a hand-over does to seats and open work, and how it is undone within seven days."""

from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet

from evergrow.customers.actions.team import assign_seat
from evergrow.customers.models import Account, TeamRole, TeamSeat
from evergrow.lib import clock
from evergrow.success.handover import acts, errors
from evergrow.success.handover.models import HandOver, HandOverAccount, HandOverState, Take
from evergrow.success.models import Run, Signal, Task
from evergrow.success.models.runs import OPEN_RUN_STATES
from evergrow.success.models.signals import OPEN_SIGNALS
from evergrow.success.models.tasks import UNSETTLED
from evergrow.workspaces import audit
from evergrow.workspaces.access import require
from evergrow.workspaces.models import Member

DAYS_TO_UNDO = timedelta(days=7)
Work = dict[str, "QuerySet[Task] | QuerySet[Run] | QuerySet[Signal]"]


def open_work(accounts: list[int], owner: Member | None) -> Work:
    """Open tasks, runs and signals of accounts; only those of ``owner`` where one is named."""
    tasks = Task.objects.filter(account__in=accounts, state__in=UNSETTLED)
    runs = Run.objects.filter(account__in=accounts, state__in=OPEN_RUN_STATES)
    signals = Signal.objects.filter(account__in=accounts, state__in=OPEN_SIGNALS, owner__isnull=False)
    if owner is None:
        return {"tasks": tasks, "runs": runs, "signals": signals}
    return {
        "tasks": tasks.filter(owner=owner),
        "runs": runs.filter(owner=owner),
        "signals": signals.filter(owner=owner),
    }


def apply(hand_over: HandOver) -> dict[str, int]:
    """Move the seats of accounts that the old owner still holds, and their open work; what was moved."""
    today, counts = hand_over.workspace.today(), {"accounts": 0, "tasks": 0, "runs": 0, "signals": 0}
    held = TeamSeat.objects.filter(role=hand_over.role, member=hand_over.from_member_id, ended_on=None)
    rows = list(hand_over.accounts.filter(account__in=held.values("account")).select_related("account__workspace"))
    if rows:
        accounts = [row.account for row in rows]
        assign_seat(accounts=accounts, role=hand_over.role, member=hand_over.to_member, by=None, on=today)
    for row in rows:
        row.has_moved, row.moved = True, _move_work(hand_over, row.account)
        row.save(update_fields=["has_moved", "moved"])
        counts["accounts"] += 1
        for kind, moved in row.moved.items():
            counts[kind] += len(moved)
    return counts


def _move_work(hand_over: HandOver, account: Account) -> dict[str, dict[str, int | None]]:
    """Give open work to the successor; whose each was, by id."""
    if hand_over.take == Take.NONE:
        return {}
    owner = hand_over.from_member if hand_over.take == Take.OLD else None
    moved: dict[str, dict[str, int | None]] = {}
    for kind, rows in open_work([account.pk], owner).items():
        before = dict(rows.exclude(owner=hand_over.to_member).values_list("pk", "owner"))
        rows.filter(pk__in=before).update(owner=hand_over.to_member)
        moved[kind] = {str(pk): was for pk, was in before.items()}
    return moved


@transaction.atomic
def undo(*, hand_over: HandOver, by: Member, row: HandOverAccount | None = None) -> int:
    """Give accounts (``row``: one of them) and the work that is still open and still the successor's back.

    How many accounts went back. Raises TooLateToUndo, FormerOwnerGone, NotNow.
    """
    require(by, "manage")
    hand_over = (
        HandOver.objects.select_for_update().select_related("from_member__user", "workspace").get(pk=hand_over.pk)
    )
    if hand_over.state not in (HandOverState.EFFECTIVE, HandOverState.CLOSED) or hand_over.effective_at is None:
        raise errors.NotNow(state=hand_over.get_state_display())
    if clock.now() - hand_over.effective_at > DAYS_TO_UNDO:
        raise errors.TooLateToUndo()
    if hand_over.from_member.left_at is not None:
        raise errors.FormerOwnerGone(who=hand_over.from_member)
    rows = hand_over.accounts.filter(has_moved=True, undone_at=None).select_related("account__workspace")
    back = sum(_undo_one(hand_over, each) for each in (rows.filter(pk=row.pk) if row else rows))
    if not rows.filter(undone_at=None).exists():
        HandOver.objects.filter(pk=hand_over.pk).update(state=HandOverState.UNDONE, ended_at=clock.now())
    audit.record(hand_over.workspace, "handover.undone", hand_over, by=by, data={"accounts": back})
    for who in (hand_over.to_member, hand_over.from_member):
        acts.tell(hand_over, who, acts.UNDONE, by)
    return back


def _undo_one(hand_over: HandOver, row: HandOverAccount) -> int:
    """One account back, unless somebody else holds it by now."""
    seats = TeamSeat.objects.filter(account=row.account, role=TeamRole(hand_over.role), ended_on=None)
    seat = seats.filter(member=hand_over.to_member_id).first()
    HandOverAccount.objects.filter(pk=row.pk).update(undone_at=clock.now())
    if seat is None:
        return 0
    today = hand_over.workspace.today()
    if seat.started_on == today:
        _reopen(row.account, hand_over, seat)
    else:
        assign_seat(accounts=[row.account], role=hand_over.role, member=hand_over.from_member, by=None, on=today)
    for kind, rows in open_work([row.account.pk], hand_over.to_member).items():
        for pk, was in row.moved.get(kind, {}).items():
            rows.filter(pk=pk).update(owner=was)
    return 1


def _reopen(account: Account, hand_over: HandOver, seat: TeamSeat) -> None:
    """Undone on the very day: the successor held it for no day, and the old seat goes on as if nothing had been."""
    old = TeamSeat.objects.filter(
        account=account, role=seat.role, member=hand_over.from_member, ended_on=seat.started_on
    )
    last = old.order_by("-pk").first()
    seat.delete()
    if last is not None:
        TeamSeat.objects.filter(pk=last.pk).update(ended_on=None)
    else:
        TeamSeat.objects.create(
            account=account, role=seat.role, member=hand_over.from_member, started_on=seat.started_on
        )
