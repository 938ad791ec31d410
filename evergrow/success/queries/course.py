"""Where a step stands, for its page: what it waits for, what keeps it, who was asked, what went out, the way taken."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from evergrow.lib import bilingual
from evergrow.success.engine import details, problems, surveys, votes
from evergrow.success.engine.details import Branch
from evergrow.success.engine.sending import leave
from evergrow.success.models import Delivery, DeliveryState, Run, StepKind, Task, TaskState, Vote
from evergrow.workspaces.models import Member


@dataclass(frozen=True, slots=True)
class Course:
    """What a step's page tells beside its own facts. ``way`` is the branch that a decision took, in words."""

    waits: str = ""
    problem: str = ""
    can_retry: bool = False
    way: str = ""
    ways: list[Branch] = field(default_factory=list)
    votes: list[Vote] = field(default_factory=list)
    rule: str = ""
    deliveries: list[Delivery] = field(default_factory=list)
    link: str = ""
    sub_run: Run | None = None


def course(task: Task) -> Course:
    """Where a task stands."""
    given = votes.current(task) if task.kind == StepKind.APPROVAL else []
    decision = _decision(task)
    is_open = task.state in (TaskState.READY, TaskState.IN_PROGRESS)
    return Course(
        waits=waits(task),
        problem=problems.sentence(task.problem),
        can_retry=bool(task.problem) and task.problem.get("code") != problems.BY_HAND and not task.is_settled,
        way=way(task),
        ways=decision.ways if decision and is_open else [],
        votes=given,
        rule=_rule(task) if given else "",
        deliveries=_sent_out(task),
        link=_link(task),
        sub_run=task.sub_run,
    )


def _sent_out(task: Task) -> list[Delivery]:
    """What went out of a step or is on its way, with the contact budget's reason in words where that holds it."""
    found = list(task.deliveries.select_related("person"))
    for delivery in found:
        delivery.is_held = delivery.state == DeliveryState.QUEUED and delivery.error.startswith(leave.HELD)  # type: ignore[attr-defined]
        delivery.error = leave.words(delivery.error)
    return found


def waits(task: Task) -> str:
    """What an open step waits for by itself; empty where it is somebody's turn."""
    if task.problem or task.is_settled:
        return ""
    if task.state == TaskState.IN_PROGRESS and task.kind == StepKind.PLAYBOOK:
        return _("It waits until the other playbook is over.")
    if task.state == TaskState.IN_PROGRESS and task.kind == StepKind.SURVEY:
        return _("The link was sent. It waits for the answer.")
    if task.state == TaskState.IN_PROGRESS and task.kind in (StepKind.MESSAGE, StepKind.WEBHOOK):
        return _("It is on its way out.") if _goes_by_itself(task) else ""
    if task.state == TaskState.READY and task.wakes_at is not None:
        return _("Evergrow takes this step itself when its time has come.")
    return ""


def way(task: Task) -> str:
    """The branch that a decision took, in the reader's language; empty before."""
    decision = _decision(task)
    if decision is None or not task.branch:
        return ""
    taken = next((branch for branch in decision.ways if branch.key == task.branch), None)
    return _in(taken.name) or task.branch if taken else task.branch


def why_left_out(task: Task) -> str:
    """Why Evergrow left a step out, as a sentence's part; empty where a person did, or nobody."""
    return str(task.get_skip_code_display()) if task.skip_code else ""


def may_vote(task: Task, member: Member) -> bool:
    """Whether the member's vote is asked for now."""
    return task.state == TaskState.AWAITING and votes.may_vote(task, member)


def line(task: Task) -> dict[str, Any]:
    """The short of it, for the list of a run's steps."""
    return {
        "waits": waits(task),
        "problem": problems.sentence(task.problem),
        "way": way(task),
        "why": why_left_out(task),
    }


def _decision(task: Task) -> details.Decision | None:
    is_one = task.kind == StepKind.DECISION and task.step is not None
    return details.read(details.Decision, task.step.details) if is_one and task.step else None


def _goes_by_itself(task: Task) -> bool:
    return task.kind == StepKind.WEBHOOK or bool(task.step and task.step.details.get("channel"))


def _rule(task: Task) -> str:
    rules = votes.rules_of(task)
    if rules.need == "all":
        return _("Everybody has to approve.")
    if rules.need == "quorum":
        return _("%(count)s have to approve.") % {"count": rules.quorum}
    return _("The first answer decides.")


def _link(task: Task) -> str:
    if task.kind != StepKind.SURVEY or task.step is None or task.run_id is None or task.is_settled:
        return ""
    asked = details.read(details.Survey, task.step.details)
    return surveys.link(asked.url, surveys.token(task.run_id, task.pk, task.person_id)) if asked.url else ""


def _in(name: dict[str, str]) -> str:
    return bilingual.pick(name, get_language() or "en")
