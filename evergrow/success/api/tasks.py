"""Tasks."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from ninja import Query, Router, Schema, Status
from pydantic import Field, StrictBool

from evergrow.customers.access import account_or_404
from evergrow.success import access
from evergrow.success.actions import approvals
from evergrow.success.actions import tasks as actions
from evergrow.success.engine import problems
from evergrow.success.models import Priority, StepKind, Task, TaskState
from evergrow.success.queries import lists
from evergrow.workspaces.api import ApiRequest, Day, Input, Line, Number, Page, RowId, Text, Window, page, token
from evergrow.workspaces.models import Member
from evergrow.workspaces.queries import member_or_404

router = Router(tags=["tasks"])


class Kind(StrEnum):
    """What a task made by hand can be; approvals and waits belong to playbooks."""

    TASK = "task"
    CALL = "call"
    MEETING = "meeting"
    MESSAGE = "message"


class Whose(StrEnum):
    MINE = "mine"
    TEAM = "team"
    ALL = "all"


class TaskOut(Schema):
    """A piece of work; ``run`` is set for a step of a playbook. Priorities: 3 high, 2 normal, 1 low."""

    id: int
    account: int = Field(alias="account.number")
    run: int | None = Field(alias="run_id")
    signal: int | None = Field(alias="signal_id")
    kind: StepKind
    name: str = Field(description="In the language that the request accepts.")
    note: str
    state: TaskState
    priority: int
    owner: int | None = Field(alias="owner_id")
    due_on: date | None
    snoozed_until: date | None
    required: bool
    evidence: str
    reason: str
    due_at: datetime | None = Field(description="The moment on due_on, where the step says one.")
    branch: str = Field(description="The way that a decision took.")
    skip_code: str = Field(description="Why Evergrow left the step out: condition, branch, product, industry.")
    problem: str = Field(description="What keeps the step from going by itself, in words.")
    sub_run: int | None = Field(alias="sub_run_id", description="The run that the step started.")
    created_at: datetime
    ended_at: datetime | None

    @staticmethod
    def resolve_problem(task: Task) -> str:
        return problems.sentence(task.problem)

    @staticmethod
    def resolve_name(task: Task) -> str:
        return str(task)


class TaskIn(Input):
    account: Number
    name: Line = Field(min_length=1)
    note: Text = ""
    kind: Kind = Kind.TASK
    priority: int = Field(Priority.NORMAL, ge=1, le=3)
    owner: RowId | None = Field(None, description="A member's id; left out, whoever made the token.")
    due_on: Day | None = None


class Done(Input):
    evidence: Text = Field("", description="What was agreed, or a link to it; some steps ask for it.")


class Why(Input):
    reason: Line = Field(min_length=1)


class Way(Input):
    branch: Line = Field(min_length=1, description="The key of one of the decision's ways.")
    reason: Line = ""


class VoteIn(Input):
    approved: StrictBool
    reason: Line = ""


class Until(Input):
    until: Day = Field(description="After today.")


class To(Input):
    member: RowId


class Due(Input):
    due_on: Day | None = Field(description="null lets a run's schedule decide again.")


class TaskWindow(Window):
    whose: Whose = Whose.ALL
    account: Number | None = None
    state: TaskState | None = Field(None, description="Left out: every open task that calls for a person.")


@router.get("/tasks", auth=token("view"), response=Page[TaskOut], summary="Tasks")
def tasks(request: ApiRequest, window: Query[TaskWindow]) -> dict[str, Any]:
    """The tasks the token may see, in the order they were made."""
    member = request.member
    rows = lists.work(member, window.whose.value) if window.state is None else access.tasks(member)
    if window.state is not None:
        rows = rows.filter(state=window.state, **_whose(member, window.whose))
    if window.account is not None:
        rows = rows.filter(account=account_or_404(member, window.account))
    return page(rows.select_related("account"), window)


@router.post("/tasks", auth=token("work"), response={201: TaskOut}, summary="Make a task")
def add_task(request: ApiRequest, facts: TaskIn) -> Status[Task]:
    words = facts.model_dump(exclude={"account", "owner"})
    account = account_or_404(request.member, facts.account)
    owner = None if facts.owner is None else member_or_404(request.member, facts.owner)
    return Status(201, actions.add_task(account=account, owner=owner, by=request.member, **words))


@router.get("/tasks/{id}", auth=token("view"), response=TaskOut, summary="A task")
def task(request: ApiRequest, id: RowId) -> Task:
    return access.task_or_404(request.member, id)


@router.put("/tasks/{id}/beginning", auth=token("work"), response=TaskOut, summary="Begin a task")
def start_task(request: ApiRequest, id: RowId) -> Task:
    return actions.start_task(task=access.task_or_404(request.member, id), by=request.member)


@router.put("/tasks/{id}/completion", auth=token("work"), response=TaskOut, summary="Finish a task")
def finish_task(request: ApiRequest, id: RowId, done: Done) -> Task:
    """Done. Later steps of its run become ready."""
    return actions.finish_task(task=access.task_or_404(request.member, id), by=request.member, evidence=done.evidence)


@router.delete("/tasks/{id}/completion", auth=token("work"), response=TaskOut, summary="Reopen a task")
def reopen_task(request: ApiRequest, id: RowId) -> Task:
    """Take “done” or “skipped” back while nothing was built on it."""
    return actions.reopen_task(task=access.task_or_404(request.member, id), by=request.member)


@router.put("/tasks/{id}/skipping", auth=token("work"), response=TaskOut, summary="Skip a task")
def skip_task(request: ApiRequest, id: RowId, why: Why) -> Task:
    """Leave it out, with a reason; required steps of a run cannot be skipped."""
    return actions.skip_task(task=access.task_or_404(request.member, id), by=request.member, reason=why.reason)


@router.put("/tasks/{id}/branch", auth=token("work"), response=TaskOut, summary="Choose the way of a decision")
def choose_branch(request: ApiRequest, id: RowId, wish: Way) -> Task:
    """Take one of a decision's ways; steps on the others are left out."""
    task = access.task_or_404(request.member, id)
    return actions.choose_branch(task=task, by=request.member, branch=wish.branch, reason=wish.reason)


@router.post("/tasks/{id}/retry", auth=token("work"), response=TaskOut, summary="Try a step again")
def retry_step(request: ApiRequest, id: RowId) -> Task:
    """Have Evergrow try again what it could not do, or send again what did not go out."""
    return actions.retry_step(task=access.task_or_404(request.member, id), by=request.member)


@router.put("/tasks/{id}/approval", auth=token("work"), response=TaskOut, summary="Ask for an approval")
def ask_approval(request: ApiRequest, id: RowId, asked: Done) -> Task:
    """Ask those who approve this step; ``evidence`` says what is asked for and why."""
    task = access.task_or_404(request.member, id)
    return approvals.ask_approval(task=task, by=request.member, evidence=asked.evidence)


@router.put("/tasks/{id}/vote", auth=token("work"), response=TaskOut, summary="Vote on an approval")
def vote(request: ApiRequest, id: RowId, vote: VoteIn) -> Task:
    """Approve or decline, where one's vote is asked for; a decline needs a reason."""
    task = access.task_or_404(request.member, id)
    return approvals.decide_approval(task=task, by=request.member, approved=vote.approved, reason=vote.reason)


@router.put("/tasks/{id}/snooze", auth=token("work"), response=TaskOut, summary="Snooze a task")
def snooze_task(request: ApiRequest, id: RowId, wish: Until) -> Task:
    """Hide it until a day; it returns by itself."""
    return actions.snooze_task(task=access.task_or_404(request.member, id), by=request.member, until=wish.until)


@router.delete("/tasks/{id}/snooze", auth=token("work"), response=TaskOut, summary="Wake a task")
def wake_task(request: ApiRequest, id: RowId) -> Task:
    return actions.snooze_task(task=access.task_or_404(request.member, id), by=request.member, until=None)


@router.put("/tasks/{id}/owner", auth=token("work"), response=TaskOut, summary="Give a task to a colleague")
def reassign_task(request: ApiRequest, id: RowId, wish: To) -> Task:
    to = member_or_404(request.member, wish.member)
    return actions.reassign_task(task=access.task_or_404(request.member, id), by=request.member, to=to)


@router.put("/tasks/{id}/due", auth=token("work"), response=TaskOut, summary="Move the due date")
def move_due(request: ApiRequest, id: RowId, wish: Due) -> Task:
    return actions.move_due(task=access.task_or_404(request.member, id), by=request.member, due_on=wish.due_on)


def _whose(member: Member, whose: Whose) -> dict[str, Any]:
    if whose == Whose.MINE:
        return {"owner": member}
    return {"owner__team": member.team} if whose == Whose.TEAM and member.team else {}
