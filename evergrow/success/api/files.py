"""Playbooks as files, and open runs on newer versions."""

from typing import Any

from ninja import Router, Schema
from pydantic import Field

from evergrow.success import access, errors
from evergrow.success.api.runs import RunOut
from evergrow.success.config.playbooks import KIND
from evergrow.success.models import Run, VersionState
from evergrow.success.queries.preview import published
from evergrow.success.queries.texts import text_of
from evergrow.success.versions.move import move_run as move
from evergrow.success.versions.move import undo_move
from evergrow.success.versions.plan import MovePlan, plan_move
from evergrow.success.versions.standing import latest_move
from evergrow.workspaces import configuration
from evergrow.workspaces.api import ApiRequest, Input, Line, RowId, token
from evergrow.workspaces.configuration.text import LARGEST

router = Router()


class PlaybookText(Schema):
    """A version as the text of its file."""

    key: str
    version: int
    state: VersionState
    text: str


class PlaybookTextIn(Input):
    text: str = Field(min_length=1, max_length=LARGEST, description="YAML, or JSON.")
    publish: bool = Field(False, description="Let it count at once instead of making a draft.")


class PlaybookTextChange(Schema):
    """What a text does to its playbook: ``new``, ``changed`` or ``same``, with the fields that differ in words."""

    how: str
    differences: list[str]


class RunMoveOut(Schema):
    """What taking a run to the published version does to its steps, by their keys; with refusals it is not done."""

    version: int
    stay: list[str]
    new: list[str]
    disappear: list[str]
    refusals: list[str]


@router.get(
    "/playbooks/{key}/text", auth=token("view"), response=PlaybookText, summary="A playbook as text", tags=["playbooks"]
)
def playbook_text(request: ApiRequest, key: Line) -> dict[str, Any]:
    """The newest version: an open draft, or else what is published."""
    book = access.playbook_or_404(request.member, key)
    version = book.versions.exclude(state=VersionState.RETIRED).order_by("number").last()
    if version is None:
        raise errors.NotPublished(playbook=book)
    return {"key": book.key, "version": version.number, "state": version.state, "text": text_of(version)}


@router.post(
    "/playbooks/{key}/text/comparison",
    auth=token("manage"),
    response=PlaybookTextChange,
    summary="Compare a text with a playbook",
    tags=["playbooks"],
)
def compare_playbook_text(request: ApiRequest, key: Line, wish: PlaybookTextIn) -> dict[str, Any]:
    """What taking the text over would change; nothing is changed."""
    (change,) = _taken(request, key, wish, configuration.plan)
    return _told(change)


@router.put(
    "/playbooks/{key}/text",
    auth=token("manage"),
    response=PlaybookTextChange,
    summary="Write a playbook as text",
    tags=["playbooks"],
)
def write_playbook_text(request: ApiRequest, key: Line, wish: PlaybookTextIn) -> dict[str, Any]:
    """Make a playbook, or change it, as the text says: as a draft, or published."""
    (change,) = _taken(request, key, wish, _apply)
    return _told(change)


@router.get("/runs/{id}/move", auth=token("view"), response=RunMoveOut, summary="Look at a move", tags=["runs"])
def look_at_move(request: ApiRequest, id: RowId) -> dict[str, Any]:
    """What going on by the published version of its playbook would do to an open run."""
    run = access.run_or_404(request.member, id)
    return _plan_told(plan_move(run, published(run.playbook)))


@router.put("/runs/{id}/move", auth=token("manage"), response=RunOut, summary="Move a run", tags=["runs"])
def move_run(request: ApiRequest, id: RowId) -> Run:
    """Go on by the published version; refused where finished work would be lost."""
    run = access.run_or_404(request.member, id)
    return move(run=run, to=published(run.playbook), by=request.member).run


@router.delete("/runs/{id}/move", auth=token("manage"), response=RunOut, summary="Take a move back", tags=["runs"])
def take_move_back(request: ApiRequest, id: RowId) -> Run:
    """Back to the version before, within seven days."""
    run = access.run_or_404(request.member, id)
    latest = latest_move(run)
    if latest is None:
        raise errors.MoveTooOld(run=run)
    return undo_move(move=latest, by=request.member)


def _taken(request: ApiRequest, key: str, wish: PlaybookTextIn, act: Any) -> list[configuration.Change]:
    try:
        file = configuration.read_file(KIND, key, wish.text)
        found: list[configuration.Change] = act(request.workspace, [file], by=request.member, publish=wish.publish)
    except (configuration.BadText, configuration.BadFiles) as bad:
        raise errors.BadPlaybookText(why=str(bad)) from bad
    return found


def _apply(workspace: Any, files: Any, **more: Any) -> list[configuration.Change]:
    return configuration.apply(workspace=workspace, files=files, **more)


def _told(change: configuration.Change) -> dict[str, Any]:
    return {"how": change.how, "differences": [configuration.tell(each) for each in change.differences]}


def _plan_told(plan: MovePlan) -> dict[str, Any]:
    return {
        "version": plan.to.number,
        "stay": [kept.step.key for kept in plan.kept],
        "new": [step.key for step in plan.added],
        "disappear": [task.step.key for task in plan.removed if task.step],
        "refusals": plan.refusals,
    }
