"""Playbooks and their runs."""

from datetime import date, datetime
from typing import Any

from ninja import Query, Router, Schema, Status
from pydantic import Field

from evergrow.customers.access import account_or_404
from evergrow.success import access
from evergrow.success.actions import runs as actions
from evergrow.success.api.tasks import TaskOut, Why
from evergrow.success.models import (
    DueFrom,
    OwnerRule,
    Playbook,
    PlaybookVersion,
    Run,
    RunState,
    Step,
    StepKind,
    Unit,
    VersionState,
)
from evergrow.workspaces.api import ApiRequest, Day, Input, Line, Number, Page, RowId, Window, page, token

router = Router()
Words = dict[str, str]


class PlaybookOut(Schema):
    """A playbook over all its versions; names are in both languages. ``published``: the number of the version."""

    key: str
    name: Words
    purpose: Words
    anchor: str
    is_built_in: bool
    retired_at: datetime | None
    published: int | None

    @staticmethod
    def resolve_published(playbook: Playbook) -> int | None:
        version = _published(playbook)
        return version.number if version else None


class RunStepOut(Schema):
    key: str
    kind: StepKind
    name: Words
    instructions: Words
    owner_rule: OwnerRule
    due_from: DueFrom
    offset: int
    unit: Unit
    required: bool
    evidence: bool
    after: list[str]


class PlaybookWithSteps(PlaybookOut):
    steps: list[RunStepOut]

    @staticmethod
    def resolve_steps(playbook: Playbook) -> list[Step]:
        version = _published(playbook)
        return list(version.steps.order_by("position")) if version else []


class RunOut(Schema):
    id: int
    playbook: str = Field(alias="playbook.key")
    version: int = Field(alias="version.number")
    account: int = Field(alias="account.number")
    state: RunState
    owner: int | None = Field(alias="owner_id")
    started_at: datetime
    starts_on: date
    due_on: date | None
    anchor_on: date | None
    paused_on: date | None
    ended_at: datetime | None
    end_reason: str


class RunWithTasks(RunOut):
    tasks: list[TaskOut]

    @staticmethod
    def resolve_tasks(run: Run) -> list[Any]:
        return list(run.tasks.select_related("account").order_by("position"))


class RunIn(Input):
    account: Number
    playbook: Line = Field(min_length=1, description="The key of a playbook.")
    anchor_on: Day | None = Field(None, description="Instead of the account's own date, for example its renewal.")
    signal: RowId | None = Field(None, description="The signal that it answers.")
    starts_on: Day | None = Field(None, description="A later day schedules the run.")


class RunWindow(Window):
    account: Number | None = None
    playbook: Line = ""
    state: RunState | None = None


@router.get("/playbooks", auth=token("view"), response=list[PlaybookOut], summary="Playbooks", tags=["playbooks"])
def playbooks(request: ApiRequest) -> list[Playbook]:
    return list(Playbook.objects.filter(workspace=request.workspace).order_by("pk"))


@router.get(
    "/playbooks/{key}", auth=token("view"), response=PlaybookWithSteps, summary="A playbook", tags=["playbooks"]
)
def playbook(request: ApiRequest, key: Line) -> Playbook:
    """A playbook with the steps of its published version."""
    return access.playbook_or_404(request.member, key)


@router.get("/runs", auth=token("view"), response=Page[RunOut], summary="Runs", tags=["runs"])
def runs(request: ApiRequest, window: Query[RunWindow]) -> dict[str, Any]:
    """Runs of playbooks, the newest first."""
    rows = access.runs(request.member).select_related("account", "playbook", "version")
    if window.account is not None:
        rows = rows.filter(account=account_or_404(request.member, window.account))
    if window.playbook:
        rows = rows.filter(playbook__key=window.playbook)
    if window.state is not None:
        rows = rows.filter(state=window.state)
    return page(rows, window, by="-pk")


@router.post("/runs", auth=token("work"), response={201: RunWithTasks}, summary="Start a playbook", tags=["runs"])
def start_run(request: ApiRequest, wish: RunIn) -> Status[Run]:
    """Start the published version for an account; its first steps become tasks at once."""
    run = actions.start_run(
        account=account_or_404(request.member, wish.account),
        playbook=access.playbook_or_404(request.member, wish.playbook),
        by=request.member,
        anchor_on=wish.anchor_on,
        starts_on=wish.starts_on,
        signal=None if wish.signal is None else access.signal_or_404(request.member, wish.signal),
    )
    return Status(201, run)


@router.get("/runs/{id}", auth=token("view"), response=RunWithTasks, summary="A run", tags=["runs"])
def run(request: ApiRequest, id: RowId) -> Run:
    return access.run_or_404(request.member, id)


@router.put("/runs/{id}/pause", auth=token("work"), response=RunOut, summary="Pause a run", tags=["runs"])
def pause_run(request: ApiRequest, id: RowId) -> Run:
    """Rest: its tasks leave the lists, and what is due moves by the days of rest."""
    return actions.pause_run(run=access.run_or_404(request.member, id), by=request.member)


@router.delete("/runs/{id}/pause", auth=token("work"), response=RunOut, summary="Resume a run", tags=["runs"])
def resume_run(request: ApiRequest, id: RowId) -> Run:
    return actions.resume_run(run=access.run_or_404(request.member, id), by=request.member)


@router.put("/runs/{id}/cancellation", auth=token("work"), response=RunOut, summary="Cancel a run", tags=["runs"])
def cancel_run(request: ApiRequest, id: RowId, why: Why) -> Run:
    """End it unfinished, with a reason; its open tasks are cancelled with it."""
    return actions.cancel_run(run=access.run_or_404(request.member, id), by=request.member, reason=why.reason)


def _published(playbook: Playbook) -> PlaybookVersion | None:
    return playbook.versions.filter(state=VersionState.PUBLISHED).first()
