"""What taking a run to another version would do to its steps: which stay, which come, which go, and what forbids it."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from evergrow.success.editor.layout import LANE, lanes_of
from evergrow.success.models import PlaybookVersion, Run, Step, StepKind, Task, TaskState
from evergrow.success.models.tasks import SETTLED

UNTOUCHED = (TaskState.BLOCKED, TaskState.READY)
AT_WORK = (TaskState.IN_PROGRESS, TaskState.AWAITING)


@dataclass(frozen=True, slots=True)
class Kept:
    """A step that both versions have; its task goes on as it is. ``is_changed``: the step says something else now."""

    task: Task
    step: Step
    is_changed: bool


@dataclass(slots=True)
class MovePlan:
    """What happens to one run. ``refusals`` are sentences; with any of them the run stays where it is."""

    run: Run
    to: PlaybookVersion
    kept: list[Kept] = field(default_factory=list)
    added: list[Step] = field(default_factory=list)
    removed: list[Task] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)

    @property
    def is_possible(self) -> bool:
        return not self.refusals

    @property
    def done(self) -> int:
        """Finished steps that stay finished."""
        return sum(kept.task.state == TaskState.DONE for kept in self.kept)


def plan_move(run: Run, to: PlaybookVersion) -> MovePlan:
    """Steps are the same when they have the same key. Nothing is changed."""
    found = MovePlan(run, to)
    steps = {step.key: step for step in to.steps.all()}
    tasks = [task for task in run.tasks.select_related("step", "owner__user").order_by("position") if task.step]
    if not run.is_open:
        found.refusals.append(_("The run has ended already."))
    if run.version_id == to.pk:
        found.refusals.append(_("The run is on this version already."))
    for task in tasks:
        assert task.step is not None
        step = steps.get(task.step.key)
        if step is None:
            found.removed.append(task)
            found.refusals += _against_losing(task)
        else:
            found.kept.append(Kept(task, step, task.step.facts() != step.facts()))
            found.refusals += _against_turning(task, step)
    held = {task.step.key for task in tasks if task.step}
    found.added = [step for key, step in steps.items() if key not in held]
    return found


def _against_losing(task: Task) -> list[str]:
    """A step that the new version does not have may go only while nobody worked on it."""
    if task.state in (TaskState.DONE, TaskState.CANCELLED) or (task.state == TaskState.SKIPPED and not task.skip_code):
        return [_("“%(step)s” is finished, and the new version has no such step.") % {"step": task}]
    if task.state in AT_WORK or is_touched(task):
        return [_("“%(step)s” is being worked on, and the new version has no such step.") % {"step": task}]
    return []


def _against_turning(task: Task, step: Step) -> list[str]:
    """A step may turn into another kind only while nobody worked on it, and a way that was taken has to be there."""
    if task.state in AT_WORK and task.kind != step.kind:
        words = {"step": task, "kind": step.get_kind_display()}
        return [_("“%(step)s” is being worked on, and is a %(kind)s in the new version.") % words]
    ways = {lane.key for lane in lanes_of(step)}
    taken = f"{step.key}{LANE}{task.branch}"
    if task.branch and task.state in SETTLED and step.kind == StepKind.DECISION and taken not in ways:
        return [_("“%(step)s” was decided, and the branch that it took is not there any more.") % {"step": task}]
    return []


def is_touched(task: Task) -> bool:
    """Whether a person or Evergrow did something with a step that is not settled."""
    has_words = bool(task.evidence or task.note or task.requested_by_id or task.sub_run_id)
    return has_words or task.deliveries.exists() or task.votes.exists()
