"""Playbooks that steps start: for the same account, not deeper than allowed, never the same one twice at once."""

from evergrow.success.engine.rows import RunRow, TaskRow
from evergrow.success.engine.world import World
from evergrow.success.models import Playbook, PlaybookVersion, Run, StepKind, VersionState
from evergrow.success.models.runs import OPEN_RUN_STATES

MOST_DEPTH = 5


class CannotStart(Exception):
    """Why a step cannot start its playbook: the code and the fact of its problem."""

    def __init__(self, code: str, what: str) -> None:
        super().__init__(code)
        self.code, self.what = code, what


def start(task: TaskRow, run: RunRow, world: World, key: str) -> int:
    """Start the playbook for the run's account, or join its open run; the run's primary key.

    Raises CannotStart, and what ``start_run`` raises.
    """
    from evergrow.success.actions.runs import start_run

    if run.depth + 1 > MOST_DEPTH:
        raise CannotStart("too_deep", str(MOST_DEPTH))
    playbook = Playbook.objects.filter(workspace=world.workspace, key=key).first()
    if playbook is None or not playbook.versions.filter(state=VersionState.PUBLISHED).exists():
        raise CannotStart("no_playbook", key)
    open_run = Run.objects.filter(account=run.account_id, playbook=playbook, state__in=OPEN_RUN_STATES).first()
    if open_run is not None:
        return open_run.pk
    starter = world.member(run.started_by_id)
    account = world.account(run.account_id)
    made = start_run(account=account, playbook=playbook, by=None, starter=starter, parent=task.pk, depth=run.depth + 1)
    return made.pk


def cycle(draft: PlaybookVersion) -> list[str]:
    """The keys of playbooks by which a draft would start itself again, from its own key to its own key; else empty."""
    own = draft.playbook.key
    edges = _edges(draft)
    edges[own] = _started(draft)
    return _path(own, own, edges, [own])


def _path(at: str, back: str, edges: dict[str, list[str]], way: list[str]) -> list[str]:
    for key in edges.get(at, []):
        if key == back:
            return [*way, key]
        if key not in way and (found := _path(key, back, edges, [*way, key])):
            return found
    return []


def _edges(draft: PlaybookVersion) -> dict[str, list[str]]:
    published = PlaybookVersion.objects.filter(
        playbook__workspace=draft.playbook.workspace_id, state=VersionState.PUBLISHED, steps__kind=StepKind.PLAYBOOK
    )
    return {version.playbook.key: _started(version) for version in published.select_related("playbook").distinct()}


def _started(version: PlaybookVersion) -> list[str]:
    steps = version.steps.filter(kind=StepKind.PLAYBOOK)
    return [str(step.details.get("playbook")) for step in steps if step.details.get("playbook")]
