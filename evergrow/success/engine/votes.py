"""Approvals: who is asked, how their votes are counted, and what happens to a vote that nobody gives in time."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from django.db.models import Max, Min

from evergrow.lib import clock
from evergrow.success import access, errors, owners
from evergrow.success.engine import details
from evergrow.success.engine.details import Approval
from evergrow.success.engine.frames import Local
from evergrow.success.models import Task, Vote, VoteState
from evergrow.workspaces import notices
from evergrow.workspaces.absences import reading
from evergrow.workspaces.access import ABILITIES, may
from evergrow.workspaces.models import Member

Verdict = Literal["approved", "declined", "open"]
ASKED = "approval.asked"


def rules_of(task: Task) -> Approval:
    """How the step is approved; a step that says nothing, by any manager."""
    return details.read(Approval, task.step.details if task.step else {})


def ask(task: Task, *, by: Member) -> list[Vote]:
    """Ask a new round of votes of everybody who may approve except ``by``. Raises NoApprover."""
    rules, now = rules_of(task), clock.now()
    asked = [member for member in _present(task, _approvers(task, rules)) if member.pk != by.pk]
    if not asked:
        raise errors.NoApprover(task=task)
    number = (task.votes.aggregate(last=Max("round"))["last"] or 0) + 1
    due = _due(task, rules, now)
    votes = Vote.objects.bulk_create(
        Vote(task=task, round=number, member=member, asked_at=now, due_at=due) for member in asked
    )
    _tell(task, asked, by=by)
    Task.objects.filter(pk=task.pk).update(wakes_at=due)
    return votes


def current(task: Task) -> list[Vote]:
    """The votes of the last round."""
    votes = list(task.votes.select_related("member__user", "stands_for__member__user"))
    last = max((vote.round for vote in votes), default=0)
    return [vote for vote in votes if vote.round == last]


def may_vote(task: Task, member: Member) -> bool:
    """Whether the member's vote is asked for; where any manager decides, managers who came later may give one too."""
    if task.requested_by_id == member.pk:
        return False
    votes = current(task)
    mine = next((vote for vote in votes if vote.member_id == member.pk), None)
    if mine is not None:
        return mine.state == VoteState.ASKED
    rules = rules_of(task)
    return not rules.members and rules.role in ("", "manager") and may(member, "manage")


def give(task: Task, *, by: Member, approved: bool, reason: str) -> Verdict:
    """Count a vote, and what the round has come to. Raises OwnApproval, NotAnApprover."""
    if task.requested_by_id == by.pk:
        raise errors.OwnApproval()
    if not may_vote(task, by):
        raise errors.NotAnApprover(task=task)
    now, state = clock.now(), VoteState.APPROVED if approved else VoteState.DECLINED
    fields = {"state": state, "decided_at": now, "reason": reason}
    number = max((vote.round for vote in current(task)), default=1)
    mine = Vote.objects.filter(task=task, round=number, member=by)
    if not mine.filter(state=VoteState.ASKED).update(**fields):
        if mine.exists():
            raise errors.NotAnApprover(task=task)
        Vote.objects.create(task=task, round=number, member=by, asked_at=now, **fields)
    verdict = _count(current(task), rules_of(task))
    if verdict == "open":
        Task.objects.filter(pk=task.pk).update(wakes_at=_next_due(task.pk))
    else:
        task.votes.filter(state=VoteState.ASKED).update(state=VoteState.CLOSED)
    return verdict


def delegate(task: Task, *, by: Member, to: Member) -> Vote:
    """Give one's vote to a colleague. Raises NotAnApprover, OwnApproval, AlreadyAsked, NotAColleague."""
    if to.pk == task.requested_by_id:
        raise errors.OwnApproval()
    if to.workspace_id != task.workspace_id or not may(to, "work"):
        raise errors.NotAColleague()
    mine = next((v for v in current(task) if v.member_id == by.pk and v.state == VoteState.ASKED), None)
    if mine is None:
        raise errors.NotAnApprover(task=task)
    if Vote.objects.filter(task=task, round=mine.round, member=to).exists():
        raise errors.AlreadyAsked(who=to)
    Vote.objects.filter(pk=mine.pk).update(state=VoteState.DELEGATED, decided_at=clock.now())
    return _hand_on(task, mine, to, mine.due_at, by=by)


def pass_on(task_pk: int, now: datetime) -> datetime | None:
    """Hand votes on whose time is over: to the next who is named for it, else to a manager not asked yet.

    Where nobody is left the vote stays with its holder, without an end. Gives the moment of the next end.
    """
    task = Task.objects.select_related("step", "workspace", "account").get(pk=task_pk)
    rules = rules_of(task)
    for vote in current(task):
        if vote.state != VoteState.ASKED or vote.due_at is None or vote.due_at > now:
            continue
        heir = _next(task, rules, {v.member_id for v in current(task)})
        if heir is None:
            Vote.objects.filter(pk=vote.pk).update(due_at=None)
            continue
        Vote.objects.filter(pk=vote.pk).update(state=VoteState.ESCALATED, decided_at=now)
        _hand_on(task, vote, heir, _due(task, rules, now))
    return _next_due(task_pk)


def _hand_on(task: Task, vote: Vote, to: Member, due: datetime | None, *, by: Member | None = None) -> Vote:
    made = Vote.objects.create(
        task=task, round=vote.round, member=to, stands_for=vote, rung=vote.rung + 1, asked_at=clock.now(), due_at=due
    )
    _tell(task, [to], by=by)
    return made


def _count(votes: list[Vote], rules: Approval) -> Verdict:
    """What a round has come to. A vote that was handed on counts as that of whoever has it now."""
    held = [vote for vote in votes if vote.state not in (VoteState.DELEGATED, VoteState.ESCALATED)]
    approved = sum(vote.state == VoteState.APPROVED for vote in held)
    declined = sum(vote.state == VoteState.DECLINED for vote in held)
    if rules.need == "any":
        return "approved" if approved else "declined"
    needed = len(held) if rules.need == "all" else max(1, min(rules.quorum, len(held)))
    if approved >= needed:
        return "approved"
    return "declined" if len(held) - declined < needed else "open"


def _approvers(task: Task, rules: Approval) -> list[Member]:
    if rules.members:
        named = {member.pk: member for member in _here(task, rules.members)}
        return [named[pk] for pk in rules.members if pk in named]
    if rules.role in ("csm", "sales", "expert"):
        holder = owners.team(task.account).get(rules.role)
        return [holder] if holder else []
    return _managers(task)


def _present(task: Task, members: list[Member]) -> list[Member]:
    """Those who may see the account; for who is away whoever stands in, where they may decide as well."""
    away = reading.away(task.workspace)
    seeing = [member for member in members if access.tasks(member).filter(pk=task.pk).exists()]
    stands = [reading.stand_in(member, away) for member in seeing]
    found = [heir if may(heir, "work") else member for member, heir in zip(seeing, stands, strict=True)]
    return list({member.pk: member for member in found}.values())


def _next(task: Task, rules: Approval, asked: set[int]) -> Member | None:
    named = {member.pk: member for member in _here(task, rules.escalate)}
    chain = [named[pk] for pk in rules.escalate if pk in named] or []
    left = (member for member in [*chain, *_managers(task)] if member.pk not in {*asked, task.requested_by_id})
    return next(left, None)


def _here(task: Task, pks: Iterable[int]) -> list[Member]:
    rows = Member.objects.filter(pk__in=list(pks), workspace=task.workspace_id, left_at=None).select_related("user")
    return [member for member in rows if may(member, "work")]


def _managers(task: Task) -> list[Member]:
    roles = [role for role, abilities in ABILITIES.items() if "manage" in abilities]
    rows = Member.objects.filter(workspace=task.workspace_id, left_at=None, role__in=roles)
    return list(rows.select_related("user").order_by("pk"))


def _due(task: Task, rules: Approval, now: datetime) -> datetime | None:
    return Local.of(task.workspace).after(now, rules.timeout, rules.unit) if rules.timeout else None


def _next_due(task_pk: int) -> datetime | None:
    found: datetime | None = Vote.objects.filter(task=task_pk, state=VoteState.ASKED).aggregate(d=Min("due_at"))["d"]
    return found


def _tell(task: Task, members: Iterable[Member], *, by: Member | None = None) -> None:
    url = f"/w/{task.workspace.slug}/tasks/{task.pk}/"
    for member in members:
        notices.tell(member, ASKED, url=url, data={"task": task.name, "account": task.account.names}, by=by)
